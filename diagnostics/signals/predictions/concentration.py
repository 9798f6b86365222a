"""Whether suspect rows sit in a subgroup: then the subgroup is the story, not single labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as compute

from diagnostics.queries import default_engine
from diagnostics.queries.engine import Engine, quote
from diagnostics.queries.rows import ROW, thinning
from diagnostics.signals.inputs import signal
from diagnostics.signals.predictions.confidence import Confidence
from diagnostics.types import IntArray, Predictions

LEVELS = 20
"""Text values beyond the most frequent ones share a level; numbers are cut into as many parts as a fifth of it."""

LEVEL = 0.001
"""p-value, adjusted for all attributes and outputs, below which suspects count as concentrated."""


@dataclass(frozen=True, kw_only=True)
class Concentration:
    """How unevenly the suspects of one output fall over the attributes.

    Attributes
    ----------
    label : str
    attribute : str
        Where they are most uneven; "" where there is no attribute.
    p : float
        Of the most overloaded value of any attribute (hypergeometric tail), adjusted for all that were looked at.
    shared : float
        Of a multilabel set: chance-adjusted share of suspects whose row is also suspect for another label.
    concentrated : bool
    """

    label: str
    attribute: str
    p: float
    shared: float
    concentrated: bool


@signal
def concentrations(predictions: Predictions, confidences: tuple[Confidence, ...]) -> dict[str, Concentration]:
    """Concentration of the wrong-looking labels of every output that has some, by label."""
    suspects = {one.output.label: one.row[one.suspicion > 0.5] for one in confidences}
    noisy = [one for one in confidences if one.fit.noise > 0 and len(suspects[one.output.label])]
    if not noisy:
        return {}
    tails: dict[str, list[tuple[float, str]]] = {one.output.label: [(1.0, "")] for one in noisy}
    engine = default_engine()
    for name in predictions.roles.attributes:  # one column at a time: a wide table of texts would fill the memory
        rows, level = _levels(predictions, name, engine)
        for one in noisy:
            eligible = np.isin(rows, one.row, assume_unique=True)
            marked = np.isin(rows, suspects[one.output.label], assume_unique=True)[eligible]
            tails[one.output.label].append((_uneven(level[eligible], marked), name))
    tried = max(1, len(predictions.roles.attributes)) * len(confidences)
    return {one.output.label: _judged(one, min(tails[one.output.label]), tried, suspects) for one in noisy}


def _levels(predictions: Predictions, name: str, engine: Engine) -> tuple[IntArray, IntArray]:
    """File positions and level numbers of one attribute."""
    step = thinning(predictions)
    where = f" WHERE {quote(ROW)} % {step} = 0" if step > 1 else ""
    sql = f"SELECT {quote(ROW)} AS r, {quote(name)} AS x FROM {engine.table(predictions)}{where} ORDER BY 1"
    table = engine.arrow(predictions, sql)
    return np.asarray(table.column("r").to_numpy(), dtype=np.int64), levels(table.column("x"))


def _judged(one: Confidence, worst: tuple[float, str], tried: int, suspects: dict[str, IntArray]) -> Concentration:
    p, shared = min(1.0, worst[0] * tried), _shared(one, suspects)
    return Concentration(
        label=one.output.label, attribute=worst[1], p=p, shared=shared, concentrated=p < LEVEL or shared > 0.25
    )  # fmt: skip


def levels(column: pa.ChunkedArray) -> IntArray:
    """A column as a few level numbers: parts of equal size for numbers, the frequent values for the rest, missing 0."""
    kind = column.type
    if (pa.types.is_floating(kind) or pa.types.is_integer(kind)) and len(compute.unique(column)) > LEVELS:
        values = np.asarray(column.to_numpy(), dtype=np.float64)
        present = np.isfinite(values)
        inner = np.linspace(0, 1, LEVELS // 5 * 2 + 1)[1:-1]
        edges = np.quantile(values[present], inner) if present.any() else np.zeros(0)
        return np.where(present, np.searchsorted(edges, values, side="right") + 1, 0).astype(np.int64)
    coded = column.dictionary_encode().combine_chunks()
    if not isinstance(coded, pa.DictionaryArray):
        return np.zeros(len(column), dtype=np.int64)
    index = np.asarray(compute.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False), dtype=np.int64)
    counts = np.bincount(index[index >= 0], minlength=len(coded.dictionary))
    place = np.full(len(counts) + 1, LEVELS + 1, dtype=np.int64)
    place[np.argsort(-counts, kind="stable")[:LEVELS]] = np.arange(1, min(LEVELS, len(counts)) + 1)
    place[-1] = 0
    result: IntArray = place[index]
    return result


def _uneven(level: IntArray, marked: np.ndarray) -> float:
    """Smallest hypergeometric tail over the levels, times the levels: exact however few rows are marked."""
    from scipy.stats import hypergeom

    total = np.bincount(level)
    seen = np.bincount(level[marked], minlength=len(total))
    used = (total > 0) & (total < len(level))
    if not used.any() or not marked.any():
        return 1.0
    tails = hypergeom.sf(seen[used] - 1, len(level), total[used], int(marked.sum()))
    return float(min(1.0, tails.min() * used.sum()))


def _shared(one: Confidence, suspects: dict[str, IntArray]) -> float:
    """Share of suspects that another label of the same row shares, above what chance gives."""
    own = suspects[one.output.label]
    elsewhere = [rows for label, rows in suspects.items() if label != one.output.label]
    other = np.unique(np.concatenate(elsewhere)) if elsewhere else np.zeros(0, dtype=np.int64)
    if len(own) == 0 or len(other) == 0:
        return 0.0
    return float(np.isin(own, other).mean() - len(other) / len(one.row))
