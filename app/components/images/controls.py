"""How pictures are explained: the method, its layer, the class, and what hidden parts are replaced by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app import state
from app.components import sliders
from app.components.text import escape, shorten
from app.i18n import _, language, ngettext
from diagnostics.exceptions import RunClinicError
from diagnostics.knowledge import error_text
from diagnostics.knowledge.numbers import integer
from diagnostics.knowledge.numbers import number as number_text

if TYPE_CHECKING:
    from app.components.images.subject import Subject
    from diagnostics.explanations.images.examples import Example
    from diagnostics.explanations.images.explaining import Way
    from diagnostics.explanations.images.network import SpatialLayer
    from diagnostics.explanations.images.occlusion import Plan

ANSWERED, TRUE = "answered", "true"


def methods() -> dict[str, str]:
    """Return the names of the methods."""
    return {"score_cam": "Score-CAM", "grad_cam": "Grad-CAM", "eigen_cam": "Eigen-CAM", "occlusion": _("Occlusion")}


def way(subject: Subject, *, pictures: int = 1) -> Way | None:
    """Draw the choices and return them; None, with what to do, where the method cannot be used.

    Parameters
    ----------
    subject : Subject
    pictures : int
        That will be explained so.
    """
    from diagnostics.explanations.images.explaining import KNOWS_NO_LAYER, NEEDS_GRADIENTS, Way
    from diagnostics.explanations.images.masking import BASELINES
    from diagnostics.explanations.images.network import has_gradients

    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        method = _chosen(_("Method"), methods(), "cam", "score_cam", width=160)
        tensor = "" if method in KNOWS_NO_LAYER else layer(subject)
        hidden = {"mean": _("mean colour"), "black": _("black"), "white": _("white"), "blur": _("blurred picture")}
        instead = _chosen(
            _("Hidden parts become"), {code: hidden[code] for code in BASELINES}, "hidden", "mean", width=180
        )
        walk = _walk(subject) if method == "occlusion" else None
    if walk is not None:
        _cost(subject, walk, pictures)
    if tensor is None:
        st.info(_("The model has no layer whose activations have places, so only occlusion can say where it looks."))
        return None
    if method in NEEDS_GRADIENTS and not has_gradients():
        st.warning(escape(error_text(RunClinicError("vision_missing"), language())))
        return None
    patch, stride = (0, 0) if walk is None else (walk.patch, walk.stride)
    return Way(method=method, layer=tensor, hidden=instead, patch=patch, stride=stride)


def _walk(subject: Subject) -> Plan:
    """Draw how large the hidden patch is and how far it moves, within what the input's size allows."""
    from diagnostics.explanations.images import occlusion

    height, width = subject.model.given.height, subject.model.given.width
    usual = occlusion.plan(height, width)
    patch = sliders.whole(
        _("Patch (px)"), key="patch", default=usual.patch, low=occlusion.least_patch(height, width),
        high=min(height, width), help=_("Side of the hidden square. Small ones find small things, and miss what only "
                                        "a large one hides."),
    )  # fmt: skip
    least = occlusion.least_stride(height, width, patch)
    stride = sliders.whole(
        _("Stride (px)"), key="stride", default=occlusion.plan(height, width, patch).stride, low=least, high=patch,
        help=_("How far the patch moves. Half a patch is usual; smaller ones cost more and smooth the map."),
    )  # fmt: skip
    return occlusion.plan(height, width, patch, stride)


def _cost(subject: Subject, walk: Plan, pictures: int) -> None:
    """Say how often the model is asked, and how long that takes by what the check took."""
    input_ = subject.model.given
    said = {
        "places": integer(walk.places, language()), "width": input_.width, "height": input_.height,
        "seconds": number_text(walk.seconds(subject.checked.seconds, pictures), language(), 1),
    }  # fmt: skip
    text = ngettext(
        "{places} places on {width} × {height} px: the model is asked {places} times, about {seconds} s for this "
        "picture.",
        "{places} places on {width} × {height} px: the model is asked {places} times a picture, about {seconds} s for "
        "{n} pictures.", pictures,
    )  # fmt: skip
    st.caption(text.format(n=integer(pictures, language()), **said))


def layer(subject: Subject) -> str | None:
    """Draw the list of layers and return the tensor of the chosen one; None where there is none."""
    from diagnostics.explanations.images.network import default_layer

    layers = subject.checked.layers
    default = default_layer(layers)
    if default is None:
        return None
    named = {one.tensor: _layer(one) for one in layers}
    return _chosen(
        _("Layer"), named, "layer", default.tensor, width=280,
        help=_("The last convolution by default: late layers know what, early ones know where."),
    )  # fmt: skip


def _layer(one: SpatialLayer) -> str:
    sizes = "" if one.shape is None else " × ".join("?" if size is None else str(size) for size in one.shape)
    return " · ".join(part for part in (shorten(one.name, 32), one.kind, sizes) if part)


def explained(subject: Subject) -> str:
    """Draw which class is explained and return its code."""
    truth = {TRUE: _("the true class")} if subject.whole.roles.truth and _same(subject) else {}
    named = {str(place): shorten(name, 32) for place, name in enumerate(subject.classes)}
    return _chosen(
        _("Class"), {ANSWERED: _("the model's answer"), **truth, **named}, "cam_class", ANSWERED, width=220,
        help=_("Eigen-CAM knows no classes; the class then counts for the check only."),
    )  # fmt: skip


def _same(subject: Subject) -> bool:
    return subject.classes == subject.whole.classes


def number(code: str, example: Example) -> int | None:
    """Return the class number of a choice for a row; None is the model's own answer."""
    if code == TRUE:
        return example.truth if example.truth >= 0 else None
    return int(code) if code.isdigit() else None


def _chosen(
    label: str, named: dict[str, str], key: str, default: str, *, width: int, help: str | None = None
) -> str:  # fmt: skip
    """Draw a list and return the chosen code, which lives in the address."""
    state.from_address(key)
    if state.widget(key) not in named:
        state.control(key, default)
    chosen: str = st.selectbox(label, list(named), format_func=named.__getitem__, key=key, width=width, help=help)
    state.to_address(key, chosen, default=default)
    return chosen
