"""What the page speaks of: a set that names pictures, the pictures, a model that takes them, and how it is fed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from app import loading, state
from app.components import active_slice
from app.components.empty import open_demo
from app.components.explain import model as explain_model
from app.components.explain import store
from app.components.files import uploads
from app.components.images import feeding, fitting
from app.components.text import escape
from app.i18n import _
from diagnostics.types import Labels, Predictions
from diagnostics.workspace import PredictionsEntry

if TYPE_CHECKING:
    from diagnostics.explanations.images.examples import Example
    from diagnostics.explanations.images.work import Checked, ImageModel
    from diagnostics.explanations.sandbox import ModelDescription
    from diagnostics.readers.pictures import Pictures


@dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """Everything the parts of the page draw from.

    Attributes
    ----------
    entry : PredictionsEntry
    whole, predictions : Predictions
        The set, and the set narrowed to the active slice.
    examples : tuple of Example
        Rows of the narrowed set whose picture was uploaded.
    pictures : Pictures
    key : str
        Of the content of the pictures.
    model : ImageModel
    checked : Checked
    said : ModelDescription
    """

    entry: PredictionsEntry
    whole: Predictions
    predictions: Predictions
    examples: tuple[Example, ...]
    pictures: Pictures
    key: str
    model: ImageModel
    checked: Checked
    said: ModelDescription

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the model's columns: the file's classes where their number agrees."""
        outputs = self.checked.agreement.outputs
        if outputs == len(self.whole.classes):
            return self.whole.classes
        return tuple(_("output {n}").format(n=place) for place in range(outputs))


def rows_with_pictures(predictions: Predictions) -> tuple[Example, ...]:
    """Return rows that name a picture; for `loading.measured`."""
    from diagnostics.explanations.images.examples import examples

    return examples(predictions)


def obtain() -> Subject | None:
    """Draw the choices and checks; None, with what to do, while something is missing."""
    project = state.selection().project
    models = store.of_kinds(project, ("onnx",)) if project else []
    found = loading.uploaded_pictures(project) if project else None
    entry = _entry(project, found)
    if entry is None or found is None or not models:
        _invite(project, entry, found is not None, bool(models))
        return None
    _add()
    key, pictures = found
    whole = loading.predictions(entry)
    predictions = active_slice.narrowed(whole)
    examples = [e for e in loading.measured(rows_with_pictures, predictions) if e.picture in pictures]
    if not examples:
        st.info(_("No row of the active slice has a picture. Leave the slice to see the others."))
        return None
    known = [e for e in loading.measured(rows_with_pictures, whole) if e.picture in pictures]
    usable = fitting.taking_pictures(models)
    if usable is None:
        return None
    chosen = explain_model.pick(usable)
    said = explain_model.description(chosen)
    if said is None:
        return None
    positive = Labels(whole.classes).code(whole.roles.positive) if whole.roles.positive else 1
    fed = feeding.obtain(chosen, said, (key, pictures), known, whole, max(positive, 0))
    if fed is None:
        return None
    return Subject(
        entry=entry, whole=whole, predictions=predictions, examples=tuple(examples), pictures=pictures, key=key,
        model=fed[0], checked=fed[1], said=said,
    )  # fmt: skip


def _add() -> None:
    with st.expander(_("Add models, pictures or predictions"), key="images_add", on_change="rerun") as opened:
        if opened.open:
            uploads.area(key="images", hint=_upload_hint())


def _upload_hint() -> str:
    return _("Drop a model, pictures, a prediction file, a folder or an archive here")


def _entry(project: str, found: tuple[str, Pictures] | None) -> PredictionsEntry | None:
    """The picked set if its pictures were uploaded, else the first whose pictures were; said when it is another."""
    offered = loading.prediction_sets(project) if project else ()
    picked = next((one for one in offered if one.id == state.selection().predictions), None)
    ordered = [*([picked] if picked else []), *(one for one in offered if one is not picked)]
    usable = next((one for one in ordered if _usable(one, found)), None)
    if usable is not None and picked is not None and usable is not picked:
        text = _("The picked set names no uploaded pictures. Shown: {name}.")
        st.caption(text.format(name=escape(loading.label(usable, offered))))
    return usable


def _usable(entry: PredictionsEntry, found: tuple[str, Pictures] | None) -> bool:
    predictions = loading.predictions(entry)
    if found is None or predictions.task not in fitting.TASKS or not predictions.roles.image:
        return False
    return any(one.picture in found[1] for one in loading.measured(rows_with_pictures, predictions))


def _invite(project: str, entry: PredictionsEntry | None, has_pictures: bool, has_model: bool) -> None:
    """Say what is missing, what to do, and where it can be seen at work."""
    missing = []
    if not has_model:
        missing.append(_("**A model**: an ONNX file that takes a picture. It runs in a locked process."))
    if not has_pictures:
        missing.append(_("**The pictures**: single files, a folder, or a zip or tar of them."))
    if entry is None:
        missing.append(_("**A prediction file** of a classifier with a column that names each row's picture "
                         "(for example `image`), beside truth and answer."))  # fmt: skip
    with st.container(key="rc-invite", gap="small"):
        st.markdown(_("This page lays maps over pictures that show where a network looked. Still needed:"))
        st.markdown("\n".join(f"- {line}" for line in missing))
        uploads.area(key="images", hint=_upload_hint())
        if project != loading.DEMO_ID:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.button(_("Open the demo project"), key="images_demo", on_click=open_demo)
                st.caption(_("A small network that read digits, and a stamp in the corner it should not have learnt."))
