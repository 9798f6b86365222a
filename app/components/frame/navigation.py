"""The list of pages in the sidebar: a landmark with lists of links under headings.

Streamlit's own list puts a `div` between list and items, has headings that only a mouse can fold, and links that drop
what is picked; ours is drawn instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from app import state
from app.i18n import _

HERE = Path(__file__).parent
_component = st.components.v2.component(
    "run_clinic_navigation",
    html="<nav class='rc-nav'></nav>",
    css=(HERE / "navigation.css").read_text(encoding="utf-8"),
    js="\n".join((HERE / f"{name}.js").read_text(encoding="utf-8") for name in ("visit", "navigation")),
    # A link to skip the navigation is only known for one where both stand in the same document.
    isolate_styles=False,
)


def draw(sections: Mapping[str, Sequence[st.Page]], current: str) -> None:
    """Draw the links to the pages that are not hidden.

    Parameters
    ----------
    sections : mapping of heading to pages
    current : str
        Path of the page on the screen, "" for the first.
    """
    shown = {head: [page for page in pages if page.visibility != "hidden"] for head, pages in sections.items()}
    query = urlencode(state.address(), doseq=True)
    _component(
        key="navigation",
        # A list, because Streamlit imports pandas to look for tables inside a dict.
        data=[
            {
                "label": _("Pages"),
                "current": current,
                "query": query and f"?{query}",
                "sections": [
                    {"head": head, "pages": [[page.url_path, page.title] for page in pages]}
                    for head, pages in shown.items()
                    if pages
                ],
            }
        ],
    )
