"""Keras CSVLogger files and History tables: bare ``loss`` and ``accuracy`` beside ``val_loss``."""

from __future__ import annotations

from dataclasses import replace

from diagnostics.readers import names
from diagnostics.readers.columns import Counters, counters, with_epochs
from diagnostics.readers.pivots import Part
from diagnostics.readers.registry import reader
from diagnostics.readers.tables import Dialect
from diagnostics.readers.wide import WideTable


@reader("keras_csv")
class KerasCsv(WideTable):
    """``epoch,accuracy,loss,val_accuracy,val_loss``; rows are epochs even where no column counts them."""

    format = "keras_csv"

    def signature(self, header: frozenset[str], found: Dialect) -> float:
        """Bare loss, and the other columns named as Keras names them."""
        if "loss" not in header or any(h != h.lower() and "mAP" not in h for h in header if "loss" in h):
            return 0.0
        kinds = {names.counter(h) for h in header}
        if "step" in kinds or "batch" in kinds:
            return 0.0
        return 0.8 if "val_loss" in header else 0.7 if header & {"accuracy", "acc"} else 0.0

    def count(self, part: Part) -> Counters:
        """The epoch column, else an unnamed index, else the rows."""
        columns = {n: c for n, c in part.columns.items() if names.counter(n) != "index"}
        rows = len(next(iter(part.columns.values())).value)
        found = with_epochs(counters(columns, part.texts), rows)
        return replace(found, columns=found.columns | (set(part.columns) - set(columns)))
