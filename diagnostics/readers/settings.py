"""Which configuration belongs to which run, and what folder names say about a run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from diagnostics.readers.draft import Draft
from diagnostics.readers.joining import folder, stem
from diagnostics.readers.values import parsed
from diagnostics.types import RunConfig

LEVELS = 2  # how many folders above a run its configuration may lie
# What people abbreviate in folder names; a name that has none of these is a name, not a configuration.
_KNOWN = {
    "bs": "batch_size", "batch": "batch_size", "batchsize": "batch_size", "batch_size": "batch_size",
    "lr": "learning_rate", "lr0": "learning_rate", "learning_rate": "learning_rate", "wd": "weight_decay",
    "weight_decay": "weight_decay", "ep": "epochs", "epochs": "epochs", "seed": "seed", "s": "seed", "drop": "dropout",
    "dropout": "dropout", "dp": "dropout", "fold": "fold", "momentum": "momentum", "mom": "momentum",
}  # fmt: skip
_ALONE = {"seed", "s", "fold", "lr", "bs", "wd", "dropout", "batch_size", "learning_rate", "weight_decay"}
_NOT_SETTINGS = {
    "version", "v", "exp", "experiment", "run", "trial", "train", "test", "val", "checkpoint", "ckpt", "epoch", "step",
    "part", "resnet", "vgg", "vit", "yolo", "yolov", "cifar", "mnist", "bert", "gpt", "densenet", "efficientnet",
    "mobilenet", "llama", "wav", "t", "x", "top", "map", "f", "conv", "layer", "model",
}  # fmt: skip
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?"
_TOKEN = re.compile(
    rf"(?:^|(?<=[_\-,;&+ /.()\[\]]))(?P<key>[A-Za-z]+(?:_(?:size|rate|decay))?)[=_\-]?(?P<value>{_NUMBER})"
    r"(?=$|[_\-,;&+ /()\[\]])",
    re.IGNORECASE,
)
SEED = re.compile(
    r"(?:^|(?<=[_\-,;+ /.]))(?:seed[=_\-]?\d+|s\d+|rs\d+|random[_-]?state[=_\-]?\d+)(?=$|[_\-,;+ /.])", re.I
)


def from_name(name: str) -> dict[str, Any]:
    """Settings spelled in a folder or file name.

    Parameters
    ----------
    name : str
        One path component, for example ``"base_bs32_lr0.0001_seed67"``.

    Returns
    -------
    dict
        Well-known abbreviations under their full name, others as they are; empty unless something well-known is
        among them.
    """
    pairs = [(m["key"].lower(), parsed(m["value"])) for m in _TOKEN.finditer(name)]
    known = [key for key, _ in pairs if key in _KNOWN]
    if not any(key in _ALONE or len(pairs) > 1 for key in known):
        return {}
    return {_KNOWN.get(key, key): value for key, value in pairs if key in _KNOWN or key not in _NOT_SETTINGS}


class Attachments:
    """Which of some configurations belong to which of some runs.

    Parameters
    ----------
    configs : sequence of RunConfig
    runs : sequence of sequence of Draft
        The parts of each run of one reading.
    """

    def __init__(self, configs: Sequence[RunConfig], runs: Sequence[Sequence[Draft]]) -> None:
        self.n_runs = len(runs)
        self.stems: dict[str, list[str]] = {}
        for run in runs:
            self.stems.setdefault(folder(run[0]), []).append(stem(run[0]))
        self.configs: dict[str, list[RunConfig]] = {}
        for config in configs:
            self.configs.setdefault(_folder(config), []).append(config)

    def of(self, run: Sequence[Draft]) -> dict[str, Any]:
        """All settings of a run: folder names, then files from far to near, then what the log itself holds."""
        place = folder(run[0])
        merged: dict[str, Any] = {}
        for part in [*PurePosixPath(place).parts[-3:], stem(run[0])]:
            merged.update(from_name(part))
        for at in self._places(place):
            for config in self.configs[at]:
                named = self._namesakes(at, config)
                if not named or (at == place and stem(run[0]) in named):
                    merged.update(config.values)
        for draft in reversed(run):
            merged.update(draft.config)
        return merged

    def _places(self, place: str) -> list[str]:
        """Folders whose configurations hold for a run in `place`, the farthest first."""
        if place == "":
            # Without folders nothing says what belongs together, unless there is one run only.
            return [""] if "" in self.configs and self.n_runs == 1 else []
        parts = place.split("/")
        above = ["/".join(parts[:n]) for n in range(max(1, len(parts) - LEVELS), len(parts))]
        below = [at for at in self.configs if at.startswith(f"{place}/") and self._nearest_run(at) == place]
        return [at for at in [*above, *below, place] if at in self.configs]

    def _nearest_run(self, at: str) -> str:
        """The nearest folder with runs at or above `at`, at most some levels up; "" for none."""
        parts = at.split("/")
        candidates = ("/".join(parts[:n]) for n in range(len(parts), max(0, len(parts) - LEVELS - 1), -1))
        return next((one for one in candidates if one in self.stems), "")

    def _namesakes(self, at: str, config: RunConfig) -> set[str]:
        """Runs in the same folder that the file is named after: `exp1.csv` and `exp1_config.json`."""
        stems = self.stems.get(at, [])
        bare = _ROLE.sub("", PurePosixPath(config.source.name).stem)
        if len(stems) < 2 or not bare:
            return set()
        return {name for name in stems if name == bare or name.startswith(f"{bare}_")}


_ROLE = re.compile(r"[._-]?(config|args|hparams|params|opt|hyp|settings|meta)$", re.IGNORECASE)


def _folder(config: RunConfig) -> str:
    return config.source.name.rpartition("/")[0]


def without_seed(name: str) -> str:
    """A name without its seed: what the runs of a seed group have in common."""
    return re.sub(r"[_\-,;+ .]{2,}", "_", SEED.sub("", name)).strip("_-,;+ .")
