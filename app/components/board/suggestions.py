"""Untagged errors that look like a category: shown with what they share, accepted or refused by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from app import access, boards, loading
from app.components.board import narrow
from app.components.guard import guarded
from app.components.text import escape, plain, shorten
from app.i18n import _, ngettext
from diagnostics.catalogue import board as acts
from diagnostics.catalogue.board import board as drawn
from diagnostics.catalogue.events import Event, State, setting
from diagnostics.catalogue.suggestions import Suggestion, suggest
from diagnostics.workspace import BoardView, PredictionsEntry

SHOWN = 12


def draw(entry: PredictionsEntry, view: BoardView) -> None:
    """Draw the suggestions; they are worked out when somebody asks."""
    if not access.may(access.WRITE, entry.project):
        return
    predictions = loading.predictions(entry)
    names = {category.id: category.name for category in drawn(view.state).categories}
    now = view.state
    tagged = {key: str(now.get(f"example/{key}", "category")) for key in boards.rows(now)
              if now.get(f"example/{key}", "category") in names}  # fmt: skip
    found = _inside(suggest(boards.features(predictions, now), tagged, _refused(now)), narrow.keys(predictions, now))
    if not found:
        st.caption(_("No untagged error looks enough like a category. Three examples of a category are the least."))
        return
    titles = {key: card.title for key, card in boards.cards(predictions, now).items()}
    for one in found:
        _one(entry, view.entry.id, one, names[one.category], titles)


def _one(entry: PredictionsEntry, board: str, one: Suggestion, name: str, titles: Mapping[str, str]) -> None:
    text = ngettext("{n} untagged error looks like {name}", "{n} untagged errors look like {name}", len(one.keys))
    with st.container(border=True, key=f"suggest_{one.category}"):
        st.markdown(f"**{escape(text.format(n=len(one.keys), name=name))}**")
        st.caption(_("They share: {features}").format(features=escape(", ".join(shorten(b, 40) for b in one.because))))
        offered = list(one.keys[:SHOWN])
        chosen = st.multiselect(
            _("Examples, most alike first"),
            offered,
            default=offered,
            format_func=lambda key: shorten(plain(titles.get(key, key)), 40),
            key=f"suggested_{one.category}_{offered[0]}",
        )
        with st.container(horizontal=True):
            st.button(_("Accept {n}").format(n=len(chosen)), key=f"accept_{one.category}", disabled=not chosen,
                      type="primary", on_click=_accept, args=(entry, board, one.category, chosen))  # fmt: skip
            st.button(_("Refuse {n}").format(n=len(chosen)), key=f"refuse_{one.category}", disabled=not chosen,
                      help=_("They are not suggested for this category again."),
                      on_click=_refuse, args=(entry, board, one.category, chosen))  # fmt: skip


def _inside(found: Sequence[Suggestion], keys: frozenset[str] | None) -> Sequence[Suggestion]:
    if keys is None:
        return found
    narrowed = [replace(one, keys=tuple(key for key in one.keys if key in keys)) for one in found]
    return [one for one in narrowed if one.keys]


def _refused(now: State) -> frozenset[tuple[str, str]]:
    found = set()
    for key, fields in now.of("example"):
        no = fields.get("refused")
        found |= {(key, str(category)) for category in no} if isinstance(no, list) else set()
    return frozenset(found)


@guarded
def _accept(entry: PredictionsEntry, board: str, category: str, keys: Sequence[str]) -> None:
    boards.write(entry.project, board, lambda now, who: acts.tag(now, who, keys, category))


@guarded
def _refuse(entry: PredictionsEntry, board: str, category: str, keys: Sequence[str]) -> None:
    def act(now: State, who: str) -> Event:
        changes = []
        for key in keys:
            before = now.get(f"example/{key}", "refused")
            no = sorted({*(before if isinstance(before, list) else []), category})
            changes += setting(now, f"example/{key}", refused=no)
        return Event(kind="refuse", who=who, changes=tuple(changes))

    boards.write(entry.project, board, act)
