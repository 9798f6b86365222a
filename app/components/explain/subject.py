"""What the page explains: an uploaded model, uploaded values or a stand-in, for one class of one prediction set."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from app import loading, state
from app.components import choices
from app.components.explain import model as explain_model
from app.components.explain import store
from app.components.text import escape, plain, shorten
from app.i18n import _, language
from diagnostics.exceptions import RunClinicError
from diagnostics.knowledge import error_text, label
from diagnostics.knowledge.numbers import integer, number, percent
from diagnostics.types import Predictions, Task

if TYPE_CHECKING:
    from diagnostics.explanations.explaining import Explained
    from diagnostics.explanations.sampling import Sample
    from diagnostics.explanations.sandbox import ModelDescription
    from diagnostics.explanations.work import Outcome
    from diagnostics.workspace import Upload

FITTED = 5000
"""Rows a stand-in is fitted to."""

ROWS = {"200": 200, "500": 500, "1000": 1000, "2000": 2000}


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """Everything the parts of the page draw from.

    Attributes
    ----------
    kind : str
        "model", "values" or "surrogate".
    key : str
        Digest of all of it.
    sample : Sample
        The rows that `explained` explains come first for a model and a stand-in.
    explained : Explained
    outcome : Outcome or None
        None for uploaded values: nothing can be asked then.
    number : int
        Class explained.
    output : str
        What the contributions add up to, with its unit; plain text.
    """

    kind: str
    key: str
    sample: Sample
    explained: Explained
    outcome: Outcome | None
    number: int
    output: str


def sampled(predictions: Predictions, names: tuple[str, ...], limit: int) -> Sample:
    """Return rows of a set; for `loading.measured`."""
    from diagnostics.explanations.sampling import sample

    return sample(predictions, names, limit=limit)


def columns(predictions: Predictions) -> tuple[str, ...]:
    """Return what may be a feature; for `loading.measured`."""
    from diagnostics.explanations.sampling import candidates

    return candidates(predictions)


def obtain(predictions: Predictions) -> Picture | None:
    """Draw the choices and return what is there so far; None while nothing can be drawn."""
    from diagnostics.explanations.formats import RUNNABLE

    names = loading.measured(columns, predictions)
    if not names:
        st.warning(escape(error_text(RunClinicError("no_features"), language())))
        return None
    project = state.selection().project
    models = explain_model.for_tables(store.of_kinds(project, RUNNABLE))
    if models is None:
        return None
    files = _value_files(project, predictions)
    kind = _kind(bool(models), files)
    explain_model.add()
    explain_model.refused(project)
    if kind == "model" and not models:
        st.info(_("No model in this project yet. Add one above, upload SHAP values, or explain by a stand-in."))
        return None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        model = explain_model.pick(models) if kind == "model" else None
        file = _pick_file(files) if kind == "values" and files else None
        number = _class(predictions)
        limit = _rows(model)
    sample = loading.measured(sampled, predictions, names, limit)
    if kind == "values":
        return _of_values(file, sample, number)
    if model is not None:
        return _of_model(model, predictions, sample, number)
    return _of_stand_in(predictions, sample, number)


def _kind(has_model: bool, files: list[Upload]) -> str:
    offered = {"model": _("Uploaded model"), "values": _("Uploaded SHAP values"), "surrogate": _("Stand-in")}
    default = "model" if has_model else "surrogate"
    if not has_model and any("shap" in file.name.lower() for file in files):
        default = "values"
    return choices.one(
        _("Explained from"), offered, key="source", default=default,
        help=_("A stand-in is a small model fitted to the file's own answers, for when there is no model."),
    )  # fmt: skip


def _class(predictions: Predictions) -> int:
    """Number of the class to explain; the positive one of two without asking."""
    from diagnostics.types import Labels

    names = predictions.classes
    if predictions.task is Task.REGRESSION or not names:
        return 0
    positive = Labels(names).code(predictions.roles.positive) if predictions.roles.positive else -1
    if len(names) == 2:
        return positive if positive >= 0 else 1
    state.from_address("class")
    offered = [str(place) for place in range(len(names))]
    if state.widget("class") not in offered:
        state.control("class", "0")
    chosen: str = st.selectbox(
        _("Class"), offered, format_func=lambda place: shorten(names[int(place)]), key="class", width=220
    )
    state.to_address("class", chosen, default="0")
    return int(chosen)


def _rows(model: Upload | None) -> int:
    from diagnostics.explanations.explaining import TREES

    default = "1000" if model is not None and store.kind(model) in TREES else "200"
    state.from_address("explained")
    if state.widget("explained") not in ROWS:
        state.control("explained", default)
    chosen: str = st.selectbox(
        _("Rows"), list(ROWS), format_func=lambda code: integer(ROWS[code], language()), key="explained", width=110,
        help=_("Evenly spread over the file. The first 200 are explained before the others."),
    )  # fmt: skip
    state.to_address("explained", chosen, default=default)
    return ROWS[chosen]


def _of_model(model: Upload, predictions: Predictions, sample: Sample, number: int) -> Picture | None:
    from diagnostics.explanations import work
    from diagnostics.explanations.subject import ModelSubject

    said = explain_model.description(model)
    if said is None:
        return None
    bound = explain_model.binding(model, said, predictions, sample)
    if bound is None:
        return None
    subject = ModelSubject(
        path=store.path(model), format=store.kind(model),
        digests=(model.digest, predictions.digest, repr(sorted(predictions.part.items()))), binding=bound,
        sample=sample, number=number,
    )  # fmt: skip
    outcome: Outcome | None = store.wait_for(
        f"explain-{subject.key}", lambda job: work.explain(job, subject), told=_("Explaining rows")
    )
    if outcome is not None and outcome.reproduction is not None:
        explain_model.reproduction(outcome.reproduction)
    return _picture("model", subject.key, sample, outcome, number)


def _of_stand_in(predictions: Predictions, sample: Sample, number: int) -> Picture | None:
    from diagnostics.explanations import work

    digests = (predictions.digest, repr(sorted(predictions.part.items())))
    names = tuple(sample.columns)
    seen = loading.measured(sampled, predictions, names, FITTED)
    key = hashlib.sha256(repr((digests, names, len(sample), number)).encode()).hexdigest()
    outcome: Outcome | None = store.wait_for(
        f"stand-in-{key}",
        lambda job: work.stand_in(job, sample, names, number, digests, kind="boosting", fitted_to=seen),
        told=_("Fitting and explaining a stand-in"),
    )
    if outcome is not None:
        fidelity(outcome)
    return _picture("surrogate", key, sample, outcome, number)


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


def _picture(kind: str, key: str, sample: Sample, outcome: Outcome | None, number: int) -> Picture | None:
    if outcome is None or outcome.explained is None:
        return None
    try:
        outcome.explained.attribution.checked()
    except RunClinicError as error:
        st.error(escape(error_text(error, language())))
        return None
    return Picture(
        kind=kind, key=f"{key}-{len(outcome.explained.attribution.rows)}", sample=sample,
        explained=outcome.explained, outcome=outcome, number=number,
        output=_output(sample, number, outcome.explained.scale),
    )  # fmt: skip


def _output(sample: Sample, number: int, scale: str) -> str:
    if not sample.is_classification:
        return _("predicted value")
    name = plain(sample.classes[number])
    if scale == "answer":
        return _("probability of {name}").format(name=name)
    return _("log-odds of {name}").format(name=name)


def _value_files(project: str, predictions: Predictions) -> list[Upload]:
    found = [u for u in reversed(loading.uploads(project)) if u.name.lower().endswith((".csv", ".parquet", ".npz"))]
    return [u for u in found if predictions.source.name not in (u.name, u.label)]


def _pick_file(files: list[Upload]) -> Upload:
    by_id = {upload.id: upload for upload in sorted(files, key=lambda u: "shap" not in u.name.lower())}
    state.from_address("values")
    if state.widget("values") not in by_id:
        state.control("values", next(iter(by_id)))
    chosen: str = st.selectbox(
        _("File of SHAP values"), list(by_id), format_func=lambda id: shorten(by_id[id].name, 60), key="values",
        width=420,
    )  # fmt: skip
    state.to_address("values", chosen)
    return by_id[chosen]


def _of_values(file: Upload | None, sample: Sample, number: int) -> Picture | None:
    from diagnostics.explanations.explaining import Explained
    from diagnostics.explanations.uploaded_values import match, read_values

    if file is None:
        st.info(_("No file of SHAP values in this project yet. Add one above."))
        return None
    try:
        uploaded = read_values(store.path(file), file.name, tuple(sample.columns))
        found = match(uploaded, sample, number)
        if found.attribution.gap == found.attribution.gap:
            found.attribution.checked()
        else:
            st.warning(_("The file has no scores, so whether the values add up to the answers was not checked."))
    except RunClinicError as error:
        st.error(escape(error_text(error, language())))
        return None
    explained = Explained(
        attribution=found.attribution, output=found.output, scale=found.scale, wanted=len(found.place)
    )
    return Picture(
        kind="values", key=f"{file.digest}-{number}-{len(sample)}", sample=_taken(sample, found.place),
        explained=explained, outcome=None, number=number, output=_output(sample, number, found.scale),
    )  # fmt: skip


def _taken(sample: Sample, place: Any) -> Sample:
    from dataclasses import replace

    return replace(
        sample, row=sample.row[place], columns={n: v[place] for n, v in sample.columns.items()},
        truth=sample.truth[place], answer=sample.answer[place],
        scores=None if sample.scores is None else sample.scores[place],
    )  # fmt: skip


def description_of(picture: Picture) -> ModelDescription | None:
    """Return what the explained model said of itself when it was loaded."""
    if picture.outcome is None or picture.kind != "model":
        return None
    job = store.jobs().get(f"describe-{picture.outcome.subject.digests[0]}")
    return None if job is None else job.result


def method(picture: Picture) -> list[str]:
    """Return how the contributions were computed, as phrases of Markdown."""
    found = picture.explained.attribution
    parts = [
        f"{_('Route')}: **{escape(label(f'route_{found.route}', language()))}**",
        f"{_('Rows')} **{escape(integer(len(found.rows), language()))}**",
    ]
    if found.background:
        parts.append(f"{_('Background rows')} **{escape(integer(found.background, language()))}**")
    if found.seed is not None:
        parts.append(f"{_('Seed')} **{found.seed}**")
    gap = percent(found.gap, language()) if found.gap == found.gap else _("not checked")
    parts.append(f"{_('Additivity gap')} **{escape(gap)}**")
    return parts
