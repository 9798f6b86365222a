"""Which stored files may be parts of the same run as new ones, so that they are read again together.

A validation file that comes an hour after the training file, a config that comes last: the readers decide what
belongs together, but only among what they are given. Too many relatives cost time, too few cost a join.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

MAX_FILES = 200
MAX_BYTES = 256 << 20
ARCHIVE_SUFFIXES = (".tar.gz", ".tgz", ".tar", ".zip", ".gz", ".gzip")
_SPLITS = {
    "train", "training", "val", "valid", "validation", "test", "testing", "eval", "evaluation", "dev", "tr", "te", "va",
}  # fmt: skip
_COMMON = {"loss", "acc", "accuracy", "metrics", "metric", "log", "logs", "history", "results", "predictions", "preds"}
_CONFIG_SUFFIXES = {".yaml", ".yml", ".toml", ".ini"}
_CONFIG_STEMS = {"config", "hparams", "args", "params", "hyperparameters", "training_args"}


def related(new: Sequence[str], stored: Sequence[tuple[str, int]]) -> list[int]:
    """Positions in `stored` of the files to read again with some new ones.

    Parameters
    ----------
    new : sequence of str
        Logical names.
    stored : sequence of (str, int)
        Logical name and size of each file that is there.

    Returns
    -------
    list of int
        At most `MAX_FILES` files of `MAX_BYTES` together.
    """
    wanted: dict[tuple[str, ...], set[_Traits]] = {}
    for name in new:
        traits = _traits(name)
        # Under its own folder and, for configs, under the one above.
        for folder in {traits[0], traits[0][:-1]}:
            wanted.setdefault(folder, set()).add(traits)
    kept: list[int] = []
    room = MAX_BYTES
    for position, (name, size) in enumerate(stored):
        traits = _traits(name)
        near = wanted.get(traits[0], set()) | wanted.get(traits[0][:-1], set())
        if size <= room and any(_may_join(traits, other) for other in near):
            kept.append(position)
            room -= size
        if len(kept) == MAX_FILES:
            break
    return kept


def without_archive_suffix(name: str) -> str:
    """The folder that an archive's members appear under."""
    for suffix in ARCHIVE_SUFFIXES:
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


_Traits = tuple[tuple[str, ...], frozenset[str], bool]


def _traits(name: str) -> _Traits:
    """Folder without split folders at its end, distinguishing words of the stem, and whether it looks like a config."""
    path = PurePosixPath(name)
    folder = list(path.parts[:-1])
    while folder and folder[-1].lower() in _SPLITS:
        folder.pop()
    stem = path.stem.lower()
    words = frozenset(re.findall(r"[^\W_]+", stem)) - _SPLITS - _COMMON
    return tuple(folder), words, path.suffix.lower() in _CONFIG_SUFFIXES or stem in _CONFIG_STEMS


def _may_join(a: _Traits, b: _Traits) -> bool:
    if a[0] != b[0]:
        # A config often lies one folder above the logs.
        nested = a[0][:-1] == b[0] or b[0][:-1] == a[0]
        return nested and bool(a[0] and b[0]) and (a[2] or b[2])
    return bool(a[0]) or a[1] == b[1] or a[2] or b[2]
