"""The knowledge files of a language, merged: every `*.toml` of its folder is a topic."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("en", "pt_BR")
FALLBACK = "en"


def normalized(language: str) -> str:
    """The supported language nearest to a code: "pt", "pt-BR" and "pt_PT" are "pt_BR", unknown ones "en"."""
    base = language.replace("-", "_").split("_")[0].lower()
    return next((known for known in LANGUAGES if known.split("_")[0] == base), FALLBACK)


@cache
def texts(language: str) -> Mapping[str, Any]:
    """All texts of a language as one tree: section, id, field; of an entry given twice the first file's counts."""
    return _merged(language)[0]


def duplicates(language: str) -> tuple[str, ...]:
    """Entries that two topics define; a test holds this empty."""
    return _merged(language)[1]


@cache
def _merged(language: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    tree: dict[str, Any] = {}
    twice: list[str] = []
    folder = resources.files("diagnostics.knowledge").joinpath(normalized(language))
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            _merge(tree, tomllib.loads(file.read_text(encoding="utf-8")), file.name, twice)
    return tree, tuple(twice)


def _merge(tree: dict[str, Any], more: Mapping[str, Any], path: str, twice: list[str]) -> None:
    for key, value in more.items():
        here = tree.get(key)
        if isinstance(here, dict) and isinstance(value, dict):
            _merge(here, value, f"{path}: {key}", twice)
        elif here is None:
            tree[key] = value
        else:
            twice.append(f"{path}: {key}")


def entry(language: str, *path: str) -> Any:
    """The text or table at a path, or None where no topic has it."""
    node: Any = texts(language)
    for key in path:
        if not isinstance(node, Mapping) or key not in node:
            return None
        node = node[key]
    return node
