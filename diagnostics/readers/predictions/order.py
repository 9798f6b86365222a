"""Which probability column is which class, and which class of two is the positive one: recovered, never assumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diagnostics.queries.engine import quote
from diagnostics.readers.predictions.profile import Profile
from diagnostics.types import FloatArray, Labels
from diagnostics.types.labels import folded

CERTAIN = 0.95
"""Share of rows whose largest probability must belong to the predicted class before an order counts as known."""

_POSITIVE = {
    "1", "true", "yes", "y", "pos", "positive", "sim", "positivo", "spam", "fraud", "churn", "bad", "anomaly",
    "abnormal", "defect", "fail", "failure", "malignant", "disease", "toxic",
}  # fmt: skip
_NEGATIVE = {"0", "-1", "false", "no", "n", "neg", "negative", "nao", "não", "negativo", "normal", "ham", "good", "ok"}


@dataclass(frozen=True, kw_only=True)
class Order:
    """Classes put to probability columns.

    Attributes
    ----------
    columns : dict of class to column
    certainty : float
        Share of the rows that agree with it, 0 to 1.
    """

    columns: dict[str, str]
    certainty: float


def by_name(members: dict[str, str], classes: Sequence[str]) -> dict[str, str] | None:
    """Class to column where every suffix spells a class; classes beyond the truth's come with the columns."""
    labels = Labels(classes)
    named = {suffix: labels.code(suffix) for suffix in members}
    known = [code for code in named.values() if code >= 0]
    if len(known) < len(classes) or len(set(known)) != len(known):
        return None
    return {labels.classes[code] if code >= 0 else suffix: members[suffix] for suffix, code in named.items()}


def by_content(profile: Profile, columns: Sequence[str], label: str, classes: Sequence[str]) -> Order | None:
    """Put unnamed probability columns to classes by the label column that goes with them.

    The column with the highest mean among the rows of a class is that class's, all classes matched at once; the
    certainty is the share of rows whose largest column then belongs to their own class.

    Returns
    -------
    Order or None
        None where there are not as many columns as classes.
    """
    if len(columns) != len(classes):
        return None
    labels = Labels(classes)
    means = _means(profile, columns, label, labels)
    seen = np.flatnonzero(np.isfinite(means[:, 0]))
    match = _assign(np.nan_to_num(means, nan=0.0))
    columns_of = {labels.classes[row]: columns[int(match[row])] for row in range(len(classes))}
    if len(seen) < len(classes) - 1:
        return Order(columns=columns_of, certainty=0.0)
    return Order(columns=columns_of, certainty=_agreement(profile, columns_of, label, labels))


def _means(profile: Profile, columns: Sequence[str], label: str, labels: Labels) -> FloatArray:
    """Mean of each column among the rows of each class, shape (classes, columns); NaN where a class has no row."""
    measures = ", ".join(f"AVG({quote(c)})" for c in columns)
    key = quote(label)
    sql = f"SELECT {key}, COUNT(*), {measures} FROM {profile.table} WHERE {key} IS NOT NULL GROUP BY {key}"
    sums, counts = np.zeros((len(labels.classes), len(columns))), np.zeros(len(labels.classes))
    for row in profile.query(sql):
        code = labels.code(row[0])
        if code >= 0:
            sums[code] += row[1] * np.array([0.0 if v is None else v for v in row[2:]], dtype=np.float64)
            counts[code] += row[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        means: FloatArray = sums / counts[:, None]
    return means


def _assign(gain: FloatArray) -> np.ndarray:
    """Best one-to-one match of rows to columns of a square gain matrix."""
    from scipy.optimize import linear_sum_assignment

    _, match = linear_sum_assignment(-gain)
    return np.asarray(match)


def _agreement(profile: Profile, columns_of: dict[str, str], label: str, labels: Labels) -> float:
    """Share of rows whose largest column is that of their own class; of two, how cleanly a threshold cuts."""
    names = list(columns_of.values())
    largest = f"GREATEST({', '.join(quote(c) for c in names)})"
    winner = " ".join(f"WHEN {quote(c)} = {largest} THEN {i}" for i, c in enumerate(names))
    key = quote(label)
    sql = (
        f"SELECT {key}, CASE {winner} END AS winner, COUNT(*) FROM {profile.table} "
        f"WHERE {key} IS NOT NULL GROUP BY 1, 2"
    )
    order = [labels.code(name) for name in columns_of]
    total = hits = 0
    for value, position, count in profile.query(sql):
        total += count
        hits += count if position is not None and order[position] == labels.code(value) else 0
    share = hits / total if total else 0.0
    if len(names) == 2 and share < CERTAIN:
        share = max(share, separation(profile, names[order.index(1)], label, labels))
    return share


def separation(profile: Profile, score: str, label: str, labels: Labels) -> float:
    """How far the scores of two predicted classes are apart: 1 where some threshold reproduces every prediction.

    The share of the best threshold, on the side where the second class has the higher scores; 0 where it has not.
    """
    key, value = quote(label), quote(score)
    sql = (
        f"SELECT {key}, MIN({value}), MAX({value}), AVG({value}) FROM {profile.table} "
        f"WHERE {key} IS NOT NULL AND {value} IS NOT NULL GROUP BY {key}"
    )
    ranges = {labels.code(row[0]): row[1:] for row in profile.query(sql)}
    if 0 not in ranges or 1 not in ranges or ranges[1][2] <= ranges[0][2]:
        return 0.0
    low, high = ranges[1][0], ranges[0][1]
    if low >= high:
        return 1.0
    inside = f"{value} BETWEEN {float(low)!r} AND {float(high)!r}"
    overlap = profile.query(f"SELECT AVG(CASE WHEN {inside} THEN 1.0 ELSE 0.0 END) FROM {profile.table}")[0][0]
    return 1.0 - float(overlap)


def positive(classes: Sequence[str], support: Sequence[float]) -> tuple[str, bool]:
    """The positive class of two and whether its name says so; otherwise the rarer one, to be confirmed."""
    keys = [folded(name) for name in classes]
    for own, other in ((0, 1), (1, 0)):
        if keys[own] in _POSITIVE and keys[other] not in _POSITIVE:
            return classes[own], True
        if keys[other] in _NEGATIVE and keys[own] not in _NEGATIVE:
            return classes[own], True
    return classes[0] if support[0] < support[1] else classes[1], False
