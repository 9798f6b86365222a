"""Why a row is in a list: what it is, what was expected and answered, and how its loss comes about."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal

import streamlit as st

from app import loading
from app.components.images import linking
from app.components.rows import picture as row_picture
from app.components.rows import sending
from app.components.text import escape, plain
from app.i18n import _, language
from diagnostics import queries
from diagnostics.knowledge.numbers import integer, number, percent, probability
from diagnostics.queries.losses import RowLoss
from diagnostics.queries.pages import rows_page
from diagnostics.types import Predictions

LISTED = 8
"""Classes whose probabilities are listed."""


def terms() -> dict[str, str]:
    """Names of the terms of a loss."""
    return {
        "residual": _("residual"),
        "side_weight": _("weight of this side"),
        "probability_of_truth": _("probability of the truth"),
        "probability_of_answer": _("probability of the answer"),
        "behind": _("truth behind the answer by"),
        "confidence": _("confidence"),
    }


def draw(predictions: Predictions, row: int, loss: RowLoss | None, *, key: str) -> None:
    """Draw the story of a row.

    Parameters
    ----------
    row : int
        Place in the file, from 0.
    loss : RowLoss or None
        None where the set has no loss a row.
    """
    computed = {} if loss is None else {"__loss__": loss.value, **loss.terms}
    columns = [name for name in _named(predictions) if name]
    found = rows_page(predictions, columns, computed=computed, where=f'"__row__" = {int(row)}', limit=1)
    with st.container(key=f"rc-card-low-{key}", gap="small"):
        st.subheader(_("Row {n}").format(n=integer(row + 1, language())), anchor=False)
        if not found.num_rows:
            st.caption(_("The link names a row that is not in this set."))
            return
        values = found.to_pylist()[0]
        left, right = st.columns([3, 2], gap="large")
        with left:
            _identity(predictions, values)
            if loss is not None:
                st.markdown(_why(predictions, values, loss))
                _rank(predictions, values["__loss__"], loss)
        with right:
            _probabilities(predictions, values)
        _ways(predictions, row, values, key)


def _ways(predictions: Predictions, row: int, values: Mapping[str, object], key: str) -> None:
    """Draw where a row leads: to the error board, and to what the model saw in its picture."""
    entry = sending.entry_of(predictions)
    if entry is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        sending.row(entry, row, key=key)
        if predictions.roles.image:
            linking.of_row(entry, predictions, row, values.get(predictions.roles.image))


def _named(predictions: Predictions) -> list[str | None]:
    roles = predictions.roles
    return list(
        dict.fromkeys(
            [roles.id, roles.image, roles.text, roles.truth, roles.predicted, roles.score, *roles.attributes[:12],
             *roles.probabilities.values()]
        )
    )  # fmt: skip


def _identity(predictions: Predictions, values: Mapping[str, object]) -> None:
    roles = predictions.roles
    if roles.image and (picture := row_picture.thumbnail(values.get(roles.image), side=480)):
        st.image(picture, width=320, alt=_("The picture this row is about"))
    if roles.text and values.get(roles.text):
        st.markdown(f"> {escape(values[roles.text])}")
    parts = []
    for name, title in ((roles.id, _("id")), (roles.truth, _("truth")), (roles.predicted, _("predicted"))):
        if name:
            parts.append(f"{title} **{_shown(values.get(name))}**")
    parts += [f"{escape(name)} {_shown(values.get(name))}" for name in roles.attributes[:12]]
    st.markdown(" · ".join(parts))


def _why(predictions: Predictions, values: Mapping[str, object], loss: RowLoss) -> str:
    """One paragraph that computes the loss with the numbers of the row."""
    cost = values["__loss__"]
    if cost is None:
        return _("This row has no loss: the truth, the prediction or a probability is missing.")
    n = {name: _shown(value) for name, value in values.items()}
    if loss.kind == "log_loss":
        text = _("The truth got a probability of {true}, the answer {answer}. The loss is −ln({true}) = **{cost}**; "
                 "0 would be certainty in the truth, {coin} a coin toss over {k} classes.")  # fmt: skip
        k = max(2, len(predictions.classes))
        true, answer = (
            escape(probability(values[name], language())) for name in ("probability_of_truth", "probability_of_answer")
        )
        return text.format(
            true=true, answer=answer, cost=n["__loss__"],
            coin=_shown(math.log(k)), k=k,
        )  # fmt: skip
    if loss.kind == "squared":
        text = _("Truth {truth}, prediction {predicted}: residual {residual}. The loss is its square, **{cost}**.")
    elif loss.kind == "asymmetric_squared":
        text = _("Truth {truth}, prediction {predicted}: residual {residual}. The loss is {weight} × {residual}² = "
                 "**{cost}**.")  # fmt: skip
    elif loss.kind == "confidence_loss":
        text = _("The answer had a confidence of {confidence}. The loss is minus the logarithm of the probability "
                 "given to what happened: **{cost}**.")  # fmt: skip
    else:
        text = _("The file has no probabilities, so a row costs 0 where the answer is right and 1 where it is wrong: "
                 "**{cost}**.")  # fmt: skip
    roles = predictions.roles
    return text.format(
        truth=n.get(roles.truth or "", "–"), predicted=n.get(roles.predicted or "", "–"),
        residual=n.get("residual", "–"), weight=n.get("side_weight", "–"), confidence=n.get("confidence", "–"),
        cost=n["__loss__"],
    )  # fmt: skip


def _rank(predictions: Predictions, cost: object, loss: RowLoss) -> None:
    if not isinstance(cost, int | float):
        return
    below, n = loading.measured(_below, predictions, loss.value, float(cost))
    if n:
        text = _("It costs more than {share} of the {n} rows.")
        st.caption(text.format(share=percent(below / n, language()), n=integer(n, language())))


def _below(predictions: Predictions, value: str, cost: float) -> tuple[int, int]:
    """Rows that cost less, and rows that have a loss."""
    engine = queries.default_engine()
    counted = f"SELECT COUNT(CASE WHEN l < {cost!r} THEN 1 END), COUNT(l) FROM (SELECT {value} AS l FROM "
    below, n = engine.rows(predictions, f"{counted}{engine.table(predictions)})")[0]
    return int(below), int(n)


def _probabilities(predictions: Predictions, values: Mapping[str, object]) -> None:
    listed = [
        (name, float(value)) for name, column in predictions.roles.probabilities.items()
        if isinstance(value := values.get(column), int | float)
    ]  # fmt: skip
    if not listed:
        return
    listed.sort(key=lambda pair: -pair[1])
    scale = 100.0 if predictions.roles.score_kind == "percent" else 1.0
    kind = predictions.roles.score_kind in ("probability", "percent")
    shares = [value / scale for _name, value in listed[:LISTED]]
    column = st.column_config.ProgressColumn(min_value=0.0, max_value=1.0, format="%.3f") if kind else None
    st.dataframe(
        {_("Class"): [plain(name) for name, _value in listed[:LISTED]], _("Score"): shares},
        hide_index=True,
        column_config={_("Score"): column} if column else None,
        alt=_("Scores of the most probable classes of this row"),
    )


def _shown(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return escape(number(value, language(), 4))
    return escape(value)
