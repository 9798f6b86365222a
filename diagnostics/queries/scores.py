"""Histograms of scores by truth: all that ROC, PR, thresholds and their areas need, for any number of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from diagnostics.exceptions import NeedsAnswer
from diagnostics.queries.engine import Engine, conditions, default_engine, literal, quote
from diagnostics.queries.expressions import weight
from diagnostics.queries.rows import ROW
from diagnostics.types import FloatArray, Labels, Predictions, ScoreHistogram, Task

EXACT_ROWS = 5_000_000
"""Up to so many rows a single histogram has a bin for each distinct score."""

BINS = 4096
EDGE = 0.01
"""Where scores crowd at the ends, the lowest and the highest hundredth of [0, 1] get a quarter of the bins each."""

CROWDED, CROWD = 0.001, 0.05
"""Ends are crowded where more than a CROWD of the scores lies within CROWDED of 0 or 1; finer bins cost time."""

SAMPLE_ROWS = 20_000
"""Rows looked at to choose the bins; any choice is correct, a good one is finer."""


def score_column(predictions: Predictions, name: str | None = None) -> tuple[str, str]:
    """The column with the score of a class, and that class; the positive one of two by default.

    Raises
    ------
    NeedsAnswer
        No score is stored for it.
    """
    roles = predictions.roles
    wanted = name if name is not None else roles.positive
    if wanted is not None and wanted in roles.probabilities:
        return roles.probabilities[wanted], wanted
    if roles.score and wanted == roles.positive and roles.score_kind != "confidence" and wanted is not None:
        return roles.score, wanted
    raise NeedsAnswer("needs_probabilities", label=str(wanted))


def score_histogram(
    predictions: Predictions,
    name: str | None = None,
    *,
    where: str = "",
    exact: bool | None = None,
    engine: Engine | None = None,
) -> ScoreHistogram:
    """Histogram of the score of one class against the rest.

    Parameters
    ----------
    name : str, optional
        Class; the positive one of a binary set by default.
    where : str, optional
        SQL condition on the rows.
    exact : bool, optional
        A bin for each distinct score; by default where the set has at most EXACT_ROWS rows.

    Raises
    ------
    NeedsAnswer
        The truth or the score is not known.
    """
    exact = predictions.n_rows <= EXACT_ROWS if exact is None else exact
    return _histograms(predictions, [name], exact, where, engine or default_engine())[0]


def score_histograms(
    predictions: Predictions, *, exact: bool = False, where: str = "", engine: Engine | None = None
) -> dict[str, ScoreHistogram]:
    """Histograms of every class against the rest, in one query; binned unless asked otherwise."""
    names: list[str | None] = [*predictions.roles.probabilities] or [predictions.roles.positive]
    found = _histograms(predictions, names, exact, where, engine or default_engine())
    return {str(name): one for name, one in zip(names, found, strict=True)}


def _histograms(
    predictions: Predictions, names: Sequence[str | None], exact: bool, where: str, engine: Engine
) -> list[ScoreHistogram]:
    truth = predictions.roles.truth
    if truth is None or predictions.task not in (Task.BINARY, Task.MULTICLASS):
        raise NeedsAnswer("needs_truth_and_prediction", task=str(predictions.task))
    columns = [score_column(predictions, name) for name in names]
    grid = Grid(low=0.0, span=1.0, fine_ends=False) if exact else _grid(predictions, [c for c, _ in columns], engine)
    raw = _spellings(predictions, truth, engine)
    mass = weight(predictions)
    total = "COUNT(*)" if mass == "1" else f"SUM({mass})"
    parts = []
    for number, (column, label) in enumerate(columns):
        score = quote(column)
        key = f"CAST({score} AS DOUBLE)" if exact else grid.place(score)
        spelled = [literal(v) for v in raw.get(label, [])]
        own = " OR ".join(f"{quote(truth)} = {value}" for value in spelled) or "FALSE"
        # Counting is several times faster than adding ones.
        hits = f"COUNT(CASE WHEN {own} THEN 1 END)" if mass == "1" else f"SUM(CASE WHEN {own} THEN {mass} ELSE 0 END)"
        kept = conditions([f"{quote(truth)} IS NOT NULL", f"isfinite({score})", *([where] if where else [])])
        parts.append(
            f"SELECT {number} AS class, {key} AS place, {hits} AS hits, {total} AS total "
            f"FROM {engine.table(predictions)}{kept} GROUP BY 2"
        )
    table = engine.arrow(predictions, " UNION ALL ".join(parts))
    return [_one(table, number, None if exact else grid) for number in range(len(columns))]


def _one(table: pa.Table, number: int, grid: Grid | None) -> ScoreHistogram:
    of_class = np.asarray(table.column("class").to_numpy()) == number
    place = np.asarray(table.column("place").to_numpy(), dtype=np.float64)[of_class]
    hits = np.asarray(table.column("hits").to_numpy(), dtype=np.float64)[of_class]
    total = np.asarray(table.column("total").to_numpy(), dtype=np.float64)[of_class]
    order = np.argsort(place, kind="stable")
    edges = place[order] if grid is None else grid.edges(place[order])
    return ScoreHistogram(edges=edges, positive=hits[order], negative=(total - hits)[order], exact=grid is None)


def _range(predictions: Predictions, columns: list[str], engine: Engine) -> tuple[float, float]:
    """Lowest score and width of the range."""
    finite = [f"CASE WHEN isfinite({quote(c)}) THEN {quote(c)} END" for c in columns]
    measures = ", ".join(f"MIN({one}), MAX({one})" for one in finite)
    row = engine.rows(predictions, f"SELECT {measures} FROM {engine.table(predictions)}")[0]
    ends = [float(value) for value in row if value is not None] or [0.0, 1.0]
    return min(ends), max(max(ends) - min(ends), 1e-300)


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Bins over a range of scores.

    Attributes
    ----------
    low, span : float
        Start and width of the range.
    fine_ends : bool
        Whether the outer hundredths get a quarter of the bins each: for scores that crowd there.
    """

    low: float
    span: float
    fine_ends: bool

    def place(self, score: str) -> str:
        """SQL of the bin number of a score."""
        x = f"({score} - ({self.low!r})) * {1 / self.span!r}" if self.low or self.span != 1.0 else score
        if not self.fine_ends:
            return f"CAST(FLOOR({x} * {BINS}) AS INTEGER)"
        quarter, inner = BINS // 4, BINS / 2 / (1 - 2 * EDGE)
        first, last = f"{x} * {quarter / EDGE!r}", f"{3 * quarter} + ({x} - {1 - EDGE!r}) * {quarter / EDGE!r}"
        middle = f"{quarter} + ({x} - {EDGE!r}) * {inner!r}"
        piece = f"CASE WHEN {x} < {EDGE!r} THEN {first} WHEN {x} < {1 - EDGE!r} THEN {middle} ELSE {last} END"
        return f"CAST(FLOOR({piece}) AS INTEGER)"

    def edges(self, place: np.ndarray) -> FloatArray:
        """Scores at the left ends of bins, the inverse of `place`."""
        if self.fine_ends:
            quarter, inner = BINS // 4, BINS / 2 / (1 - 2 * EDGE)
            upper = np.where(
                place < 3 * quarter, EDGE + (place - quarter) / inner, 1 - EDGE + (place - 3 * quarter) * EDGE / quarter
            )
            x = np.where(place < quarter, place * EDGE / quarter, upper)
        else:
            x = place / BINS
        result: FloatArray = self.low + self.span * x
        return result


