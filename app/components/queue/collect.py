"""Collecting errors for the queue: a stratified random sample, or a chosen part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from app import access, boards, loading, state
from app.components.board import narrow
from app.components.guard import guarded
from app.components.text import escape, plain
from app.i18n import _, language, ngettext
from diagnostics import queries
from diagnostics.catalogue import collecting
from diagnostics.catalogue.errors import Errors, matching
from diagnostics.catalogue.events import State, Value
from diagnostics.catalogue.sampling import shuffled
from diagnostics.exceptions import RunClinicError
from diagnostics.knowledge import note_text
from diagnostics.knowledge.numbers import integer, number
from diagnostics.types import Condition, Predictions
from diagnostics.workspace import BoardView, PredictionsEntry

LEAST, USUAL, MOST = 20, 300, 500
SEED = 20_240


def draw(entry: PredictionsEntry, view: BoardView | None) -> None:
    """Draw the form that puts errors on the board."""
    predictions = loading.predictions(entry)
    errors = boards.errors(predictions)
    slice_rows = narrow.rows(predictions)
    inside = None if slice_rows is None else [n for n, row in enumerate(errors.row.tolist()) if row in slice_rows]
    _told(errors, None if inside is None else len(inside))
    if not len(errors) or not access.may(access.WRITE, entry.project):
        return
    ways = {
        collecting.RANDOM: _("Random, stratified"),
        collecting.LOSS: _("Highest loss"),
        collecting.SUSPECTED: _("Suspected labels"),
        collecting.FILTER: _("A filter"),
    }
    way = st.segmented_control(_("Which errors"), list(ways), format_func=ways.__getitem__, key="collect_way",
                               default=collecting.RANDOM, required=True)  # fmt: skip
    if inside is None:
        columns, numbers = _chosen(way, predictions, errors, view, entry)
    else:
        columns, numbers = _chosen_inside(way, predictions, errors, view, entry, inside)
    if numbers is not None and not len(numbers):
        st.caption(_("No error matches."))
        return
    limit = len(errors) if numbers is None else len(numbers)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        total = limit if limit <= LEAST else st.slider(
            _("How many"), LEAST, min(MOST, limit), min(USUAL, limit), key=f"collect_total_{way}"
        )  # fmt: skip
    with right:
        text = ngettext("Collect {n} error", "Collect {n} errors", total).format(n=total)
        st.button(text, key="collect", type="primary", on_click=_collect,
                  args=(entry, way, columns, None if numbers is None else numbers[:total], total))  # fmt: skip


def _told(errors: Errors, inside: int | None) -> None:
    parts = [
        ngettext("{n} error in {rows} rows.", "{n} errors in {rows} rows.", len(errors)).format(
            n=integer(len(errors), language()), rows=integer(errors.rows, language())
        )
    ]
    if errors.tail is not None:
        parts.append(_("No answer is simply wrong here: the tenth with the largest loss counts (from {loss}).").format(
            loss=number(errors.tail, language())))  # fmt: skip
    if inside is not None:
        text = ngettext("{n} of them in the slice.", "{n} of them in the slice.", inside)
        parts.append(text.format(n=integer(inside, language())))
    st.markdown(" ".join(escape(part) for part in parts))
    if errors.note is not None:
        st.caption(escape(note_text(errors.note, language())))


def _chosen(
    way: str, predictions: Predictions, errors: Errors, view: BoardView | None, entry: PredictionsEntry
) -> tuple[tuple[str, ...], Sequence[int] | None]:
    """The columns of the strata, and which errors in which order; None for a random draw."""
    if way == collecting.RANDOM:
        return _strata(predictions, view), None
    if way == collecting.LOSS:
        return (), np.argsort(-errors.loss, kind="stable").tolist()
    place = {row: number for number, row in enumerate(errors.row.tolist())}
    if way == collecting.SUSPECTED:
        return (), [place[row] for row in suspects(entry) if row in place]
    rows = filtered(predictions, "collect")
    return (), [place[row] for row in rows.tolist() if row in place]


def _chosen_inside(
    way: str, predictions: Predictions, errors: Errors, view: BoardView | None, entry: PredictionsEntry,
    inside: Sequence[int],
) -> tuple[tuple[str, ...], Sequence[int]]:  # fmt: skip
    """The same within the active slice: a random draw from a part says nothing of the whole, and is kept as picked."""
    st.caption(_("Only errors inside the slice are collected. They are tagged like all others and count for no "
                 "frequency, which needs a draw from the whole set."))  # fmt: skip
    if way == collecting.RANDOM:
        return (), shuffled(inside, SEED)
    numbers = _chosen(way, predictions, errors, view, entry)[1] or ()
    wanted = set(inside)
    return (), [number for number in numbers if number in wanted]


def _strata(predictions: Predictions, view: BoardView | None) -> tuple[str, ...]:
    offered = predictions.roles.attributes
    fixed = None if view is None else collecting.columns_of(view.state)
    if fixed is not None and collecting.design_of(view.state) is not None:  # type: ignore[union-attr]
        st.caption(_("Strata: {names}. More draws extend the same sample; frequencies stay valid.").format(
            names=", ".join([_("truth"), *map(escape, fixed)])))  # fmt: skip
        return fixed
    if not offered:
        return ()
    return tuple(st.multiselect(
        _("Strata beside the truth"), list(offered), format_func=plain, key="collect_strata", max_selections=2,
        placeholder=_("None: by truth only"),
        help=_("Each stratum gets at least a few draws, so that rare classes and critical slices are seen too. "
               "Sizes and probabilities are kept and weigh what is found."),
    ))  # fmt: skip


def suspects(entry: PredictionsEntry) -> list[int]:
    """Rows whose label is probably wrong, most suspect first, as the rule found them."""
    found = loading.examine_predictions(entry)[1]
    return [int(row) for outcome in found for finding in outcome.findings
            if finding.id == "suspected_label_errors" for row in finding.params["rows"]]  # fmt: skip


def filtered(predictions: Predictions, key: str) -> np.ndarray:
    """Draw a filter by truth, answer and one column; return the rows of the file that match."""
    conditions = []
    truth = answer = None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if predictions.classes and predictions.roles.truth:
            truth = st.selectbox(_("Truth"), predictions.classes, index=None, format_func=plain, key=f"{key}_truth",
                                 placeholder=_("any"), width=200)  # fmt: skip
            answer = st.selectbox(_("Answer"), predictions.classes, index=None, format_func=plain, key=f"{key}_answer",
                                  placeholder=_("any"), width=200)  # fmt: skip
        column = st.selectbox(_("Column"), predictions.roles.attributes, index=None, format_func=plain,
                              key=f"{key}_column", placeholder=_("any"), width=200)  # fmt: skip
        if column is not None:
            value = st.selectbox(_("Value"), loading.measured(_values, predictions, column), format_func=plain,
                                 key=f"{key}_value_{column}", width=200)  # fmt: skip
            conditions.append(queries.clause((Condition(column=column, op="==", value=value),)))
    if truth is not None or answer is not None:
        conditions.append(queries.cell(predictions, truth, answer))
    return matching(predictions, " AND ".join(conditions) or "TRUE")


def _values(predictions: Predictions, column: str) -> tuple[object, ...]:
    from diagnostics.slices import Table

    found = Table(predictions).column(column).drop_null().value_counts().to_pylist()
    return tuple(item["values"] for item in sorted(found, key=lambda item: -item["counts"])[:200])


def named(entry: PredictionsEntry) -> Mapping[str, Value]:
    """What a board keeps about the set it is attached to."""
    return {"predictions": entry.id, "digest": entry.digest}


@guarded
def _collect(
    entry: PredictionsEntry, way: str, columns: tuple[str, ...], numbers: Sequence[int] | None, total: int
) -> None:
    predictions = loading.predictions(entry)
    errors = boards.errors(predictions)
    board = boards.create(entry).entry.id
    if numbers is not None:
        source = collecting.FILTER if way == collecting.RANDOM else way
        boards.write(
            entry.project,
            board,
            lambda now, who: collecting.collect_rows(now, who, errors, numbers, source, set=named(entry)),
        )
        return
    strata = boards.error_strata(predictions, columns)

    def sample(now: State, who: str) -> collecting.Event:
        return collecting.collect_random(now, who, errors, strata, columns, set=named(entry), total=total, seed=SEED)

    boards.write(entry.project, board, sample)
    state.forget(["collect_open"])


def usable(entry: PredictionsEntry) -> str:
    """Why the errors of a set cannot be told; "" where they can."""
    from diagnostics.knowledge import error_text

    try:
        boards.errors(loading.predictions(entry))
    except RunClinicError as error:
        return error_text(error, language())
    return ""
