"""The uploaded model: which one, how its inputs are fed, and whether it reproduces the file's own predictions."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from app import loading, state
from app.components import links
from app.components.explain import store
from app.components.files import uploads
from app.components.text import escape, plain, shorten
from app.i18n import _, language
from diagnostics.exceptions import RunClinicError
from diagnostics.knowledge import entry, error_text, label
from diagnostics.knowledge.numbers import integer, number, percent
from diagnostics.types import Predictions
from diagnostics.workspace import Upload

if TYPE_CHECKING:
    from diagnostics.explanations.binding import Binding
    from diagnostics.explanations.jobs import Job
    from diagnostics.explanations.reproduction import Reproduction
    from diagnostics.explanations.sampling import Sample
    from diagnostics.explanations.sandbox import ModelDescription


def add() -> None:
    """Draw the place to upload a model or SHAP values, what is taken, and how everything else is exported."""
    from diagnostics.explanations.formats import RUNNABLE

    with st.expander(_("Add a model or SHAP values"), key="explain_add", on_change="rerun") as opened:
        if not opened.open:
            return
        uploads.area(key="explanations", hint=_("Drop a model or a file of SHAP values here"))
        named = ", ".join(label(name, language()) for name in RUNNABLE)
        st.caption(
            _("Models: {formats}. SHAP values: csv, parquet or npz. Models run in a locked process without files, "
              "network or other programs.").format(formats=named)
        )  # fmt: skip
        st.markdown(f"**{escape(_('Other formats: export with these lines'))}**")
        ways = {"sklearn": "scikit-learn", "torch": "PyTorch", "keras": "Keras", "xgboost": "XGBoost",
                "lightgbm": "LightGBM", "catboost": "CatBoost", "tensorflow": "TensorFlow"}  # fmt: skip
        chosen = st.segmented_control(
            _("Framework"), list(ways), format_func=ways.__getitem__, default="sklearn", key="explain_framework"
        )
        if chosen:
            code(chosen)


def code(way: str) -> None:
    """Draw the lines that export a framework's models."""
    st.code(str(entry(language(), "exports", way) or "").strip(), language="python")


def refused(project: str) -> None:
    """Draw the models of a project that are not run, why, and how to export each."""
    from diagnostics.explanations.formats import REFUSED, ModelKind, exports_of, refuse

    for upload in store.of_kinds(project, REFUSED)[:5]:
        kind = ModelKind(name=store.kind(upload))
        with st.expander(f":orange[◆] {escape(error_text(refuse(kind, upload.name), language()))}"):
            for way in exports_of(kind):
                code(way)


def pick(models: list[Upload]) -> Upload:
    """Draw the choice among several models and return the chosen one."""
    by_id = {upload.id: upload for upload in models}
    if len(models) == 1:
        return models[0]
    state.from_address("model")
    if state.widget("model") not in by_id:
        state.control("model", models[0].id)
    chosen: str = st.selectbox(
        _("Model"), list(by_id), format_func=lambda id: shorten(by_id[id].name, 60), key="model", width=420
    )
    state.to_address("model", chosen, default=models[0].id)
    return by_id[chosen]


def description(model: Upload) -> ModelDescription | None:
    """Return what the model says of itself; draws progress or the error."""
    from diagnostics.explanations import work

    place, kind = store.path(model), store.kind(model)
    found: ModelDescription | None = store.wait_for(
        f"describe-{model.digest}", lambda job: work.describe(job, place, kind), told=_("Loading the model"),
        file=model.name,
    )  # fmt: skip
    return found


def describing(model: Upload) -> Job:
    """Return the work in which the model says what it is, started where it was not."""
    from diagnostics.explanations import work

    return store.jobs().start(
        f"describe-{model.digest}", partial(work.describe, path=store.path(model), format=store.kind(model))
    )


def for_tables(models: list[Upload]) -> list[Upload] | None:
    """Return the models that take rows of a table; None, with progress drawn, while that is not known of one."""
    found = []
    for model in models:
        if store.kind(model) == "onnx":
            job = describing(model)
            if not job.wait(store.PATIENCE):
                store.watch(f"describe-{model.digest}", _("Loading the model"))
                return None
            if job.result is not None and any(len(entry["shape"]) > 2 for entry in job.result.inputs):
                continue
        found.append(model)
    if len(found) < len(models):
        links.to_page("images", _("Models that take pictures are explained on their own page") + " ›")
    return found


