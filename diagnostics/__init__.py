"""The engine of Run Clinic: reads what a training run left behind and says what is wrong with it.

>>> from diagnostics import diagnose, read, sources, to_markdown  # doctest: +SKIP
>>> print(to_markdown(diagnose(read(sources([Path("runs")])).runs)))  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diagnostics.exceptions import RunClinicError, UnreadableFile
    from diagnostics.knowledge import explain
    from diagnostics.readers import read, sources
    from diagnostics.report import diagnose, to_json, to_markdown
    from diagnostics.types import Curve, Finding, Predictions, Report, Run

# Imported on first use: `import diagnostics` must cost nothing.
_HOMES = {
    "read": "diagnostics.readers",
    "sources": "diagnostics.readers",
    "diagnose": "diagnostics.report",
    "to_json": "diagnostics.report",
    "to_markdown": "diagnostics.report",
    "explain": "diagnostics.knowledge",
    "Run": "diagnostics.types",
    "Curve": "diagnostics.types",
    "Predictions": "diagnostics.types",
    "Finding": "diagnostics.types",
    "Report": "diagnostics.types",
    "RunClinicError": "diagnostics.exceptions",
    "UnreadableFile": "diagnostics.exceptions",
}

__all__ = [
    "Curve", "Finding", "Predictions", "Report", "Run", "RunClinicError", "UnreadableFile", "diagnose", "explain",
    "read", "sources", "to_json", "to_markdown",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
