"""What models that take one table of numbers say of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


def table(names: Sequence[str], count: int) -> dict[str, Any]:
    """Description with the single input "X"; names only where there is one for each column."""
    return {
        "inputs": [{"name": "X", "type": "table", "shape": [None, count]}],
        "features": list(names) if len(names) == count else [],
        "outputs": [{"name": "output", "type": "table", "shape": [None]}],
    }
