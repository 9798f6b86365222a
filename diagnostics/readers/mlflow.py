"""MLflow's file store: one folder a run, one small file a metric, parameter and tag.

The unit here is the folder, not the file, so these files are claimed before the readers of single files look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import yaml

from diagnostics.exceptions import BrokenFile, UnreadableFile
from diagnostics.readers.draft import Draft, Series
from diagnostics.readers.source import Source
from diagnostics.readers.values import parsed
from diagnostics.types import Note

FORMAT = "mlflow_mlruns"
MAX_VALUE_BYTES = 64 << 10  # a parameter or tag; longer ones are documents
_KINDS = ("metrics", "params", "tags", "meta.yaml")
_LINE = re.compile(r"^\d+ \S+( \d+)?( \S+ \S+)?$")
_STATUS = {3: "finished", 4: "failed", 5: "killed"}


@dataclass
class _Run:
    folder: str
    metrics: dict[str, Source] = field(default_factory=dict)
    params: dict[str, Source] = field(default_factory=dict)
    tags: dict[str, Source] = field(default_factory=dict)
    meta: Source | None = None


def claim(sources: Iterable[Source]) -> tuple[list[Draft], list[UnreadableFile], list[Source]]:
    """Read the MLflow runs among some files.

    Returns
    -------
    drafts : list of Draft
        One a run; a run without metrics but with parameters has no series and is left out.
    failures : list of UnreadableFile
    others : list of Source
        Files that belong to no MLflow run.
    """
    files = list(sources)
    folders = _run_folders(files)
    runs: dict[str, _Run] = {}
    others: list[Source] = []
    for source in files:
        place = _place(source.name, folders)
        if place is None:
            others.append(source)
        elif place[1] is not None:
            run = runs.setdefault(place[0], _Run(folder=place[0]))
            kind, name = place[1]
            if kind == "meta.yaml":
                run.meta = source
            else:
                getattr(run, kind)[name] = source
    drafts: list[Draft] = []
    failures: list[UnreadableFile] = []
    for run in runs.values():
        _read_run(run, drafts, failures)
    return drafts, failures, others


def _run_folders(files: Sequence[Source]) -> set[str]:
    """Folders with metrics/ or params/ whose files look like MLflow's."""
    folders: set[str] = set()
    marked = {s.folder for s in files if PurePosixPath(s.name).name == "meta.yaml"}
    for source in files:
        parts = source.name.split("/")
        for index, part in enumerate(parts[:-1]):
            folder = "/".join(parts[:index])
            known = folder in marked or folder in folders
            if (part in ("metrics", "params") and known) or (part == "metrics" and _is_metric(source)):
                folders.add(folder)
    return folders


def _is_metric(source: Source) -> bool:
    return bool(source.is_text and _LINE.match(source.head_text.split("\n", 1)[0].strip()))


def _place(name: str, folders: set[str]) -> tuple[str, tuple[str, str] | None] | None:
    """Run folder and (kind, name) of a file; kind None for artifacts' siblings that say nothing here."""
    parts = name.split("/")
    for index in range(len(parts)):
        folder, kind, rest = "/".join(parts[:index]), parts[index], "/".join(parts[index + 1 :])
        if folder in folders and kind in _KINDS and bool(rest) == (kind != "meta.yaml"):
            return folder, (kind, rest)
        if folder in folders and kind in ("inputs", "outputs"):
            return folder, None
    return None


def _read_run(run: _Run, drafts: list[Draft], failures: list[UnreadableFile]) -> None:
    series: list[Series] = []
    for name, source in sorted(run.metrics.items()):
        try:
            series.append(metric(source, name))
        except UnreadableFile as error:
            failures.append(error)
    if not series:
        return
    tags = {name: _text(source) for name, source in run.tags.items() if name.startswith("mlflow.run")}
    meta = _meta(run.meta)
    first = next(iter(run.metrics.values()))
    drafts.append(
        Draft(
            run=f"{run.folder}/{FORMAT}",
            name=tags.get("mlflow.runName") or str(meta.get("run_name") or "") or run.folder.rpartition("/")[2],
            series=tuple(series),
            source=first.described(FORMAT),
            config={name: parsed(_text(source)) for name, source in sorted(run.params.items())},
            notes=_notes(meta),
        )
    )


def metric(source: Source, name: str) -> Series:
    """One metric file: lines ``timestamp_ms value step``, newer ones with a data set behind.

    Raises
    ------
    BrokenFile
        A line is not of that form; a cut last line is left out.
    """
    lines = source.text().splitlines()
    rows: list[tuple[float, float, float]] = []
    for number, line in enumerate(lines, start=1):
        parts = line.split()
        try:
            rows.append((float(parts[0]) / 1000.0, float(parts[1]), float(parts[2]) if len(parts) > 2 else 0.0))
        except (ValueError, IndexError) as error:
            if number == len(lines) and rows:
                break
            raise BrokenFile(
                "bad_line", file=source.name, place=f"line {number}", expected="timestamp value step",
                found=line[:60], remedy="export_again",
            ) from error  # fmt: skip
    if not rows:
        raise UnreadableFile("empty_file", file=source.name, remedy="export_again")
    wall, value, step = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    return Series(name=name, value=value, step=step, wall_time=wall)


def _text(source: Source) -> str:
    return source.text().strip() if source.size <= MAX_VALUE_BYTES and source.is_text else ""


def _meta(source: Source | None) -> Mapping[str, Any]:
    if source is None or source.size > MAX_VALUE_BYTES:
        return {}
    try:
        value = yaml.safe_load(source.text())
    except yaml.YAMLError:
        return {}
    return value if isinstance(value, dict) else {}


def _notes(meta: Mapping[str, Any]) -> tuple[Note, ...]:
    status = _STATUS.get(meta.get("status") or 0, "")
    return (Note(code="run_ended", params={"status": status}),) if status in ("failed", "killed") else ()
