"""PyTorch Lightning's CSVLogger: one row a log call, so training and validation sit on different rows."""

from __future__ import annotations

from diagnostics.readers.registry import reader
from diagnostics.readers.tables import Dialect
from diagnostics.readers.wide import WideTable


@reader("lightning_csv")
class LightningCsv(WideTable):
    """``epoch``, ``step`` and any keys; a cell is empty where its row did not log the key."""

    format = "lightning_csv"
    sparse = True

    def signature(self, header: frozenset[str], found: Dialect) -> float:
        """Both counters, exactly so spelled, and something measured."""
        if not {"epoch", "step"} <= header or len(header) < 3 or found.separator != ",":
            return 0.0
        sparse = any("" in row for row in found.sample)
        named = any(h.startswith(("train_", "val_", "valid_", "test_", "train/", "val/")) for h in header)
        return 0.85 if sparse and named else 0.8 if named else 0.6 if sparse else 0.0
