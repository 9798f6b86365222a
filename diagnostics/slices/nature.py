"""What an attribute is about, from its name: where the data come from, how long the input is, how good the picture."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources

from diagnostics.types import Condition

_KINDS = ("domain", "length", "quality")


@cache
def _words(group: str) -> frozenset[str]:
    """The words of a group of `nature.toml`."""
    text = resources.files("diagnostics.slices").joinpath("nature.toml").read_text(encoding="utf-8")
    return frozenset(word for line in tomllib.loads(text)[group] for word in line.split())


_SPLIT = re.compile(r"[^a-z0-9]+")


def tokens(name: str) -> frozenset[str]:
    """Words of a column name, lower case: `cameraType`, `camera_type` and `camera.type` give the same."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return frozenset(part for part in _SPLIT.split(spaced.lower()) if part)


_DERIVED = re.compile(r"^([a-z]+)\(.+\)$", re.DOTALL)


def nature(name: str) -> str:
    """What a column is about: "domain", "length", "quality" or "".

    Of a derived one, such as `brightness(camera_image)`, what is measured tells it and not the column's own name.
    """
    derived = _DERIVED.match(name)
    words = tokens(derived.group(1) if derived else name)
    return next((kind for kind in _KINDS if words & _words(kind)), "")


def pattern(predicate: Sequence[Condition]) -> tuple[str, str]:
    """The typical pattern a slice belongs to, and the column that says so.

    Returns
    -------
    tuple of str
        "domain", "length" (long inputs), "quality" (dark, small or noisy inputs), "missing", or ("general", first
        column).
    """
    found: dict[str, str] = {}
    for condition in predicate:
        if condition.op == "is_null":
            found.setdefault("missing", condition.column)
            continue
        kind = nature(condition.column)
        up, down = condition.op in (">", ">="), condition.op in ("<", "<=")
        if kind == "domain" and condition.op in ("==", "in"):
            found.setdefault("domain", condition.column)
        elif kind == "length" and up:
            found.setdefault("length", condition.column)
        elif kind == "quality" and _bad_side(condition, up=up, down=down):
            found.setdefault("quality", condition.column)
    order = ("length", "quality", "missing", "domain")
    return next(((k, found[k]) for k in order if k in found), ("general", predicate[0].column if predicate else ""))


def _bad_side(condition: Condition, *, up: bool, down: bool) -> bool:
    if not up and not down:
        return bool(tokens(str(condition.value)) & _words("bad_values"))
    return up if tokens(condition.column) & _words("worse_when_large") else down
