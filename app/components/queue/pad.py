"""The queue itself: one example, large; keys tag it and the next one is there at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from app import access, boards, loading, state
from app.components.board import acts, facts, narrow, payload, pictures
from app.components.board import feed as board_feed
from app.components.images import linking
from app.components.queue import place
from app.components.text import plain
from app.i18n import _, html_lang
from diagnostics.catalogue.board import board as drawn
from diagnostics.catalogue.cards import Card
from diagnostics.workspace import BoardView, PredictionsEntry

HERE = Path(__file__).parent
SCRIPTS = (HERE.parent / "frame" / "visit.js", HERE.parent / "board" / "shared.js", HERE / "pad.js")
EVERY = 2.0
BEHIND, AHEAD = 4, 24
PICTURES = 8
_HTML = """
<div class="rc-queue">
  <div class="head"></div>
  <div class="stage" tabindex="0" role="region"></div>
  <div class="keys"></div>
  <div class="said" role="status" aria-live="polite"></div>
</div>
"""
_component = st.components.v2.component(
    "run_clinic_queue",
    html=_HTML,
    css=(HERE / "pad.css").read_text(encoding="utf-8"),
    js="\n".join(file.read_text(encoding="utf-8") for file in SCRIPTS),
)


def draw(entry: PredictionsEntry, board: str, *, blind: str = "") -> None:
    """Draw the queue; others' changes appear within seconds.

    Parameters
    ----------
    blind : str
        Name of an agreement session: tags then count for it alone and nobody sees them.
    """
    _live(entry, board, blind, {"fresh": True})


@st.fragment(run_every=EVERY)
def _live(entry: PredictionsEntry, board: str, blind: str, once: dict[str, bool]) -> None:
    key = f"queue-{board}{blind and '-blind'}"
    outbox = _outbox(key)
    view = boards.view(entry.project, board)
    within = narrow.keys(loading.predictions(entry), view.state)
    feed = board_feed.feed(view.state, key, outbox, fresh=once.pop("fresh", False), within=within)
    _component(
        key=key,
        data=payload.dumps(_data(entry, view, feed, outbox, blind, within)),
        on_outbox_change=lambda: acts.receive(entry.project, board, _outbox(key)),
    )


def _outbox(key: str) -> Any:
    found = state.widget(key)
    return found.get("outbox") if isinstance(found, Mapping) else None


def _data(
    entry: PredictionsEntry, view: BoardView, feed: dict[str, Any], outbox: Any, blind: str,
    within: frozenset[str] | None,
) -> dict[str, Any]:  # fmt: skip
    now = view.state
    predictions = loading.predictions(entry)
    found = {key: card for key, card in boards.cards(predictions, now).items() if within is None or key in within}
    near = boards.neighbours(predictions, now)
    start = place.asked()
    window = _window(now, found, outbox, blind, start)
    return {
        "feed": feed,
        "start": start,
        "answer": acts.answer(view.entry.id),
        "categories": board_feed.categories(drawn(now).categories, {}),
        "cards": {key: _card(found[key], near.get(key, ()), found) for key in window},
        "pictures": pictures.of(entry, {key: found[key].image for key in window[:PICTURES]}),
        "has_pictures": bool(predictions.roles.image),
        "explain": linking.address(entry) if predictions.roles.image else "",
        "progress": facts.progress(now, within),
        "saturation": facts.saturated(now),
        "blind": blind,
        "mine": _mine(now, blind) if blind else {},
        "may_write": access.may(access.WRITE, entry.project),
        "locale": html_lang(),
        "words": _words(narrowed=within is not None),
    }


def _mine(now: Any, blind: str) -> dict[str, Any]:
    prefix = f"{blind}/{access.who()}/"
    return {
        name.removeprefix(prefix): fields.get("category")
        for name, fields in now.of("blind")
        if name.startswith(prefix)
    }  # fmt: skip


def _window(now: Any, found: Mapping[str, Card], outbox: Any, blind: str, start: str) -> list[str]:
    """Keys around the place the browser is at, the nearest first."""
    order = [key for key, fields in now.of("example") if key in found and board_feed.on_board(fields)]
    at = outbox.get("at") if isinstance(outbox, Mapping) else None
    at = at if at in order else start
    if at in order:
        here = order.index(at)
    else:
        mine = _mine(now, blind) if blind else {}
        open_ = [i for i, key in enumerate(order)
                 if not (key in mine if blind else board_feed.looked_at(now.objects[f"example/{key}"]))]  # fmt: skip
        here = open_[0] if open_ else 0
    ahead = order[here : here + AHEAD] + (order[:AHEAD] if here + AHEAD > len(order) else [])
    waiting = [k for k in order[here:] if not board_feed.looked_at(now.objects[f"example/{k}"])][:AHEAD]
    return list(dict.fromkeys([*ahead, *waiting, *order[max(0, here - BEHIND) : here]]))


def _card(card: Card, near: tuple[str, ...], found: Mapping[str, Card]) -> dict[str, Any]:
    return {
        "title": plain(card.title),
        "text": card.text,
        "image": card.image,
        "row": card.row,
        "truth": plain(card.truth),
        "answer": plain(card.answer),
        "attributes": card.attributes,
        "probabilities": card.probabilities,
        "near": [[key, plain(found[key].title)[:60]] for key in near if key in found],
    }


def _words(*, narrowed: bool) -> dict[str, str]:
    return {
        "progress": _("Reviewed {done} of {total}"),
        "progress_label": _("Examples reviewed"),
        "saving": _("saving"),
        "stage": _("Example. Number keys tag, arrow keys move, h hard, s silly, n no category, u undo."),
        "empty": _("No collected example falls into this slice.") if narrowed else _("Nothing is collected yet."),
        "place": _("Example {n} of {total}"),
        "loading": _("The example is on its way."),
        "truth": _("Truth"),
        "answer": _("Answer"),
        "zoom": _("Zoom the picture"),
        "explain": linking.label(),
        "no_picture": _("Picture {name}: upload a zip with the pictures to see it here."),
        "probabilities": _("Probabilities"),
        "near": _("Alike:"),
        "categories": _("Categories"),
        "no_categories": _("No category yet: make one below, or take a starter."),
        "acts": _("Moves and marks"),
        "back": _("Back"),
        "forward": _("Forward"),
        "hard": _("Hard"),
        "silly": _("Silly"),
        "neither": _("Neither hard nor silly"),
        "none": _("Fits none"),
        "undo": _("Undo"),
        "undone": _("Taken back."),
        "tagged": _("Tagged: {name}"),
        "curve": _("Known categories over reviewed examples"),
    }
