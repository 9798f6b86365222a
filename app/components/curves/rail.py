"""The findings beside the curves: short entries that light their place on the chart."""

from __future__ import annotations

from collections.abc import Sequence

from app import theme
from app.components.chart import RailItem
from app.components.text import plain, shorten
from app.i18n import language
from diagnostics.knowledge import explain
from diagnostics.types import Finding, Report


def findings(report: Report) -> tuple[Finding, ...]:
    """Findings about single runs, in the report's order."""
    return tuple(finding for finding in report.findings if finding.subject.kind == "run")


def items(found: Sequence[Finding], *, several: bool) -> list[RailItem]:
    """Entries of the rail; the run is named where several are shown."""
    return [_item(index, finding, several=several) for index, finding in enumerate(found)]


def _item(index: int, finding: Finding, *, several: bool) -> RailItem:
    told = explain(finding, language())
    mark, _colour = theme.SEVERITY_MARKS[finding.severity]
    where = f"{shorten(finding.subject.name, 40)} · " if several else ""
    return RailItem(
        key=index, sign=f"{mark} {index + 1}", severity=str(finding.severity), title=plain(told.title),
        text=plain(where + told.summary), run=finding.subject.name,
    )  # fmt: skip
