"""Drafts with their provenance: what a run is called and what joins its files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from diagnostics.readers.draft import Draft, Series
from diagnostics.readers.source import Source
from diagnostics.types import Note, Setting

# File names that every run has; the folder says which run it is.
_COMMON = re.compile(
    r"^(metrics|results?|log|logs|train|training|training[_-]?logs?|train[_-]?logs?|history|training[_-]?history|summary"
    r"|trainer[_-]state|trainer[_-]log|progress|monitor|scalars|losses|loss|evaluations|output|stdout"
    r"|training_progress_scores|learn_error|test_error|catboost_training|result|events|data|run)$",
    re.IGNORECASE,
)


def run_name(source: Source) -> str:
    """What people call the run: the file's stem, or its folder where every run has a file of that name."""
    folder = source.folder.rpartition("/")[2]
    stem = source.stem.removesuffix(".log")
    return folder if folder and _COMMON.match(stem) else stem


def draft(
    source: Source,
    format: str,
    series: Sequence[Series],
    *,
    part: str = "",
    run: str = "",
    name: str = "",
    config: Mapping[str, Any] | None = None,
    setting: Setting = Setting.SUPERVISED,
    group: str = "",
    notes: Sequence[Note] = (),
    extends: str = "",
) -> Draft:
    """A draft of one file.

    Parameters
    ----------
    source : Source
    format : str
    series : sequence of Series
    part : str
        Which of several runs in the file; part of the key and of the name.
    run, name : str
        Key and name where the format knows better than the file's place.
    """
    key = run or "/".join(p for p in (source.folder, source.stem) if p)
    called = name or run_name(source)
    if part:
        key, called = f"{key}#{part}", f"{called} · {part}"
    return Draft(
        run=key, name=called, series=tuple(series), source=source.described(format), config=dict(config or {}),
        setting=setting, group=group or (source.name if part else ""), notes=tuple(notes), extends=extends,
    )  # fmt: skip
