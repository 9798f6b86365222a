"""What the reader of a prediction file is not sure of: somebody confirms or chooses, for all files of the shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from app import access, loading, state
from app.components.guard import guarded
from app.components.text import escape, plain
from app.i18n import _, language, ngettext
from diagnostics.knowledge import entry as knowledge
from diagnostics.knowledge import fill, label
from diagnostics.types import Predictions, Question
from diagnostics.workspace import PredictionsEntry

CHANGEABLE = ("truth", "predicted", "score", "weight")
"""Roles that may be changed although nobody asked."""

OF_COLUMNS = (*CHANGEABLE, "stacked")


def ask(entry: PredictionsEntry) -> None:
    """Draw the open questions of a set, folded; nothing where there are none."""
    if not entry.n_questions or entry.answered or not access.may(access.WRITE, entry.project):
        return
    title = ngettext(
        "{n} question about this file is open", "{n} questions about this file are open", entry.n_questions
    )
    with st.expander(title.format(n=entry.n_questions)):
        draw(entry)


def draw(entry: PredictionsEntry) -> None:
    """Draw the questions, and the roles that may be changed."""
    given = loading.predictions(entry)
    st.caption(_("The answers are remembered: files with the same columns are read with them from now on."))
    with st.form(f"roles-{entry.id}-{entry.version}", border=False):
        asked = [question.code for question in given.questions]
        for question in given.questions:
            _question(entry, given, question)
        others = [code for code in CHANGEABLE if code not in asked]
        columns = st.columns(max(1, min(4, len(others))))
        names = loading.columns(given)
        for place, code in zip(columns, others, strict=False):
            with place:
                _column(entry, code, ["", *names], getattr(given.roles, code) or "", label(f"role_{code}", language()))
        st.form_submit_button(
            _("Remember and read again"), type="primary", on_click=_save, args=(entry, given, asked, others)
        )


def _question(entry: PredictionsEntry, given: Predictions, question: Question) -> None:
    text = knowledge(language(), "questions", question.code) or question.code
    shown = fill(text, dict(question.params), language()) if question.params else text
    key = _key(entry, question.code)
    if question.code == "class_order":
        columns = ", ".join(plain(name) for name in question.params.get("columns", ()))
        st.text_input(
            plain(shown), value=question.guess or ", ".join(question.options), key=key,
            help=_("The classes in the order of the columns {columns}, separated by commas.").format(columns=columns),
        )  # fmt: skip
        return
    options = list(dict.fromkeys(option for option in (question.guess, *question.options) if option is not None))
    if question.code in ("stacked", "weight") and "" not in options:
        options.append("")
    _column(entry, question.code, options, question.guess, plain(shown))


def _column(entry: PredictionsEntry, code: str, options: Sequence[str], now: str | None, title: str) -> None:
    of_columns = code in OF_COLUMNS or code == "positive"
    st.selectbox(
        title, options, index=options.index(now) if now in options else None, key=_key(entry, code),
        format_func=lambda option: _option(option, of_columns), placeholder=_("not sure"),
    )  # fmt: skip


def _option(option: str, of_columns: bool) -> str:
    if not option:
        return _("none")
    return plain(option) if of_columns else label(option, language())


def _key(entry: PredictionsEntry, code: str) -> str:
    return f"role-{entry.id}-{entry.version}-{code}"


def collected(values: Mapping[str, str | None], asked: Sequence[str], now: Mapping[str, str | None]) -> dict[str, str]:
    """The answers to keep: every asked question that has one, and other roles only where they were changed."""
    answers = {code: value for code, value in values.items() if code in asked and value is not None}
    changed = {
        code: value for code, value in values.items()
        if code not in asked and value is not None and value != (now.get(code) or "")
    }  # fmt: skip
    return answers | changed


@guarded
def _save(entry: PredictionsEntry, given: Predictions, asked: Sequence[str], others: Sequence[str]) -> None:
    values = {code: state.widget(_key(entry, code)) for code in (*asked, *others)}
    now = {code: getattr(given.roles, code) for code in others}
    answers = collected(values, asked, now)
    if answers:
        loading.answer_roles(entry, answers)
        state.flash("info", text=_("The file {name} was read again.").format(name=escape(entry.name)))
