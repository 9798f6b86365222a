"""The list of formats that can be read, as the registered readers declare them."""

from __future__ import annotations

import streamlit as st

from app import loading
from app.components.text import escape
from app.i18n import _, language


def help() -> None:
    """Draw a popover with the formats; the readers are imported only when somebody opens it."""
    popover = st.popover(_("Help: what can be read"), type="tertiary", key="formats_help", on_change="rerun")
    if not popover.open:
        return
    from diagnostics.knowledge import label

    heads = {"run": _("Run logs"), "predictions": _("Prediction files"), "config": _("Configurations")}
    with popover:
        for kind, formats in loading.formats().items():
            if kind in heads:
                st.markdown(f"**{heads[kind]}**")
                st.markdown("\n".join(f"- {escape(label(name, language()))}" for name in formats))
        st.caption(_("Also folders and archives (zip, tar, gz) of them. The content decides, not the file name."))
