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


def attach(run: Sequence[Draft], configs: Sequence[RunConfig], runs: Sequence[Sequence[Draft]]) -> dict[str, Any]:
    """All settings of a run: folder names, then files from far to near, then what the log itself holds.

    Parameters
    ----------
    run : sequence of Draft
        The parts of the run.
    configs : sequence of RunConfig
    runs : sequence of sequence of Draft
        All runs of the reading, for configurations that could belong to several.
    """
    place = folder(run[0])
    merged: dict[str, Any] = {}
    for part in [*PurePosixPath(place).parts[-3:], stem(run[0])]:
        merged.update(from_name(part))
    ranked = [(distance, c) for c in configs if (distance := _distance(c, run, runs)) is not None]
    for _, config in sorted(ranked, key=lambda pair: -pair[0]):
        merged.update(config.values)
    for draft in reversed(run):
        merged.update(draft.config)
    return merged


def _distance(config: RunConfig, run: Sequence[Draft], runs: Sequence[Sequence[Draft]]) -> int | None:
    """How far a configuration lies from a run, in folders; None where it is not the run's."""
    at, place = _folder(config), folder(run[0])
    named = _namesakes(config, runs)
    if named:
        return 0 if stem(run[0]) in named and at == place else None
    if at == "" or place == "":
        # Without folders nothing says what belongs together, unless there is one run only.
        return 0 if at == place and len(runs) == 1 else None
    if at == place:
        return 0
    if place.startswith(f"{at}/"):
        return levels if (levels := place[len(at) :].count("/")) <= LEVELS else None
    if at.startswith(f"{place}/"):
        inside = any(folder(other[0]) == at or at.startswith(f"{folder(other[0])}/") for other in runs if other != run)
        nearer = inside and not any(folder(other[0]) == place for other in runs if other != run)
        return None if nearer or at[len(place) :].count("/") > LEVELS else 0
    return None


def _namesakes(config: RunConfig, runs: Sequence[Sequence[Draft]]) -> set[str]:
    """Stems of the runs in the same folder that the file is named after: `exp1.csv` and `exp1_config.json`."""
    at, own = _folder(config), PurePosixPath(config.source.name).stem
    bare = re.sub(r"[._-]?(config|args|hparams|params|opt|hyp|settings|meta)$", "", own, flags=re.IGNORECASE)
    stems = [stem(run[0]) for run in runs if folder(run[0]) == at]
    return (
        {name for name in stems if bare and (name == bare or name.startswith(f"{bare}_"))} if len(stems) > 1 else set()
    )


def _folder(config: RunConfig) -> str:
    parent = str(PurePosixPath(config.source.name).parent)
    return "" if parent == "." else parent


def without_seed(name: str) -> str:
    """A name without its seed: what the runs of a seed group have in common."""
    return re.sub(r"[_\-,;+ .]{2,}", "_", SEED.sub("", name)).strip("_-,;+ .")
