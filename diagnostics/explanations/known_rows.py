"""Contributions of rows a model was asked about before: more rows, or a slice of them, need only what is new."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnostics.types import FloatArray

LIMIT = 32_000_000
"""Bytes kept; a thousand rows of twenty features take 0.5 MB."""

Arrays = Mapping[str, NDArray[Any]]


class KnownRows:
    """Values and margins by model and row; those that were not asked for longest go first.

    Parameters
    ----------
    limit : int
        Bytes of rows and values.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit, self._held = limit, 0
        self._rows: OrderedDict[bytes, tuple[FloatArray, FloatArray]] = OrderedDict()
        self._lock = threading.Lock()

    def contributions(self, model: str, rows: NDArray[Any], ask: Callable[[NDArray[Any]], Arrays]) -> Arrays:
        """What `ask` says of all rows, asked only of those that are new.

        Parameters
        ----------
        model : str
            Digest of the model.
        rows : ndarray, shape (n, features)
            As the model is given them.
        ask : callable
            Rows to "values" of shape (n, outputs, features + 1) and "margin" of shape (n, outputs).
        """
        keys = [model.encode() + row.tobytes() for row in np.ascontiguousarray(rows)]
        with self._lock:
            known = {key: self._rows[key] for key in keys if key in self._rows}
        new = {key: place for place, key in enumerate(keys) if key not in known}
        if new or not keys:
            found = ask(rows[list(new.values())])
            values, margin = (np.asarray(found[name], dtype=np.float64) for name in ("values", "margin"))
            if not keys:
                return {"values": values, "margin": margin}
            known |= {key: (values[i].copy(), margin[i].copy()) for i, key in enumerate(new)}
        self._keep({key: known[key] for key in keys})
        return {
            "values": np.stack([known[key][0] for key in keys]), "margin": np.stack([known[key][1] for key in keys]),
        }  # fmt: skip

    def _keep(self, known: Mapping[bytes, tuple[FloatArray, FloatArray]]) -> None:
        with self._lock:
            for key, row in known.items():
                if key not in self._rows:
                    self._held += _bytes(key, row)
                self._rows[key] = row
                self._rows.move_to_end(key)
            while self._held > self._limit:
                self._held -= _bytes(*self._rows.popitem(last=False))


def _bytes(key: bytes, row: tuple[FloatArray, FloatArray]) -> int:
    return len(key) + row[0].nbytes + row[1].nbytes


known_rows = KnownRows()
"""The rows of this process."""
