"""Long tables: one row a number, with its name beside it (DagsHub, Aim); DVCLive's one file a metric."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from diagnostics.exceptions import NotALog, UnreadableFile
from diagnostics.readers import names
from diagnostics.readers.columns import counters, series
from diagnostics.readers.draft import Draft, Series
from diagnostics.readers.drafting import draft
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.readers.tables import MAX_COLUMNS, Dialect, Table, dialect, read_table
from diagnostics.readers.wide import WideTable
from diagnostics.types import Role, Split

_NAMES = ("name", "metric", "metric name", "tag", "key", "metric key", "variable", "series")
_VALUES = ("value", "metric value", "y", "values")
_RUNS = ("run hash", "run name", "run", "run id", "run uuid", "experiment", "trial")
_SPLITS = ("context subset", "subset", "split", "phase", "mode", "stage")
MAX_SERIES = 5_000


def _column(header: Sequence[str], wanted: Sequence[str]) -> str | None:
    low = {" ".join(names.words(h)): h for h in header}
    return next((low[w] for w in wanted if w in low), None)


@reader("long_csv")
class LongCsv:
    """``Name,Value,Timestamp,Step`` and any table with a metric name and a value in each row."""

    def sniff(self, source: Source) -> float:
        """A name, a value and a counter; the names must be metrics."""
        found = dialect(source)
        if found is None or not found.has_header or found.width > MAX_COLUMNS:
            return 0.0
        name, value = _column(found.header, _NAMES), _column(found.header, _VALUES)
        if name is None or value is None or not any(names.counter(h) in ("step", "epoch") for h in found.header):
            return 0.0
        at = found.header.index(name)
        said = {row[at] for row in found.sample if at < len(row)}
        known = [r for r in map(names.parse, said) if r.certain and r.role in (Role.LOSS, Role.LOSS_TERM, Role.METRIC)]
        return 0.9 if known else 0.05

    def read(self, source: Source) -> Sequence[Reading]:
        """Read as one run, or as one for each value of a run column."""
        table = read_table(source)
        name, value = _column(table.names, _NAMES), _column(table.names, _VALUES)
        if name is None or value is None or name not in table.texts:
            raise NotALog("no_curve", file=source.name, remedy="upload_log")
        run, split = _column(table.names, _RUNS), _column(table.names, _SPLITS)
        keys = [table.texts.get(c or "", [""] * table.n_rows) for c in (run, name, split)]
        groups: dict[str, dict[tuple[str, str], list[int]]] = {}
        for row, (r, n, s) in enumerate(zip(*keys, strict=True)):
            groups.setdefault(r, {}).setdefault((n, s), []).append(row)
        if sum(map(len, groups.values())) > MAX_SERIES:
            raise UnreadableFile("too_many_series", file=source.name, limit=MAX_SERIES, remedy="thin_out")
        out = [
            draft(source, "long_csv", found, part=r if len(groups) > 1 else "")
            for r, members in groups.items()
            if (found := _series(table, value, members))
        ]
        if not out:
            raise UnreadableFile("no_numbers", file=source.name, remedy="export_again")
        return out


def _series(table: Table, value: str, members: Mapping[tuple[str, str], list[int]]) -> list[Series]:
    texts = {n: c for n, c in table.texts.items() if names.counter(n) is not None}
    counted = counters({n: c for n, c in table.columns.items() if names.counter(n) is not None}, texts)
    out: list[Series] = []
    for (name, split), rows in members.items():
        mask = np.zeros(table.n_rows, dtype=np.bool_)
        mask[rows] = True
        for one in series({value: table.columns[value]}, counted, rows=mask):
            said: Split | None = names.split_word(split)
            out.append(replace(one, name=name, split=said))
    return out


@reader("dvclive_tsv")
class DvcliveTsv(WideTable):
    """``timestamp<TAB>step<TAB>train/loss``: the files of one ``plots`` folder are one run."""

    format = "dvclive_tsv"

    def signature(self, header: frozenset[str], found: Dialect) -> float:
        """Three columns, tabs, the counters first."""
        ours = found.separator == "\t" and found.width in (2, 3) and "step" in found.header[:2]
        return 0.85 if ours and (found.width == 2 or found.header[0] == "timestamp") else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read as one series, named by its place under ``metrics``."""
        readings = super().read(source)
        placed = re.match(r"^(?P<run>.*?)/?plots/metrics/(?P<name>.+)\.tsv$", source.name)
        if placed is None:
            return readings
        run = placed["run"] or "dvclive"
        out: list[Reading] = []
        for one in readings:
            if isinstance(one, Draft):
                named = tuple(replace(s, name=placed["name"]) for s in one.series[:1])
                out.append(replace(one, run=f"{run}/dvclive", name=run.rpartition("/")[2], series=named))
        return out
