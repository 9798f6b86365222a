"""From a column to SQL of its codes, or to the reason why it is no use for slicing; only a sample is ever fetched."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from diagnostics.queries.coding import frequent, number_code, value_code
from diagnostics.queries.cubes import cube, totals
from diagnostics.queries.engine import Engine
from diagnostics.slices.attributes import Attribute, Kind, LeftOut
from diagnostics.slices.cuts import quantile_cuts
from diagnostics.slices.encoding import FINE_BINS, MAX_VALUES, is_unique, kept_values, numbered, unsuited, valued
from diagnostics.slices.screening import accounts_for, one_to_one
from diagnostics.slices.sql_outcome import SqlOutcome
from diagnostics.slices.table import Table, is_number, is_text, is_time, numbers, times
from diagnostics.types import Predictions


@dataclass(frozen=True, kw_only=True, eq=False)
class SqlAttribute:
    """An attribute without codes in memory, and SQL of its fine and its coarse code."""

    attribute: Attribute
    fine: str
    coarse: str


@dataclass(frozen=True, kw_only=True, eq=False)
class SqlColumns:
    """What coding needs to know: the set, its schema, a sample of its rows, and what a row costs."""

    predictions: Predictions
    schema: pa.Schema
    sample: Table
    outcome: SqlOutcome
    engine: Engine
    min_size: int

    def encode(self, name: str) -> SqlAttribute | LeftOut:
        """Code one column, as `encoding.encode` does in memory; its cut points come from the sample."""
        column = self.sample.column(name)
        stamps = times(column)
        if stamps is not None:
            return self._number(name, numbers(stamps), Kind.TIME)
        if pa.types.is_boolean(column.type) or is_text(column.type):
            return self._category(name)
        if is_number(column.type) or is_time(column.type):
            values = numbers(column)
            if pa.types.is_integer(column.type) and is_unique(values):
                return LeftOut(column=name, reason="identifier")
            return self._number(name, values, Kind.NUMBER)
        return LeftOut(column=name, reason="empty" if pa.types.is_null(column.type) else "unsupported_type")

    def _number(self, name: str, values: np.ndarray, kind: Kind) -> SqlAttribute | LeftOut:
        cuts = quantile_cuts(values, FINE_BINS)
        bins = len(cuts) + 1
        fine = number_code(self.schema, name, cuts, range(bins), bins)
        counts, _ = cube(self.predictions, [fine], [bins + 1], "0", self.outcome.where, self.engine)
        n = int(counts.sum())
        useless = unsuited(name, cuts, int(counts[bins]), n, self.min_size)
        found = useless or numbered(name, cuts, counts.astype(np.int64), min_size=self.min_size, kind=kind)
        if isinstance(found, LeftOut):
            return found
        edges = np.flatnonzero(np.diff(found.coarse[:bins])) if bins > 1 else np.zeros(0, np.int64)
        groups = len(edges) + 1
        coarse = number_code(self.schema, name, cuts[edges], range(groups), groups)
        return SqlAttribute(attribute=found, fine=fine, coarse=coarse)

    def _category(self, name: str) -> SqlAttribute | LeftOut:
        values, present, gone = frequent(
            self.predictions, self.schema, name, self.outcome.where, MAX_VALUES, self.engine
        )
        counts = np.array([n for _, n in values], dtype=np.int64)
        kept = kept_values(name, counts, present, gone, self.outcome.n, self.min_size)
        if isinstance(kept, LeftOut):
            return kept
        found = valued(name, [value for value, _ in values[:kept]], gone > 0, present)
        code = value_code(self.schema, name, found.values, found.missing or 0, found.other or 0)
        return SqlAttribute(attribute=found, fine=code, coarse=code)

    def screened(self, found: SqlAttribute) -> SqlAttribute | LeftOut:
        """The attribute, or the reason why slicing by it would only show what it was made from."""
        of, name, size = self.outcome, found.attribute.name, found.attribute.size
        n, total = self._by(found, of.loss)
        if accounts_for(n, total, self._spread(of.loss)):
            return LeftOut(column=name, reason="follows_outcome")
        for role, reason in ((of.truth, "same_as_truth"), (of.answer, "same_as_prediction")):
            if not of.kinds:
                if accounts_for(*self._by(found, role), self._spread(role)):
                    return LeftOut(column=name, reason=reason)
            elif 2 <= found.attribute.regular <= 4 * of.kinds:
                sizes = [size, of.kinds]
                table, _ = cube(self.predictions, [found.fine, role], sizes, "0", of.where, self.engine)
                if one_to_one(table):
                    return LeftOut(column=name, reason=reason)
        return found

    def _by(self, found: SqlAttribute, value: str) -> tuple[np.ndarray, np.ndarray]:
        return cube(self.predictions, [found.fine], [found.attribute.size], value, self.outcome.where, self.engine)

    def _spread(self, value: str) -> float:
        """Sum of squared deviations from the mean."""
        n, total, squares = totals(self.predictions, [value, f"({value}) * ({value})"], self.outcome.where, self.engine)
        return max(0.0, squares - total**2 / n) if n else 0.0
