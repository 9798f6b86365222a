"""Names and values as SQL, whatever characters they have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def quote(name: str) -> str:
    """A column name as an SQL identifier, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Any) -> str:
    """A Python value as an SQL literal."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | np.bool_):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating):
        return repr(float(value)) if np.isfinite(value) else f"CAST('{float(value)}' AS DOUBLE)"
    return "'" + str(value).replace("'", "''") + "'"


def conditions(parts: Sequence[str]) -> str:
    """A WHERE clause of several conditions, or nothing."""
    return f" WHERE {' AND '.join(parts)}" if parts else ""
