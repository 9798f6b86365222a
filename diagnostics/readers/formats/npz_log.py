"""Logs kept as npz: Stable-Baselines evaluations, and named arrays of equal length."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from diagnostics.exceptions import BrokenFile, RefusedFile, UnreadableFile
from diagnostics.readers import arrays, containers, histories, names, unpickling
from diagnostics.readers.draft import Series
from diagnostics.readers.drafting import draft
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.types import FloatArray, Role, Setting, Split

_EVALUATIONS = {"timesteps", "results", "ep_lengths"}


@reader("npz_log")
class NpzLog:
    """`evaluations.npz` of Stable-Baselines, `np.savez("history.npz", **history.history)`."""

    def sniff(self, source: Source) -> float:
        """By the names of the arrays; those of predictions are left to their reader."""
        if not source.head.startswith(b"PK") or containers.zip_kind(source.path) != "npz":
            return 0.0
        found = arrays.npz_names(source.path)
        if _EVALUATIONS.issuperset(found) and {"timesteps", "results"}.issubset(found):
            return 1.0
        known = [names.parse(name) for name in found]
        return 0.7 if any(r.certain and r.role is Role.LOSS for r in known) else 0.15

    def read(self, source: Source) -> Sequence[Reading]:
        """Read every column of numbers."""
        try:
            found = arrays.read_npz(source.path)
        except unpickling.ForbiddenName as error:
            raise RefusedFile("pickle_code", file=source.name, found=error.name[:120], remedy="export_json") from error
        except (arrays.ArrayError, pickle.UnpicklingError) as error:
            raise BrokenFile("broken_array", file=source.name, found=str(error), remedy="copy_again") from error
        if {"timesteps", "results"}.issubset(found):
            return _evaluations(source, found)
        inside = histories.histories(arrays.plain(dict(found)))
        if not inside:
            raise UnreadableFile("no_history_inside", file=source.name, found=", ".join(found), remedy="see_formats")
        return [draft(source, "npz_log", h.series, part=h.name, config=h.config, notes=h.notes) for h in inside]


def _evaluations(source: Source, found: Mapping[str, Any]) -> Sequence[Reading]:
    """Mean over the episodes of each evaluation; the spread is kept as a series of its own."""
    steps, rewards = found["timesteps"], found["results"]
    if not arrays.is_series(steps) or np.ndim(rewards) != 2 or len(rewards) != len(steps):
        raise BrokenFile("broken_array", file=source.name, found="timesteps, results", remedy="copy_again")
    step, reward = arrays.as_float(steps), arrays.as_float(rewards)
    series = [
        _one("eval/mean_reward", reward.mean(axis=1), step, role=Role.REWARD, up=True),
        _one("eval/std_reward", reward.std(axis=1), step, role=Role.OTHER),
    ]
    lengths = found.get("ep_lengths")
    if lengths is not None and np.shape(lengths) == np.shape(rewards):
        series.append(_one("eval/mean_ep_length", arrays.as_float(lengths).mean(axis=1), step, role=Role.OTHER))
    return [draft(source, "sb3_evaluations_npz", series, setting=Setting.REINFORCEMENT)]


def _one(name: str, value: FloatArray, step: FloatArray, *, role: Role, up: bool | None = None) -> Series:
    return Series(name=name, value=value, step=step, role=role, split=Split.VALIDATION, greater_is_better=up)
