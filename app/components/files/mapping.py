"""The form that asks what a column is; the answers are remembered for files of the same shape."""

from __future__ import annotations

import streamlit as st

from app import loading, state
from app.components.guard import guarded
from app.components.text import escape, plain
from app.i18n import _, language, ngettext
from diagnostics.knowledge import label
from diagnostics.types import Role, Run, Split
from diagnostics.workspace import RunEntry

_SPLITS = ("", *Split)
_LIMIT = 40


def draw(entry: RunEntry, run: Run) -> None:
    """Draw one row a column that nobody could place, with what the reader guesses."""
    names = run.unplaced[:_LIMIT]
    if not names:
        return
    st.subheader(
        ngettext(
            "{n} column needs your word", "{n} columns need your word", len(run.unplaced)
        ).format(n=len(run.unplaced)),
        anchor=False,
    )  # fmt: skip
    st.caption(_("The answers are remembered: files with the same columns are read with them from now on."))
    guesses = {curve.source: curve for curve in run.curves}
    with st.form(f"mapping-{entry.id}-{entry.version}", border=False):
        for number, name in enumerate(names):
            guess = guesses.get(name)
            columns = st.columns([3, 3, 2, 2], vertical_alignment="bottom")
            columns[0].markdown(f"**{escape(name)}**")
            columns[1].text_input(_("Metric"), value=plain(guess.metric if guess else name), key=_key(entry, number, 0))
            columns[2].selectbox(
                _("Split"),
                _SPLITS,
                index=_SPLITS.index(guess.split) if guess and guess.split else 0,
                format_func=lambda split: label(split, language()) if split else _("none"),
                key=_key(entry, number, 1),
            )
            columns[3].selectbox(
                _("Role"),
                list(Role),
                index=list(Role).index(guess.role if guess else Role.OTHER),
                format_func=lambda role: label(role, language()),
                key=_key(entry, number, 2),
            )
        st.form_submit_button(_("Remember and read again"), type="primary", on_click=_save, args=(entry, names))


def _key(entry: RunEntry, number: int, part: int) -> str:
    return f"map-{entry.id}-{entry.version}-{number}-{part}"


@guarded
def _save(entry: RunEntry, names: tuple[str, ...]) -> None:
    answers = {}
    for number, name in enumerate(names):
        metric, split, role = (state.widget(_key(entry, number, part)) for part in range(3))
        answers[name] = (str(metric).strip() or name, str(split) if split else None, str(role))
    loading.place_columns(entry, answers)
