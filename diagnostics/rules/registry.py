"""The rules, found by walking their packages; a package is imported only when its kind of subject is examined."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache
from types import ModuleType

from diagnostics.rules.base import Rule

# Packages by kind of subject, rules and the signals they ask for; curve rules must stay free of heavy imports.
PACKAGES: dict[str, tuple[str, ...]] = {
    "run": ("diagnostics.signals.runs", "diagnostics.rules.curves"),
    "run_group": ("diagnostics.rules.groups",),
    "predictions": ("diagnostics.rules.predictions", "diagnostics.rules.slices"),
}


def _modules(package: str) -> list[ModuleType]:
    try:
        root = importlib.import_module(package)
    except ModuleNotFoundError as error:
        if error.name == package:  # a room that nobody has built yet
            return []
        raise
    names = sorted(m.name for m in pkgutil.walk_packages(root.__path__, f"{package}."))
    return [root, *(importlib.import_module(name) for name in names)]


@cache
def rules(kind: str) -> tuple[Rule, ...]:
    """One instance of every rule for a kind of subject, sorted by id.

    Raises
    ------
    ValueError
        Two rules report the same id.
    """
    found: dict[str, type[Rule]] = {}
    for package in PACKAGES[kind]:
        for module in _modules(package):
            for _, cls in inspect.getmembers(module, inspect.isclass):
                if not issubclass(cls, Rule) or cls.__module__ != module.__name__ or not cls.id or cls.kind != kind:
                    continue
                if cls.id in found:
                    raise ValueError(f"two rules report {cls.id}")
                found[cls.id] = cls
    return tuple(found[key]() for key in sorted(found))


def all_rules() -> tuple[Rule, ...]:
    """Every rule of every kind."""
    return tuple(rule for kind in PACKAGES for rule in rules(kind))
