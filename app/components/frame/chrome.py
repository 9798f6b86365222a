"""What surrounds every page: title bar settings, style sheet, language of the document, language and theme switch."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import i18n, state, theme
from app.components.frame import theme_switch
from app.i18n import _


def configure() -> None:
    """Set the tab's title, icon and layout; must be the first Streamlit call of a run."""
    st.set_page_config(
        page_title="Run Clinic",
        page_icon=str(theme.ICON),
        layout="wide",
        menu_items={"Get help": None, "Report a bug": None, "About": None},
    )


def dress(*, paths: Sequence[str]) -> None:
    """Load the style sheet.

    Parameters
    ----------
    paths : sequence of str
        URL paths of all pages; Streamlit keeps the chosen theme by path, the switch sets them all.
    """
    st.html(theme.STYLE)
    st.logo(str(theme.ICON), size="large")
    state.keep("paths", list(paths))


def preferences() -> None:
    """Draw the language and theme switches at the foot of the sidebar."""
    state.control("language", i18n.language())
    st.segmented_control(
        _("Language"),
        list(i18n.LANGUAGES),
        format_func=lambda code: i18n.LANGUAGES[code],
        key="language",
        required=True,
        on_change=_language_chosen,
    )
    theme_switch.draw(state.kept("paths", [""]))


def _language_chosen() -> None:
    state.set_language(state.widget("language"))
