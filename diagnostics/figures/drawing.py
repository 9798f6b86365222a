"""What every part of the curves chart needs to know about the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diagnostics.curves.facets import Facet, Trace, View
from diagnostics.curves.places import Place
from diagnostics.figures.layout import Row
from diagnostics.figures.palette import Theme
from diagnostics.figures.template import plain, shorten
from diagnostics.figures.words import CurveWords

LABELLED = 6
"""Up to so many lines in a facet are named at their end, and short ones show their points; more get a legend."""

UNIFIED = 8
"""Up to so many lines in a facet one hover shows all values at a place."""

NAME = 22
"""Letters of a run's name at the end of its lines."""

QUIET = 12
"""More findings than this on the whole chart stay invisible until the list beside it lights them."""


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """The facets to draw, how, in which words and colours."""

    facets: Sequence[Facet]
    places: Sequence[Place]
    view: View
    words: CurveWords
    theme: Theme

    @property
    def several(self) -> bool:
        """Whether more than one run is drawn."""
        return len({trace.number for facet in self.facets for trace in facet.traces}) > 1

    @property
    def most(self) -> int:
        """Lines in the fullest facet."""
        return max((len(facet.traces) for facet in self.facets), default=0)

    @property
    def labelled(self) -> bool:
        """Whether lines are named at their end."""
        return self.most <= LABELLED

    @property
    def quiet(self) -> bool:
        """Whether marks wait for the list to light them."""
        return len({(place.finding, place.run) for place in self.places}) > QUIET

    def log(self, row: Row) -> bool:
        """Whether a row's vertical axis is logarithmic; gaps cross zero, so theirs never is."""
        return self.view.log_y and row.facet.kind != "gap"

    def title(self, facet: Facet) -> str:
        """Name of a facet, as plotly text."""
        return plain(self.words.titles.get((facet.metric, facet.kind), facet.metric))

    def line_name(self, trace: Trace, facet: Facet) -> str:
        """Name of a line beside its end: the run where there are several, and the split (a gap has none)."""
        split = "" if facet.kind == "gap" else self.words.splits.get(trace.split, "")
        parts = (plain(shorten(trace.run, NAME)) if self.several else "", split)
        return " · ".join(part for part in parts if part)

    def hover_name(self, trace: Trace, facet: Facet) -> str:
        """Name of a line in a hover that may show several facets at once."""
        split = "" if facet.kind == "gap" else self.words.splits.get(trace.split, "")
        title = self.title(facet) if len(self.facets) > 1 else ""
        parts = (title, plain(trace.run) if self.several else "", split)
        return " · ".join(part for part in parts if part) or plain(trace.source)
