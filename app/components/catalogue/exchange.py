"""The catalogue as files: out as CSV, JSON and Markdown, and back in."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import access, boards, loading, state
from app.components.board import facts
from app.components.guard import guarded
from app.i18n import _, ngettext
from diagnostics.catalogue import exchange
from diagnostics.catalogue.board import board as drawn
from diagnostics.catalogue.events import Event, State
from diagnostics.catalogue.table import CatalogueRow
from diagnostics.exceptions import BrokenFile
from diagnostics.workspace import BoardView, PredictionsEntry

MAX_BYTES = 50 << 20


def header(worth: str) -> tuple[str, ...]:
    """Return the column titles of the category template; `worth` is that of the loss, "" where there is none."""
    return (
        _("Category"), _("Examples"), _("Frequency"), _("Impact"), _("Hypothesis"), _("Action"), _("Owner"),
        _("Priority"), _("Status"), *([worth] if worth else []),
    )  # fmt: skip


def draw(entry: PredictionsEntry, view: BoardView, rows: Sequence[CatalogueRow]) -> None:
    """Draw the downloads and the way back."""
    now = view.state
    titles = header(facts.worth(boards.errors(loading.predictions(entry))))
    offered = (
        ("catalogue.csv", _("Catalogue (CSV)"), "text/csv", lambda: exchange.catalogue_csv(rows, titles)),
        (
            "catalogue.md",
            _("Catalogue (Markdown)"),
            "text/markdown",
            lambda: exchange.catalogue_markdown(rows, titles),
        ),
        ("examples.csv", _("Tagged examples (CSV)"), "text/csv", lambda: exchange.examples_csv(drawn(now), now)),
        ("board.json", _("Everything (JSON)"), "application/json", lambda: exchange.to_json(drawn(now), now)),
    )
    with st.container(horizontal=True):
        for name, label, kind, make in offered:
            st.download_button(label, data=make, file_name=name, mime=kind, on_click="ignore", key=f"download_{name}")
    if not access.may(access.WRITE, entry.project):
        return
    round_ = state.recall("catalogue_imports", 0)
    given = st.file_uploader(_("Bring a board back: JSON or the CSV of examples"), type=["json", "csv"],
                             key=f"import_{round_}")  # fmt: skip
    if given is not None:
        text = given.getvalue()[:MAX_BYTES].decode("utf-8-sig", errors="replace")
        state.remember("catalogue_imports", round_ + 1)
        _bring(entry, view.entry.id, given.name, text)
        st.rerun()


@guarded
def _bring(entry: PredictionsEntry, board: str, name: str, text: str) -> None:
    def act(now: State, who: str) -> Event:
        return _read(now, who, text, name)

    before = boards.view(entry.project, board).entry.number
    after = boards.write(entry.project, board, act)
    changed = len(after.events[-1].changes) if after.entry.number > before else 0
    state.flash(
        "imported", text=ngettext("{n} change brought in.", "{n} changes brought in.", changed).format(n=changed)
    )


def _read(now: State, who: str, text: str, name: str) -> Event:
    if name.lower().endswith(".csv"):
        return exchange.from_examples_csv(now, who, text, name)
    try:
        return exchange.from_json(now, who, text, name)
    except RecursionError as error:
        raise BrokenFile("not_a_catalogue", file=name, expected=exchange.FORMAT, remedy="export_board_again") from error
