"""Labels from a second file: which columns name the same rows, how many agree, then the join."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import access, loading, state
from app.components.guard import guarded
from app.components.text import escape, plain, shorten
from app.i18n import _, language, ngettext
from diagnostics.knowledge.numbers import integer, percent
from diagnostics.readers.predictions.labels import LabelMatch, truth_column
from diagnostics.types import Predictions, Task
from diagnostics.workspace import PredictionsEntry


def unlabelled(given: Predictions) -> bool:
    """Whether a set holds answers and no truth."""
    roles = given.roles
    answers = roles.predicted or roles.score or roles.probabilities
    return bool(answers) and not roles.truth and not roles.label_truth


def invite(sets: Sequence[PredictionsEntry]) -> None:
    """Draw the form of every set that has answers and no labels, folded."""
    for entry in sets:
        if unlabelled(loading.predictions(entry)) and access.may(access.WRITE, entry.project):
            title = _("{name} has no true labels: take them from another file")
            with st.expander(title.format(name=escape(shorten(entry.name)))):
                draw(entry, sets)


def draw(entry: PredictionsEntry, sets: Sequence[PredictionsEntry]) -> None:
    """Draw the form that joins labels to a set."""
    offered = _offered(entry, sets)
    if not offered:
        st.caption(_("Upload the file that holds the true labels above: a table with an id and a label in each row. "
                     "The two are then joined by the id."))  # fmt: skip
        return
    labels = st.selectbox(
        _("File with the labels"), offered, format_func=lambda one: plain(loading.label(one, sets)),
        key=f"labels-file-{entry.id}", width=420,
    )  # fmt: skip
    best = loading.label_match(entry, labels)
    columns = _columns(entry, labels, best)
    match = loading.label_match(entry, labels, columns) if columns else None
    if match is None:
        st.caption(_("Choose the columns that name the same rows in both files."))
        return
    _told(match)
    st.button(
        _("Join the labels"), key=f"labels-join-{entry.id}", type="primary", on_click=_join,
        args=(entry, labels, columns), disabled=not match.matched or bool(match.contradicting),
    )  # fmt: skip
    st.caption(_("Remembered: whenever the file of answers is read again, the labels are joined again."))


def joined(entry: PredictionsEntry) -> None:
    """Offer to take joined labels off again."""
    if loading.has_joined(loading.predictions(entry)) and access.may(access.WRITE, entry.project):
        st.button(_("Take the joined labels off"), key=f"labels-off-{entry.id}", on_click=_off, args=(entry,))


def _offered(entry: PredictionsEntry, sets: Sequence[PredictionsEntry]) -> list[PredictionsEntry]:
    """Other sets that hold a truth or a single answer; files of labels alone come first."""
    others = [one for one in sets if one.id != entry.id and not loading.has_joined(loading.predictions(one))]
    others = [one for one in others if one.task != Task.MULTILABEL]
    return sorted(others, key=lambda one: _has_answers(loading.predictions(one)))


def _has_answers(given: Predictions) -> bool:
    roles = given.roles
    return bool(roles.score or roles.probabilities or (roles.truth and roles.predicted))


def _columns(entry: PredictionsEntry, labels: PredictionsEntry, best: LabelMatch | None) -> tuple[str, str, str] | None:
    """Draw the three columns, as content suggests them; None until all are chosen."""
    given, other = loading.predictions(entry), loading.predictions(labels)
    ours, theirs = loading.columns(given), loading.columns(other)
    wanted = (
        (_("Id among the answers"), ours, best.key if best else given.roles.id),
        (_("Id among the labels"), theirs, best.labels_key if best else other.roles.id),
        (_("Label"), theirs, truth_column(other)),
    )  # fmt: skip
    chosen: list[str | None] = []
    for number, (place, (title, options, guess)) in enumerate(zip(st.columns(3), wanted, strict=True)):
        with place:
            chosen.append(st.selectbox(
                title, options, index=options.index(guess) if guess in options else None, format_func=plain,
                key=f"labels-{number}-{entry.id}-{labels.id}", placeholder=_("not sure"),
            ))  # fmt: skip
    key, labels_key, label = chosen
    return (key, labels_key, label) if key and labels_key and label else None


def _told(match: LabelMatch) -> None:
    """Say what the join would bring, before it is made."""
    if match.contradicting:
        st.error(_n(ngettext(
            "{n} id has several different labels in that file: nobody can say which is true.",
            "{n} ids have several different labels in that file: nobody can say which is true.", match.contradicting,
        ), match.contradicting))  # fmt: skip
        return
    if not match.matched:
        st.warning(_("No id occurs in both columns. Choose the columns that name the same rows."))
        return
    share = percent(match.share, language())
    text = ngettext("{matched} of {n} row finds its label ({share}).", "{matched} of {n} rows find their label "
                    "({share}).", match.rows)  # fmt: skip
    counts = {"matched": integer(match.matched, language()), "n": integer(match.rows, language())}
    lines = [f"**{escape(text.format(share=share, **counts))}**"]
    told = (
        (match.missing, _("Rows whose id has no label, left out of every count: {n}.")),
        (match.unnamed, _("Rows without an id, left out as well: {n}.")),
        (match.unused, _("Labels that no row asks for: {n}.")),
        (match.repeated, _("Ids listed more than once, always with the same label: {n}.")),
        (match.repeated_rows, _("Ids that several rows share, each of which gets the label: {n}.")),
    )
    lines += [escape(_n(text, n)) for n, text in told if n]
    st.markdown("\n".join(f"- {line}" for line in lines))


def _n(text: str, n: int) -> str:
    return text.format(n=integer(n, language()))


@guarded
def _join(entry: PredictionsEntry, labels: PredictionsEntry, columns: tuple[str, str, str]) -> None:
    loading.join_labels(entry, labels, columns)
    text = _("The labels of {labels} are joined to {name}.")
    state.flash("info", text=text.format(labels=labels.name, name=entry.name))


@guarded
def _off(entry: PredictionsEntry) -> None:
    loading.take_labels_off(entry)
    state.flash("info", text=_("The file {name} was read again.").format(name=entry.name))
