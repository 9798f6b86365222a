"""Reinforcement learning: Stable-Baselines monitor and progress, Spinning Up and rllab progress, RLlib results."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from diagnostics.exceptions import BrokenFile, UnreadableFile
from diagnostics.readers.cells import numbers
from diagnostics.readers.documents import head_objects, lines
from diagnostics.readers.draft import Draft, Series
from diagnostics.readers.drafting import draft
from diagnostics.readers.formats.jsonl import from_records
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.readers.tables import Dialect
from diagnostics.readers.wide import WideTable
from diagnostics.types import Role, Setting


@reader("sb3_monitor_csv")
class Sb3Monitor:
    """A ``#{json}`` line, then ``r,l,t``: reward, length and time of every episode."""

    def sniff(self, source: Source) -> float:
        """By the two first lines."""
        first, _, rest = source.head_text.partition("\n")
        return 1.0 if first.startswith("#{") and rest.startswith(("r,l,t", '"r","l","t"')) else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read as one run; the step is the sum of the lengths so far."""
        rows = [line.strip() for line in source.text().splitlines() if line.strip()]
        try:
            about = json.loads(rows[0].lstrip("#"))
        except json.JSONDecodeError as error:
            raise BrokenFile("broken_json", file=source.name, place="line 1", found=error.msg,
                             remedy="export_again") from error  # fmt: skip
        cells = [row.split(",")[:3] for row in rows[2:]]
        cells = [c for c in cells if len(c) == 3]
        if not cells:
            raise UnreadableFile("no_rows", file=source.name, remedy="log_empty")
        reward, length, time = (numbers(column).value for column in zip(*cells, strict=True))
        start = about.get("t_start", 0) if isinstance(about, dict) else 0
        step = np.nancumsum(length)
        place = np.arange(len(step), dtype=np.int64)
        wall = time + float(start if isinstance(start, int | float) else 0)
        series = [
            Series(name="r", value=reward, step=step, wall_time=wall, row=place, metric="reward", role=Role.REWARD,
                   greater_is_better=True),
            Series(name="l", value=length, step=step, wall_time=wall, row=place, metric="episode_length",
                   role=Role.OTHER),
        ]  # fmt: skip
        config = {k: v for k, v in about.items() if isinstance(v, str | int | float)} if isinstance(about, dict) else {}
        return [draft(source, "sb3_monitor_csv", series, setting=Setting.REINFORCEMENT, config=config,
                      group=source.folder)]  # fmt: skip


class _Progress(WideTable):
    """A wide table of a reinforcement learner; early cells may be empty."""

    setting = Setting.REINFORCEMENT
    sparse = True


@reader("sb3_progress_csv")
class Sb3Progress(_Progress):
    """``time/total_timesteps``, ``rollout/ep_rew_mean``, ``train/loss`` in any order."""

    format = "sb3_progress_csv"

    def signature(self, header: frozenset[str], found: Dialect) -> float:
        """Stable-Baselines' key prefixes."""
        ours = {"time/total_timesteps", "rollout/ep_rew_mean", "eval/mean_reward", "total_timesteps", "eprewmean"}
        return 0.95 if len(ours & header) >= 2 or "time/total_timesteps" in header else 0.0


@reader("spinup_progress_txt")
class SpinupProgress(_Progress):
    """Tab-separated ``Epoch``, ``AverageEpRet``, ``TotalEnvInteracts`` and their hyphenated cousins."""

    format = "spinup_progress_txt"

    def signature(self, header: frozenset[str], found: Dialect) -> float:
        """Tabs and an average episode return."""
        low = {h.lower().replace("-", "").replace("_", "") for h in header}
        ours = {"averageepret", "averageepisodereturn", "averagetestepret", "averagetestepisodereturn",
                "averagereturn", "totalenvinteracts", "epret"}  # fmt: skip
        return 0.9 if found.separator == "\t" and low & ours else 0.0


@reader("rllib_progress_csv")
class RllibProgress(_Progress):
    """Ray Tune's ``progress.csv``: nested keys joined by "/"."""

    format = "rllib_progress_csv"

    def signature(self, header: frozenset[str], found: Dialect) -> float:
        """Ray's iteration counter beside a return."""
        rewards = any(h.endswith(("episode_reward_mean", "episode_return_mean")) for h in header)
        return 0.95 if "training_iteration" in header and rewards else 0.0


@reader("rllib_result_json")
class RllibResult:
    """Ray Tune's ``result.json``: one nested object an iteration."""

    def sniff(self, source: Source) -> float:
        """By the iteration counter, even where the first line is longer than the head."""
        text = source.head_text
        found = head_objects(source, 2)
        if any("training_iteration" in r for r in found):
            return 0.95 if "episode_re" in text else 0.0
        return 0.6 if text.startswith("{") and '"training_iteration"' in text and "episode_re" in text else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read as one run."""
        found, notes = lines(source)
        kept = [{k: v for k, v in r.items() if k not in ("config", "hist_stats")} for r in found]
        readings = from_records(source, "rllib_result_json", kept, notes)
        return [replace(d, setting=Setting.REINFORCEMENT) if isinstance(d, Draft) else d for d in readings]