def _grid(predictions: Predictions, columns: list[str], engine: Engine) -> Grid:
    """Range and shape of the bins, by the kind of the scores and a look at the first rows."""
    kind = predictions.roles.score_kind
    if kind not in ("probability", "percent"):
        low, span = _range(predictions, columns, engine)
        return Grid(low=low, span=span, fine_ends=False)
    span = 100.0 if kind == "percent" else 1.0
    ends = " + ".join(
        f"AVG(CASE WHEN {quote(c)} < {CROWDED * span} OR {quote(c)} > {(1 - CROWDED) * span} THEN 1.0 ELSE 0.0 END)"
        for c in columns
    )
    sql = f"SELECT {ends} FROM {engine.table(predictions)} WHERE {quote(ROW)} < {SAMPLE_ROWS}"
    share = float(engine.rows(predictions, sql)[0][0] or 0.0) / len(columns)
    return Grid(low=0.0, span=span, fine_ends=share > CROWD)


def _spellings(predictions: Predictions, truth: str, engine: Engine) -> dict[str, list[object]]:
    """Raw values of the truth column by class."""
    labels = Labels(predictions.classes)
    values = engine.rows(predictions, f"SELECT DISTINCT {quote(truth)} AS value FROM {engine.table(predictions)}")
    found: dict[str, list[object]] = {}
    for (value,) in values:
        number = labels.code(value)
        if number >= 0:
            found.setdefault(labels.classes[number], []).append(value)
    return found
