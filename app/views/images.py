"""Image explanations: where a network looked in a picture."""

from __future__ import annotations

import streamlit as st

from app.components import choices, messages
from app.components.explain import model
from app.components.files import uploads
from app.components.images import channels, feeding, one, sheet, subject
from app.components.images.subject import Subject
from app.i18n import _


def render() -> None:
    """Draw the page."""
    st.title(_("Image explanations"), anchor=False)
    st.caption(_("Where does the network look?"))
    messages.draw()
    uploads.report(stored=False)
    found = subject.obtain()
    if found is None:
        return
    offered = {"one": _("One picture"), "sheet": _("Contact sheet"), "channels": _("Feature maps")}
    part = choices.one(_("Show"), offered, key="look", default="one")
    {"one": one.draw, "sheet": sheet.draw, "channels": channels.draw}[part](found)
    feeding.edit(found.model.digest, found.model.given, found.whole.classes)
    with st.expander(_("How this is computed")):
        st.markdown("\n".join(f"- {line}" for line in _method(found)))


def _method(found: Subject) -> list[str]:
    return [
        _("Score-CAM asks the model about the picture masked by each of up to 64 channels of the layer, those that "
          "vary most. Occlusion hides patches, by default of a seventh of the shorter side, half a patch apart, at no "
          "more than 400 places; at no more than 1,600 where patch and stride are chosen. Eigen-CAM is the first "
          "principal component of the activations. These need onnxruntime only."),
        _("Grad-CAM differentiates the class score before a last softmax or sigmoid, by captum; it needs the extra "
          "vision."),
        _("A map says where the model's answer is sensitive, not why. Maps that are zero or the same everywhere are "
          "not drawn."),
        _("The check hides the hottest tenth of the picture, then the same shape at 24 other places."),
        model.locks(found.said),
    ]  # fmt: skip
