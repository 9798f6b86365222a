"""When a new run arrives: tags find their rows again, what is right now is told, new errors are queued."""

from __future__ import annotations

import streamlit as st

from app import access, boards, loading
from app.components.guard import guarded
from app.components.queue import collect
from app.components.text import escape, shorten
from app.i18n import _, ngettext
from diagnostics.catalogue import collecting
from diagnostics.catalogue.board import board as drawn
from diagnostics.catalogue.events import State
from diagnostics.workspace import BoardView, PredictionsEntry


def offer(entry: PredictionsEntry, view: BoardView | None) -> None:
    """Offer to carry tags over: from another board of the project, or where this set's file was replaced."""
    if not access.may(access.WRITE, entry.project):
        return
    if view is not None:
        if view.state.get(collecting.BOARD, "digest") not in (None, entry.digest):
            st.info(_("This set was read anew and its rows have changed since the board was made."))
            st.button(_("Attach the tags to the new rows"), key="attach_again", type="primary", on_click=_attach,
                      args=(entry, view.entry.id))  # fmt: skip
        return
    sets = {other.id: other for other in loading.prediction_sets(entry.project)}
    for board in boards.listed(entry.project):
        found = boards.view(entry.project, board.id)
        tagged = sum(len(category.examples) for category in drawn(found.state).categories)
        if not tagged:
            continue
        name = (
            shorten(loading.label(sets[board.predictions], tuple(sets.values()))) if board.predictions in sets else "–"
        )
        text = ngettext(
            "The board of {name} has {n} tagged example.", "The board of {name} has {n} tagged examples.", tagged
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(text.format(name=escape(name), n=tagged), width="content")
            st.button(_("Carry its tags over to this set"), key=f"attach_{board.id}", on_click=_attach,
                      args=(entry, board.id),
                      help=_("Rows are recognised by their content. What is right now is counted as mended, new errors "
                             "are queued. Undo takes it back."))  # fmt: skip


def told(view: BoardView) -> None:
    """Say what became of each category when the tags were carried over last."""
    parts = [
        _("{name}: was {was}, now {now}").format(name=escape(c.name), was=c.fields["was"], now=len(c.examples))
        for c in drawn(view.state).categories
        if c.fields.get("was") is not None
    ]
    if parts:
        st.caption(_("Since the last predictions:") + " " + " · ".join(parts))


@guarded
def _attach(entry: PredictionsEntry, board: str) -> None:
    predictions = loading.predictions(entry)
    errors = boards.errors(predictions)
    old = boards.view(entry.project, board).state
    columns = tuple(c for c in collecting.columns_of(old) or () if c in predictions.roles.attributes)
    strata = boards.error_strata(predictions, columns)
    total = min(len(errors), max(collect.LEAST, min(collect.USUAL, len(boards.rows(old)))))

    def act(now: State, who: str) -> collecting.Event:
        return collecting.attach(
            now, who, errors, strata, columns, set=collect.named(entry), total=total, seed=collect.SEED
        )

    boards.write(entry.project, board, act)
