"""Prediction files: csv, tsv, Parquet, Arrow, JSON lines, npz; gzip around any of them."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source


@reader("predictions", kind="predictions")
class PredictionsReader:
    """A table with a truth, a prediction or scores; columns decide, never the file name alone."""

    def sniff(self, source: Source) -> float:
        """By column names; a table with a counter and a loss is a log and gets 0."""
        from diagnostics.readers.predictions import confidence

        return confidence(source)

    def read(self, source: Source) -> Sequence[Reading]:
        """Store the table and find the roles of its columns."""
        from diagnostics.readers.predictions import read

        return read(source)
