"""The board: columns of cards that are dragged, or carried by the keyboard; others' moves appear within seconds."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from app import access, boards, loading, state
from app.components.board import acts, facts, narrow, payload, pictures
from app.components.board import feed as board_feed
from app.components.picked_set import CLASSES
from app.components.queue import place
from app.components.text import plain, shorten
from app.i18n import _, html_lang
from diagnostics.catalogue.board import board as drawn
from diagnostics.catalogue.cards import Card
from diagnostics.catalogue.groups import Group, groups
from diagnostics.workspace import PredictionsEntry

HERE = Path(__file__).parent
SCRIPTS = (
    HERE.parent / "frame" / "visit.js",
    *(HERE / f"{name}.js" for name in ("shared", "tools", "hand", "keyboard", "kanban")),
)
EVERY = 1.5
PICTURES = 500
"""Cards that get a picture; as many as a sample of errors has, so that a huge board still opens at once."""
_HTML = """
<div class="rc-board">
  <div class="tools"></div>
  <div class="lanes"></div>
  <div class="said" role="status" aria-live="polite"></div>
  <div class="help" id="rc-board-help"></div>
</div>
"""
_component = st.components.v2.component(
    "run_clinic_board",
    html=_HTML,
    css=(HERE / "kanban.css").read_text(encoding="utf-8"),
    js="\n".join(file.read_text(encoding="utf-8") for file in SCRIPTS),
)


def draw(entry: PredictionsEntry, board: str) -> None:
    """Draw the board."""
    _live(entry, board, {"fresh": True})


@st.fragment(run_every=EVERY)
def _live(entry: PredictionsEntry, board: str, once: dict[str, bool]) -> None:
    key = f"kanban-{board}"
    outbox = _outbox(key)
    view = boards.view(entry.project, board)
    predictions = loading.predictions(entry)
    within = narrow.keys(predictions, view.state)
    feed = board_feed.feed(view.state, key, outbox, fresh=once.pop("fresh", False), within=within)
    impacts = facts.impacts(view.state, boards.errors(predictions))
    data: dict[str, Any] = {
        "feed": feed,
        "answer": acts.answer(board),
        "categories": board_feed.categories(drawn(view.state).categories, impacts),
        "may_write": access.may(access.WRITE, entry.project),
        "queue": place.address(),
        "locale": html_lang(),
        "words": _words(),
    }
    if feed["full"]:
        found = boards.cards(predictions, view.state)
        data["texts"] = {key: _text(card) for key, card in found.items()}
        shown = {key: card.image for key, card in itertools.islice(found.items(), PICTURES)}
        data["pictures"] = pictures.of(entry, shown, pictures.SMALL)
        ways = groups(found, classes=predictions.task in CLASSES)
        data["groups"] = {str(n): _told(group) for n, group in enumerate(ways)}
    _component(
        key=key,
        data=payload.dumps(data),
        on_outbox_change=lambda: acts.receive(entry.project, board, _outbox(key)),
    )


def _outbox(key: str) -> Any:
    found = state.widget(key)
    return found.get("outbox") if isinstance(found, Mapping) else None


def _text(card: Card) -> tuple[str, str]:
    return shorten(card.title, 60), f"{shorten(card.truth, 24)} → {shorten(card.answer, 24)}"


def _told(group: Group) -> dict[str, Any]:
    names = {"truth": _("Truth"), "answer": _("Answer")}
    return {"name": names.get(group.name, plain(group.name)), "values": group.values, "of": group.of}


def _words() -> dict[str, str]:
    return {
        "untagged": _("Untagged"),
        "column": _("{name}, {n} examples"),
        "search": _("Search cards"),
        "colour": _("Colour by"),
        "no_colour": _("nothing"),
        "move": _("Move to…"),
        "new_name": _("New category from these"),
        "make": _("Create"),
        "clear": _("Clear choice"),
        "undo": _("Undo"),
        "undone": _("Taken back."),
        "chosen": _("{n} chosen"),
        "hidden": _("{n} hidden by the search"),
        "hint": _("Drag cards, or use the keyboard: arrows, Space, x to choose, o to open."),
        "hint_touch": _("Hold a card to lift it, tap to choose, swipe to scroll."),
        "in_hand": _("{n} lifted. Let go over a column."),
        "open": _("Open {name} in the queue"),
        "help": _("Arrow keys walk between cards. Space lifts a card, arrow keys carry it, Space drops it, Escape puts "
                  "it back. Enter or x chooses several, o opens the example in the queue."),
        "moved": _("{n} moved to {name}."),
        "lifted": _("{n} lifted from {name}. Arrow keys carry, Space drops, Escape puts back."),
        "over": _("Over {name}."),
        "put_back": _("Put back."),
        "was": _("was {was}, now {now}"),
    }  # fmt: skip
