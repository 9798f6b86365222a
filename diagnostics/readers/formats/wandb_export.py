"""CSV exports of Weights & Biases: one chart over several runs, or the table of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from diagnostics.exceptions import UnreadableFile
from diagnostics.readers import names
from diagnostics.readers.columns import Counters, series
from diagnostics.readers.draft import Draft, Series
from diagnostics.readers.drafting import draft
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.readers.tables import Table, dialect, read_table
from diagnostics.types import Note, Role

_TABLE = frozenset({"Name", "State", "Created", "Runtime", "Tags", "Notes", "User", "Sweep"})
_ABOUT = frozenset({*_TABLE, "Agent", "ID", "Group", "Job Type", "Updated", "End Time", "Host", "Hostname", "GPU Type"})


@reader("wandb_chart_csv")
class WandbChart:
    """``"Step","<run> - <metric>","<run> - <metric>__MIN","<run> - <metric>__MAX"``, every cell quoted."""

    def sniff(self, source: Source) -> float:
        """Columns that come with their __MIN and __MAX."""
        found = dialect(source)
        if found is None or not found.has_header:
            return 0.0
        header = set(found.header)
        paired = [h for h in found.header if f"{h}__MIN" in header and f"{h}__MAX" in header]
        return 0.95 if paired else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read as one draft a run; charts of the same run join by its name."""
        table = read_table(source)
        first = table.names[0]
        axis = table.columns[first].value
        kind = "epoch" if names.counter(first) == "epoch" else "wall_time" if "Time" in first else "step"
        counted = Counters(
            columns=frozenset({first}), step=axis if kind == "step" else None,
            epoch=axis if kind == "epoch" else None, wall_time=axis if kind == "wall_time" else None,
        )  # fmt: skip
        skip = frozenset(n for n in table.names if n.endswith(("__MIN", "__MAX", " - _step")))
        runs: dict[str, list[Series]] = {}
        for one in series(table.columns, counted, skip=skip):
            run, dash, metric = one.name.rpartition(" - ")
            run, metric = (run.removeprefix("Group: "), metric) if dash else (source.stem, one.name)
            runs.setdefault(run, []).append(replace(one, name=metric))
        if not runs:
            raise UnreadableFile("no_rows", file=source.name, remedy="export_again")
        return [
            draft(source, "wandb_chart_csv", found, run="/".join(p for p in (source.folder, run) if p), name=run,
                  group=source.folder or source.name, notes=table.notes)
            for run, found in runs.items()
        ]  # fmt: skip


@reader("wandb_runs_csv")
class WandbRuns:
    """One row a run: its settings and the last value of its metrics."""

    def sniff(self, source: Source) -> float:
        """By the columns that every runs table has."""
        found = dialect(source)
        if found is None or "Name" not in found.header or "State" not in found.header:
            return 0.0
        return 0.95 if len(_TABLE & set(found.header)) >= 4 else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read as one draft a run: measured columns are single points, all others its configuration."""
        table = read_table(source)
        measured = [n for n in table.names if n not in _ABOUT and _is_measured(n)]
        out = [_row(source, table, row, measured) for row in range(table.n_rows)]
        if not out:
            raise UnreadableFile("no_rows", file=source.name, remedy="export_again")
        return out


def _is_measured(name: str) -> bool:
    reading = names.parse(name)
    return reading.certain and reading.role in (Role.LOSS, Role.LOSS_TERM, Role.METRIC, Role.REWARD)


def _row(source: Source, table: Table, row: int, measured: Sequence[str]) -> Draft:
    def cell(name: str) -> str | float | None:
        column = table.columns[name]
        if column.present[row]:
            return float(column.value[row])
        text = table.texts[name][row] if name in table.texts else ""
        return text or None

    series_ = [
        Series(name=n, value=np.array([table.columns[n].value[row]])) for n in measured if table.columns[n].present[row]
    ]
    config = {n: c for n in table.names if n not in measured and (c := cell(n)) not in (None, "", "-")}
    name = str(config.get("Name") or f"run {row + 1}")
    return draft(source, "wandb_runs_csv", series_, run="/".join(p for p in (source.folder, name) if p), name=name,
                 config=config, group=str(config.get("Sweep") or source.name),
                 notes=[Note(code="summary_only", params={"run": name})])  # fmt: skip
