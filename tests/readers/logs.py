"""Helpers: text in, run out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from diagnostics.readers.assembly import assemble
from diagnostics.readers.draft import Draft
from diagnostics.readers.registry import read_file
from diagnostics.readers.source import Source
from diagnostics.types import Curve, Run, Split

SHARED = Path(__file__).parents[2].parent / "shared"


def source(folder: Path, text: str | bytes, name: str = "metrics.csv") -> Source:
    """A file with that content; the name may have folders."""
    path = folder / name.replace("/", "_")
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Source(name=name, path=path)


def drafts(folder: Path, text: str | bytes, name: str = "metrics.csv") -> Sequence[Draft]:
    """The drafts of one file."""
    found = read_file(source(folder, text, name))[1]
    assert all(isinstance(d, Draft) for d in found)
    return [d for d in found if isinstance(d, Draft)]


def run(folder: Path, text: str | bytes, name: str = "metrics.csv") -> Run:
    """The one run of one file."""
    found = drafts(folder, text, name)
    assert len(found) == 1
    return assemble(found)


def values(found: Run, metric: str, split: Split | None) -> list[float]:
    """The values of a curve that must be there."""
    return list(curve(found, metric, split).value)


def curve(found: Run, metric: str, split: Split | None) -> Curve:
    """A curve that must be there."""
    one = found.curve(metric, split)
    assert one is not None, [(c.metric, c.split, c.source) for c in found.curves]
    return one


def places(found: Run) -> dict[str, tuple[str, str | None, str]]:
    """Source name to (metric, split, role)."""
    return {c.source: (c.metric, c.split and c.split.value, c.role.value) for c in found.curves}


def codes(found: Run) -> set[str]:
    """Codes of the notes."""
    return {n.code for n in found.notes}
