"""Logs laid out over several lines: tables with a heading, boxes of names and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from diagnostics.readers import names
from diagnostics.readers.text.grammar import NUMBER, Family, Pair, Row, number

_NUMBER = re.compile(rf"{NUMBER}(?P<unit>%|[a-zA-Z]{{0,3}})")
_WORD = re.compile(r"[^\W\d][\w./%()\-]*(?: [^\W\d][\w./%()\-]*)?")
_BOX_LINE = re.compile(r"^\|\s*(?P<name>[^|]*?)\s*\|\s*(?P<value>[^|]*?)\s*\|$")
_CELL_BREAK = re.compile(r"\s{2,}|\t|\s*\|\s*")
_BAR = re.compile(r":\s*\d+%\|.*$")  # the progress bar behind a line
_RULE = re.compile(r"^[-+|=\s]{8,}$")


@dataclass(frozen=True, kw_only=True)
class Table(Family):
    """A heading and rows of numbers under it, printed while the training goes (skorch, fastai, boosting, YOLO)."""

    def rows(self, lines: Iterable[str]) -> list[Row]:
        """Rows under headings that name a counter; a heading without one adds to the row before it."""
        found: list[Row] = []
        heading: list[str] = []
        for index, line in enumerate(lines):
            cells = [cell for cell in _CELL_BREAK.split(_BAR.sub("", line).strip()) if cell]
            if len(cells) >= 3 and all(_WORD.fullmatch(cell) for cell in cells):
                heading = [self.names.get(cell, cell) for cell in cells]
            elif heading and cells and not _RULE.match(line):
                row = self._row(heading, cells, index)
                if row is not None and row.epoch is None and row.step is None and found:
                    row.epoch, row.step = found[-1].epoch, found[-1].step
                if row is not None and (row.epoch is not None or row.step is not None):
                    found.append(row)
        return found

    def _row(self, heading: list[str], cells: list[str], index: int) -> Row | None:
        row = Row(line=index)
        for name, cell in zip(heading, cells, strict=False):
            match = _NUMBER.match(cell)
            kind = names.counter(name)
            if match is None:
                if cell != "all":  # YOLO's row over all classes is the only one that is a measurement of the run
                    return None
            elif kind in ("epoch", "step"):
                if not re.fullmatch(r"\d+(?:/\d+)?", cell):
                    return None
                setattr(row, kind, float(cell.partition("/")[0]))
            elif kind is None and (match.end() == len(cell) or names.parse(name).certain):
                unit = "percent" if match["unit"] == "%" else ""
                row.values[name] = Pair(name, number(match[0].removesuffix(match["unit"])), unit)
        return row if row.values else None


@dataclass(frozen=True, kw_only=True)
class Box(Family):
    """Boxes ``| name | value |`` between rules, one a logging step (Stable-Baselines, Baselines, Spinning Up)."""

    def rows(self, lines: Iterable[str]) -> list[Row]:
        """One row a box; sections ("rollout/") become part of the names below them."""
        found: list[Row] = []
        row, section = Row(line=0), ""
        for index, line in enumerate(lines):
            match = _BOX_LINE.match(line.strip())
            if match is None:
                if row.values and (row.step is not None or row.epoch is not None):
                    found.append(row)
                if row.values or not line.strip():
                    row, section = Row(line=index), ""
            elif match["name"].endswith("/") and not match["value"]:
                section = match["name"]
            elif _NUMBER.fullmatch(match["value"]):
                self._put(row, section + match["name"], number(match["value"]))
        if row.values and (row.step is not None or row.epoch is not None):
            found.append(row)
        return found

    def _put(self, row: Row, name: str, value: float) -> None:
        kind = names.counter(name)
        if kind in ("epoch", "step"):
            setattr(row, kind, value)
        else:
            row.values[name] = Pair(name, value)
