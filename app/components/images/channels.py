"""Feature maps: what the strongest channels of a layer answer to in one picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app.components import set_page
from app.components.explain import store
from app.components.images import controls, one
from app.components.text import escape
from app.i18n import _, language
from diagnostics.knowledge.numbers import integer, percent

if TYPE_CHECKING:
    from app.components.images.subject import Subject
    from diagnostics.explanations.images.feature_maps import FeatureMaps

TILE = 160


def draw(subject: Subject) -> None:
    """Draw the choices and the channels."""
    from diagnostics.explanations.images import work

    rows = one.offered(subject)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        example = one.pick(subject, rows)
        tensor = controls.layer(subject)
    if tensor is None:
        st.info(_("The model has no layer whose activations have places."))
        return
    found: FeatureMaps | None = store.wait_for(
        f"channels-{subject.model.key(subject.key, example.picture, tensor)}",
        lambda job: work.look_inside(job, subject.model, subject.pictures, example, tensor),
        told=_("Reading the layer's activations"),
    )  # fmt: skip
    if found is not None:
        _maps(found)


def _maps(found: FeatureMaps) -> None:
    from diagnostics.explanations.images import painting

    set_page.line([
        f"{_('Channels')} **{escape(integer(found.total, language()))}**",
        f"{_('Silent in this picture')} **{escape(integer(found.silent, language()))}**",
    ])  # fmt: skip
    with st.container(horizontal=True, gap="medium", key="rc-tiles"):
        for channel, values, share in zip(found.channels, found.maps, found.energy, strict=True):
            with st.container(width=TILE, gap="small"):
                st.image(painting.channel(values, TILE * 2), width=TILE,
                         alt=_("Activations of channel {n}").format(n=int(channel)))  # fmt: skip
                text = _("channel {n} · {share}")
                st.caption(text.format(n=int(channel), share=escape(percent(float(share), language()))))
    st.caption(_("Strongest first; the share is of the layer's energy (sum of squares). Each map runs from its own "
                 "smallest to its own largest value, so colours do not compare between channels."))  # fmt: skip
