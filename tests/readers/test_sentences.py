"""Every code a reader raises or notes has its sentence, in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import diagnostics.readers
from diagnostics.knowledge.loader import entry

ERRORS = {"UnreadableFile", "BrokenFile", "NotALog", "RefusedFile", "TooLarge"}


def used() -> Iterator[tuple[str, str]]:
    for path in Path(diagnostics.readers.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            named = {k.arg: k.value for k in node.keywords}
            if node.func.id in ERRORS and node.args and isinstance(node.args[0], ast.Constant):
                yield "errors", node.args[0].value
            if node.func.id == "Note" and isinstance(named.get("code"), ast.Constant):
                yield "notes", named["code"].value  # type: ignore[union-attr]
            if node.func.id in ERRORS and isinstance(named.get("remedy"), ast.Constant):
                yield "remedies", named["remedy"].value  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["en", "pt_BR"])
def test_every_code_has_a_sentence(language: str) -> None:
    missing = sorted({f"{kind}.{code}" for kind, code in used() if entry(language, kind, code) is None})
    assert missing == []
