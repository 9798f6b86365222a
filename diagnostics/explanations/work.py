"""What the pages ask for in the background; each function reports to its job and can be cancelled between parts."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from diagnostics.exceptions import RunClinicError
from diagnostics.explanations import dependence, importance, local_linear, shapley, surrogates
from diagnostics.explanations.attribution import Predict
from diagnostics.explanations.binding import Predictor
from diagnostics.explanations.encoding import Encoding
from diagnostics.explanations.explaining import Explained, by_route, by_surrogate, found_plane
from diagnostics.explanations.jobs import Job
from diagnostics.explanations.linear import Plane
from diagnostics.explanations.local_linear import LocalExplanation
from diagnostics.explanations.model_tree import ModelTree
from diagnostics.explanations.native import NativeImportance
from diagnostics.explanations.reproduction import Reproduction
from diagnostics.explanations.sampling import Sample
from diagnostics.explanations.sandbox import Model, ModelDescription
from diagnostics.explanations.subject import ModelSubject, SurrogateSubject, loss_of, target
from diagnostics.explanations.warm import warm
from diagnostics.types import FloatArray

PERMUTED_ROWS = 500
CURVE_ROWS = 200
REPEATS = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcome:
    """A subject that was checked and explained as far as it has come.

    Attributes
    ----------
    subject : ModelSubject or SurrogateSubject
        With the link that fits.
    reproduction : Reproduction or None
        None for a stand-in, which has a fidelity instead.
    explained : Explained or None
        None before the first rows are done.
    plane : Plane or None
        Coefficients where the model is linear.
    answer : ndarray, shape (n,)
        The model's answer to all rows of the sample.
    """

    subject: ModelSubject | SurrogateSubject
    reproduction: Reproduction | None
    explained: Explained | None
    plane: Plane | None
    answer: FloatArray


def describe(job: Job, path: Path, format: str) -> ModelDescription:
    """Load a model once and return what it says of itself."""
    job.tell(0, 1)
    with warm.borrowed(Model(format=format, content=path.read_bytes())) as worker:
        assert worker.description is not None
        return worker.description


def explain(job: Job, subject: ModelSubject, *, seed: int = 0) -> Outcome:
    """Check a model against the file, then explain its rows part by part."""
    job.tell(0, len(subject.sample))
    rows = subject.matrix
    with subject.opened() as predictor:
        reproduction, linked, answer = subject.checked(predictor)
        numeric = not any(feature.is_categorical for feature in linked.encoding.features)
        found = found_plane(predictor, subject.format, rows, numeric=numeric)
        done = Outcome(subject=linked, reproduction=reproduction, explained=None, plane=found, answer=answer)
        job.tell(0, len(rows), done)
        for explained in by_route(predictor, subject.format, rows, linked.binding.columns, found, seed=seed):
            done = Outcome(subject=linked, reproduction=reproduction, explained=explained, plane=found, answer=answer)
            job.tell(len(explained.attribution.rows), len(rows), done)
    return done


def stand_in(
    job: Job, sample: Sample, columns: Sequence[str], number: int, digests: tuple[str, ...], *, kind: str = "tree",
    depth: int = surrogates.DEPTH, explained: bool = True, seed: int = 0, fitted_to: Sample | None = None,
) -> Outcome:  # fmt: skip
    """Fit a stand-in to the file's own answers and explain it.

    Parameters
    ----------
    sample : Sample
        Rows to explain.
    fitted_to : Sample, optional
        More rows of the same file to fit to.

    Raises
    ------
    RunClinicError
        "surrogate_too_small" where it cannot be fitted.
    """
    job.tell(0, len(sample))
    seen = fitted_to or sample
    encoding = Encoding.of(seen.columns, columns)
    rows, shown, said = encoding.encode(seen.columns), encoding.encode(sample.columns), _said(seen, number)
    known = np.isfinite(said)
    if known.sum() < 50 or np.ptp(said[known]) == 0:
        raise RunClinicError("surrogate_too_small")
    fitted = surrogates.fit(rows[known], said[known], kind=kind, seed=seed, depth=depth)
    subject = SurrogateSubject(
        surrogate=fitted, columns=tuple(columns), digests=digests, sample=sample, number=number, encoding=encoding
    )
    answer = fitted.predict(shown)
    done = Outcome(subject=subject, reproduction=None, explained=None, plane=None, answer=answer)
    for found in by_surrogate(fitted, shown, encoding, seed=seed) if explained else ():
        done = Outcome(subject=subject, reproduction=None, explained=found, plane=None, answer=answer)
        job.tell(len(found.attribution.rows), len(shown), done)
    return done


def _said(sample: Sample, number: int) -> FloatArray:
    """What the file says of the class; where it has decisions only, 1 for this class and 0 for others."""
    said = sample.output(number)
    if said is not None:
        return said
    if not sample.is_classification:
        return sample.answer
    return np.where(sample.answer < 0, np.nan, (sample.answer == number).astype(np.float64))


def native(job: Job, subject: ModelSubject) -> NativeImportance:
    """Importance as the model's own library keeps it, features named by the file's columns."""
    job.tell(0, 1)
    with subject.opened() as predictor:
        return predictor.native()


def model_tree(job: Job, subject: ModelSubject, number: int) -> tuple[ModelTree, FloatArray]:
    """A tree of the model, and what it is given for the rows of the sample."""
    job.tell(0, 1)
    with subject.opened() as predictor:
        return predictor.tree(number, subject.matrix)


def explain_row(job: Job, subject: ModelSubject | SurrogateSubject, place: int) -> LocalExplanation:
    """LIME for one row of the sample."""
    job.tell(0, 1)
    rows = subject.matrix
    with _opened(subject) as predict:
        return local_linear.explain_row(predict, rows[place], rows, subject.encoding)


def permute(
    job: Job, subject: ModelSubject | SurrogateSubject, *, seed: int = 0
) -> tuple[importance.FeatureImportance, ...]:
    """Permutation importance for the loss, feature by feature.

    Returns
    -------
    tuple of FeatureImportance
        Most important first.
    """
    rows, number, sample = subject.matrix, subject.number, subject.sample
    kept = np.flatnonzero(np.isfinite(target(sample, number)))[:PERMUTED_ROWS]
    truth = target(sample, number)[kept]
    names = subject.encoding.names
    found: list[importance.FeatureImportance] = []

    def loss(answer: FloatArray) -> FloatArray:
        if not sample.is_classification:
            return (answer - truth) ** 2
        inside = np.clip(answer, 1e-12, 1 - 1e-12)
        return np.asarray(-(truth * np.log(inside) + (1 - truth) * np.log(1 - inside)))

    with _opened(subject) as predict:
        for column, name in enumerate(names):
            job.tell(column, len(names))
            found += importance.by_permuting(
                _only(predict, rows[kept], column), rows[kept][:, [column]], loss, [name], repeats=REPEATS, seed=seed
            )
    return importance._sorted(found)


def _only(predict: Predict, rows: FloatArray, column: int) -> Predict:
    """The model as a function of one column of these rows, so that features can be shuffled one by one."""

    def answer(values: FloatArray) -> FloatArray:
        moved = rows.copy()
        moved[:, column] = values[:, 0]
        return predict(moved)

    return answer


def depend(job: Job, subject: ModelSubject | SurrogateSubject, column: int, place: int | None = None) -> Any:
    """Partial dependence and individual curves of one feature; the chosen row is the last curve.

    Returns
    -------
    Dependence
    """
    job.tell(0, 1)
    rows = shapley.background_sample(subject.matrix, size=CURVE_ROWS)
    if place is not None:
        rows = np.vstack([rows, subject.matrix[place]])
    feature = subject.encoding.features[column]
    with _opened(subject) as predict:
        return dependence.partial_dependence(predict, rows, column, feature.name, categories=len(feature.categories))


def loss_of_rows(outcome: Outcome) -> FloatArray:
    """Loss of each row of the sample under the subject's own answer."""
    return loss_of(outcome.subject.sample, outcome.subject.number, outcome.answer)


def _opened(subject: ModelSubject | SurrogateSubject) -> AbstractContextManager[Predict | Predictor]:
    return cast("AbstractContextManager[Predict | Predictor]", subject.opened())
