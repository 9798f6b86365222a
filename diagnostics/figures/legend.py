"""The key of the curves chart: how each run's lines look, for a legend outside the picture and for one inside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from diagnostics.curves.facets import Facet, Trace
from diagnostics.figures.palette import Theme, dash, line_colour
from diagnostics.figures.template import plain
from diagnostics.figures.words import CurveWords
from diagnostics.types import Split


@dataclass(frozen=True, kw_only=True)
class KeyLine:
    """How a run is drawn on one split; `label` names the split."""

    label: str
    colour: str
    dash: str


@dataclass(frozen=True, kw_only=True)
class KeyEntry:
    """A run and its lines; `run` is plain text as the log spells it."""

    run: str
    lines: tuple[KeyLine, ...]


def key(facets: Iterable[Facet], words: CurveWords, theme: Theme) -> tuple[KeyEntry, ...]:
    """Entries in the order of the runs, each with its splits in order."""
    styles = _styles(facets)
    order = [*Split, None]
    runs: dict[int, list[Trace]] = {}
    for trace in styles:
        runs.setdefault(trace.number, []).append(trace)
    return tuple(
        KeyEntry(
            run=traces[0].run,
            lines=tuple(
                KeyLine(
                    label=words.splits.get(trace.split, ""),
                    colour=line_colour(trace.split, trace.number, theme),
                    dash=dash(trace.number),
                )
                for trace in sorted(_told(traces), key=lambda one: order.index(one.split))
            ),
        )
        for _, traces in sorted(runs.items())
    )


def key_traces(facets: Iterable[Facet], words: CurveWords, theme: Theme) -> list[dict[str, Any]]:
    """The same as lines without data, for the legend of a picture that leaves the page."""
    return [
        {
            "type": "scatter", "x": [None], "y": [None], "mode": "lines", "legendgroup": f"run:{number}",
            "name": " · ".join(part for part in (plain(entry.run), line.label) if part),
            "line": {"color": line.colour, "dash": line.dash, "width": 2}, "meta": {"run": entry.run, "key": True},
        }
        for number, entry in enumerate(key(facets, words, theme))
        for line in entry.lines
    ]  # fmt: skip


def _told(traces: list[Trace]) -> list[Trace]:
    """Lines that tell the run apart: those of a split, or the one that has none where that is all there is."""
    return [trace for trace in traces if trace.split is not None] or traces


def _styles(facets: Iterable[Facet]) -> list[Trace]:
    seen: dict[tuple[int, Split | None], Trace] = {}
    for facet in facets:
        for trace in facet.traces:
            seen.setdefault((trace.number, trace.split), trace)
    return list(seen.values())
