"""What the page explains: an uploaded model, uploaded values or a stand-in, for one class of one prediction set."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from app import loading, state
from app.components.explain import fellows, options, store, values
from app.components.explain import model as explain_model
from app.components.explain.picture import Picture, output
from app.components.text import escape
from app.i18n import _, language
from diagnostics.exceptions import RunClinicError
from diagnostics.knowledge import error_text
from diagnostics.knowledge.numbers import integer, number
from diagnostics.types import Predictions

if TYPE_CHECKING:
    from diagnostics.explanations.binding import Binding
    from diagnostics.explanations.sampling import Sample
    from diagnostics.explanations.work import Outcome
    from diagnostics.workspace import Upload

FITTED = 5000
"""Rows a stand-in is fitted to."""


def sampled(predictions: Predictions, names: tuple[str, ...], limit: int) -> Sample:
    """Return rows of a set; for `loading.measured`."""
    from diagnostics.explanations.sampling import sample

    return sample(predictions, names, limit=limit)


def columns(predictions: Predictions) -> tuple[str, ...]:
    """Return what may be a feature; for `loading.measured`."""
    from diagnostics.explanations.sampling import candidates

    return candidates(predictions)


def obtain(predictions: Predictions, whole: Predictions) -> Picture | None:
    """Draw the choices and return what is there so far; None while nothing can be drawn.

    Parameters
    ----------
    predictions : Predictions
        Whose rows are explained: the active slice, or the whole set.
    whole : Predictions
        What inputs are bound and stand-ins are fitted to.
    """
    from diagnostics.explanations.formats import RUNNABLE

    names = loading.measured(columns, whole)
    if not names:
        st.warning(escape(error_text(RunClinicError("no_features"), language())))
        return None
    project = state.selection().project
    models = explain_model.for_tables(store.of_kinds(project, RUNNABLE))
    if models is None:
        return None
    fitting, others = fellows.sorted_for(models, whole)
    files = values.files(project, whole)
    kind = options.kind(bool(fitting), files)
    if kind != "model" and not fitting:
        fellows.point(others)
    explain_model.add()
    explain_model.refused(project)
    if kind == "model" and not models:
        st.info(_("No model in this project yet. Add one above, upload SHAP values, or explain by a stand-in."))
        return None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        model = explain_model.pick([*fitting, *others]) if kind == "model" else None
        file = values.pick(files) if kind == "values" and files else None
        number = options.class_number(whole)
        limit = options.rows(model)
    samples = {of.digest: loading.measured(sampled, of, names, limit) for of in (whole, predictions)}
    if not len(samples[predictions.digest]):
        st.info(_("No row lies in the active slice, so there is nothing to explain."))
        return None
    if kind == "values":
        explained = partial(_of_values, file, number)
    elif model is None:
        explained = partial(_of_stand_in, loading.measured(sampled, whole, names, FITTED), number)
    else:
        said = explain_model.description(model)
        bound = None if said is None else explain_model.binding(model, said, whole, samples[whole.digest])
        if bound is None:
            return None
        explained = partial(_of_model, model, bound, number)
    picture = explained(predictions, samples[predictions.digest], True)
    if picture is None or predictions.digest == whole.digest:
        return picture
    return replace(picture, whole=lambda: explained(whole, samples[whole.digest], False))


def _of_values(file: Upload | None, number: int, of: Predictions, sample: Sample, first: bool) -> Picture | None:
    return values.picture(file, sample, number)


def _of_model(
    model: Upload, bound: Binding, number: int, of: Predictions, sample: Sample, first: bool
) -> Picture | None:  # fmt: skip
    from diagnostics.explanations import work
    from diagnostics.explanations.subject import ModelSubject

    subject = ModelSubject(
        path=store.path(model), format=store.kind(model),
        digests=(model.digest, of.digest, repr(sorted(of.part.items()))), binding=bound, sample=sample, number=number,
    )  # fmt: skip
    key = f"explain-{subject.key}"
    outcome: Outcome | None = store.wait_for(
        key, lambda job: work.explain(job, subject), told=_("Explaining rows"), file=model.name, enough=_has_rows,
        rest=first,
    )  # fmt: skip
    if first and outcome is not None and outcome.reproduction is not None:
        explain_model.reproduction(outcome.reproduction)
    return _picture("model", subject.key, sample, outcome, number, key)


def _has_rows(outcome: Outcome) -> bool:
    return outcome.explained is not None


def _of_stand_in(seen: Sample, number: int, of: Predictions, sample: Sample, first: bool) -> Picture | None:
    from diagnostics.explanations import work

    digests = (of.digest, repr(sorted(of.part.items())))
    names = tuple(sample.columns)
    key = hashlib.sha256(repr((digests, names, len(sample), number)).encode()).hexdigest()
    outcome: Outcome | None = store.wait_for(
        f"stand-in-{key}",
        lambda job: work.stand_in(job, sample, names, number, digests, kind="boosting", fitted_to=seen),
        told=_("Fitting and explaining a stand-in"),
        enough=_has_rows,
        rest=first,
    )
    if first and outcome is not None:
        fidelity(outcome)
    return _picture("surrogate", key, sample, outcome, number, f"stand-in-{key}")


def fidelity(outcome: Outcome) -> None:
    """Draw how well a stand-in repeats the answers it was fitted to, on rows it did not see."""
    from diagnostics.explanations.surrogates import TRUSTWORTHY, Surrogate

    found: Surrogate = outcome.subject.surrogate  # type: ignore[union-attr]
    text = _("Held-out fidelity of the stand-in: R² {fidelity} ({low} to {high} over five folds, n = {n}).")
    told = text.format(
        fidelity=number(found.fidelity, language()), low=number(found.low, language()),
        high=number(found.high, language()), n=integer(found.n, language()),
    )  # fmt: skip
    if found.is_trustworthy:
        st.markdown(f":green[✓] {escape(told)} {escape(_('It explains the stand-in, not the model itself.'))}")
    else:
        mark = _("Not trustworthy: under {limit} the stand-in answers too differently from the model.")
        st.warning(f"**{escape(mark.format(limit=number(TRUSTWORTHY, language())))}** {escape(told)}")


def _picture(
    kind: str, key: str, sample: Sample, outcome: Outcome | None, number: int, work: str
) -> Picture | None:  # fmt: skip
    if outcome is None or outcome.explained is None:
        return None
    try:
        outcome.explained.attribution.checked()
    except RunClinicError as error:
        st.error(escape(error_text(error, language())))
        return None
    return Picture(
        kind=kind, key=key, sample=sample,
        explained=outcome.explained, outcome=outcome, number=number,
        output=output(sample, number, outcome.explained.scale), work=work,
    )  # fmt: skip
