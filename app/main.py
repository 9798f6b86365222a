"""The frame: pages, the pickers that survive page switches, language and theme.

Run by `run-clinic serve` and by `streamlit run app/main.py` alike.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

# `streamlit run` puts this file's folder on the path, where our `locale` would hide Python's own.
_HERE = Path(__file__).resolve().parent
sys.path[:] = [entry for entry in sys.path if not entry or Path(entry).resolve() != _HERE]
if str(_HERE.parent) not in sys.path:
    sys.path.insert(0, str(_HERE.parent))

import streamlit as st  # noqa: E402

from app import access, state  # noqa: E402
from app.components.frame import arriving, chips, chrome, entrance, navigation, pickers, share  # noqa: E402
from app.i18n import N_, _  # noqa: E402

PAGES = {
    "triage": N_("Triage"),
    "curves": N_("Learning curves"),
    "confusion": N_("Confusion matrix"),
    "thresholds": N_("Thresholds"),
    "regression": N_("Regression"),
    "ranking": N_("Ranking"),
    "losses": N_("Loss explorer"),
    "queue": N_("Error queue"),
    "board": N_("Error board"),
    "catalogue": N_("Error catalogue"),
    "slices": N_("Slices"),
    "explanations": N_("Explanations"),
    "images": N_("Image explanations"),
    "structure": N_("Structure"),
    "files": N_("Runs & files"),
    "people": N_("People & audit"),
    "status": N_("Status"),
}

# Pages of the navigation by heading; every page is in exactly one of them. (A string here would be shown: Streamlit
# writes bare strings of the entry script to the page.)
SECTIONS = {
    "": ("triage",),
    N_("Training"): ("curves",),
    N_("Predictions"): ("confusion", "thresholds", "regression", "ranking", "losses", "slices"),
    N_("Explanations"): ("explanations", "images", "structure"),
    N_("Errors"): ("queue", "board", "catalogue"),
    N_("Project"): ("files", "people", "status"),
}


def _view(name: str) -> Callable[[], None]:
    """Return a callable that imports the page only when somebody opens it."""

    def render() -> None:
        importlib.import_module(f"app.views.{name}").render()

    render.__name__ = name
    return render


def _pages() -> dict[str, st.Page]:
    return {
        name: st.Page(
            _view(name),
            title=_(title),
            url_path=None if name == "triage" else name,
            default=name == "triage",
            visibility="hidden" if name == "people" and not access.is_hosted() else "visible",
        )
        for name, title in PAGES.items()
    }


def main() -> None:
    """Draw the frame and run the page that the address names."""
    chrome.configure()
    state.begin()
    pages = _pages()
    state.register(pages)
    sections = {_(head) if head else "": [pages[name] for name in names] for head, names in SECTIONS.items()}
    admitted = entrance.admit()
    in_full = admitted and not entrance.is_guest()
    page = st.navigation(sections, position="hidden")
    chrome.dress(paths=[entry.url_path for entry in pages.values()])
    waiting = arriving.waits()
    with st.sidebar:
        if in_full:
            above = st.container()
            if not waiting:
                pickers.sidebar(page.url_path)
            with above:  # after the pickers, which settle what the links carry
                navigation.draw(sections, page.url_path)
            share.draw(page.url_path)
        entrance.identity()
        chrome.preferences()
    if not admitted:
        entrance.refused()
    elif waiting:
        arriving.draw()
    elif not entrance.elsewhere(page.url_path):
        state.publish()
        chips.draw()
        page.run()


if __name__ == "__main__":
    main()