def binding(model: Upload, said: ModelDescription, predictions: Predictions, sample: Sample) -> Binding | None:
    """Return how the inputs are fed, as guessed or as edited; None while a column is missing."""
    from diagnostics.explanations.binding import Binding, guess

    project, name = state.selection().project, _setting(model, predictions)
    try:
        guessed = guess(said, tuple(sample.columns), sample.columns)
    except RunClinicError as error:
        st.warning(escape(error_text(error, language())))
        return None
    kept = loading.setting(project, name)
    chosen = guessed
    if kept and len(kept.get("columns", ())) == len(guessed.features):
        stored = Binding.from_json(kept)
        if all(column in sample.columns or not column for column in stored.columns):
            chosen = replace(stored, features=guessed.features)
    missing = [feature for feature, column in zip(chosen.features, chosen.columns, strict=True) if not column]
    head = _("Inputs of the model and columns of the file ({n})").format(n=integer(len(chosen.features), language()))
    with st.expander(head, expanded=bool(missing)):
        _edit(project, name, chosen, sample)
    if missing:
        st.warning(
            _("No column was found for these inputs of the model: {names}. Choose one for each above.").format(
                names=escape(", ".join(missing[:8]))
            )
        )
        return None
    return chosen


def _edit(project: str, name: str, chosen: Binding, sample: Sample) -> None:
    st.caption(_("Guessed from names, or from the order where names do not agree. Change what is wrong."))
    table: Any = st.data_editor(
        {_("Input"): [plain(f) for f in chosen.features], _("Column"): list(chosen.columns)},
        disabled=[_("Input")], hide_index=True, key=f"bind-{name[-16:]}",
        column_config={_("Column"): st.column_config.SelectboxColumn(options=list(sample.columns), required=True)},
    )  # fmt: skip
    columns = tuple("" if c is None else str(c) for c in table[_("Column")])
    codes = {n: dict(t) for n, t in chosen.codes.items()}
    texts = [c for c in columns if c and sample.columns[c].dtype.kind == "O"]
    for column in dict.fromkeys(texts):
        codes.setdefault(column, _sorted_codes(sample, column))
        with st.container():
            st.caption(_("Texts of {column} as numbers, for models that take numbers").format(column=escape(column)))
            edited: Any = st.data_editor(
                {_("Text"): [plain(t) for t in codes[column]], _("Number"): list(codes[column].values())},
                disabled=[_("Text")], hide_index=True, key=f"codes-{name[-16:]}-{column}",
            )  # fmt: skip
            codes[column] = dict(zip(codes[column], map(float, edited[_("Number")]), strict=True))
    made = replace(chosen, columns=columns, codes=codes)
    if made != chosen and st.button(_("Use these inputs"), key="bind_use", type="primary"):
        loading.keep_setting(project, name, made.as_json())
        st.rerun()


def _sorted_codes(sample: Sample, column: str) -> dict[str, float]:
    texts = sorted({str(v) for v in sample.columns[column] if v is not None})
    return {text: float(code) for code, text in enumerate(texts)}


def _setting(model: Upload, predictions: Predictions) -> str:
    pair = hashlib.sha256(f"{model.digest}{predictions.digest}".encode()).hexdigest()
    return f"binding-{pair[:24]}"


def reproduction(found: Reproduction) -> None:
    """Draw how the model compares with the file; stays on the page whatever else is shown."""
    if found.agreement is None:
        st.warning(_("The file holds nothing to compare the model's answers with, so whether it is the model that "
                     "made them is not known."))  # fmt: skip
        return
    rows = integer(found.n, language())
    if found.compared == "classes":
        text = _("The model gives the same class as the file in {share} of {n} rows.")
        told = text.format(share=percent(found.agreement, language()), n=rows)
    else:
        text = _(
            "The model agrees with the file's own predictions in {share} of {n} rows; largest difference {largest}."
        )
        told = text.format(
            share=percent(found.agreement, language()), n=rows, largest=number(found.largest, language())
        )
    if found.link != "identity":
        told += " " + _("Its output was passed through a {link}.").format(link=found.link)
    if found.holds:
        st.markdown(f":green[✓] {escape(told)}")
    else:
        st.warning(escape(told) + " " + _("What follows explains the uploaded model, not the answers in the file. "
                                          "Check the inputs, their order and their scaling."))  # fmt: skip


def locks(said: ModelDescription) -> str:
    """Return which locks hold the worker, one line of Markdown."""
    names = {"limits": _("limits on memory and time"), "landlock": _("no file system (Landlock)"),
             "seccomp": _("no system calls for files, network or programs (seccomp)")}  # fmt: skip
    parts = [f"{'✓' if held else '✗'} {escape(names.get(lock, lock))}" for lock, held in said.locks.items()]
    return _("Locks of the process that runs the model:") + " " + "; ".join(parts)
