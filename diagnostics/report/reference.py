"""The reference pages in docs/, written from the registries: rules, formats, metrics.

`python -m diagnostics.report.reference docs/reference` writes them; a test compares them with what stands there.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from diagnostics.knowledge import LANGUAGES, action_title, label, title
from diagnostics.knowledge.templates import fill
from diagnostics.rules.base import Rule

_ESCAPED = str.maketrans({"|": "\\|", "<": "&lt;", ">": "&gt;"})
_KINDS = {
    "en": {
        "heading": "Rules",
        "lead": "Generated from the rule classes. A rule that lacks an input is skipped and says what to log.",
        "id": "id", "severity": "severity", "looks": "looks at", "inputs": "needs", "optional": "uses if there",
        "thresholds": "Thresholds", "actions": "Do", "avoid": "Do not", "checks": "Checks",
    },
    "pt_BR": {
        "heading": "Regras",
        "lead": "Gerado a partir das classes das regras. Uma regra sem uma de suas entradas é pulada e diz o que "
                "registrar.",
        "id": "id", "severity": "gravidade", "looks": "observa", "inputs": "precisa de", "optional": "usa se houver",
        "thresholds": "Limiares", "actions": "Fazer", "avoid": "Não fazer", "checks": "Verificações",
    },
}  # fmt: skip


def rules_page(language: str) -> str:
    """Every rule: what it needs, its thresholds with their comments, what it recommends and forbids."""
    from diagnostics.rules.registry import all_rules

    words = _KINDS[language]
    lines = [f"# {words['heading']}", "", words["lead"], ""]
    for rule in all_rules():
        lines += _rule(rule, language, words)
    return "\n".join(lines).rstrip() + "\n"


def _rule(rule: Rule, language: str, words: dict[str, str]) -> Iterator[str]:
    needs, optional = _inputs(rule)
    yield from (f"## {fill(title(rule.id, language), {}, language)}", "")
    yield f"- {words['id']}: `{rule.id}`"
    yield f"- {words['severity']}: {label(f'severity_{rule.severity}', language)}"
    yield f"- {words['looks']}: {label(rule.kind, language)}"
    if needs:
        yield f"- {words['inputs']}: {', '.join(f'`{n}`' for n in needs)}"
    if optional:
        yield f"- {words['optional']}: {', '.join(f'`{n}`' for n in optional)}"
    for key, ids in (("actions", rule.actions), ("avoid", rule.avoid)):
        if ids:
            yield f"- {words[key]}: {', '.join(f'{action_title(i, language)} (`{i}`)' for i in ids)}"
    if rule.checks:
        yield f"- {words['checks']}: {', '.join(f'`{c}`' for c in rule.checks)}"
    yield ""
    if thresholds := list(_thresholds(type(rule))):
        yield from (f"**{words['thresholds']}**", "")
        yield from (f"- `{name} = {value!r}` {comment}".rstrip() for name, value, comment in thresholds)
        yield ""


def _inputs(rule: Rule) -> tuple[list[str], list[str]]:
    parameters = inspect.signature(rule.check).parameters.values()
    needs = [p.name for p in parameters if p.default is inspect.Parameter.empty]
    return needs, [p.name for p in parameters if p.default is not inspect.Parameter.empty]


def _thresholds(cls: type) -> Iterator[tuple[str, Any, str]]:
    """Upper-case class attributes with the comment lines above them, in source order."""
    comment: list[str] = []
    for line in inspect.getsource(cls).splitlines():
        text = line.strip()
        if text.startswith("#"):
            comment.append(text.lstrip("# "))
        elif found := re.match(r"([A-Z][A-Z0-9_]*)\s*(?::[^=]+)?=", text):
            value = getattr(cls, found[1])
            if isinstance(value, int | float | str | tuple):
                yield found[1], value, " ".join(comment)
            comment = []
        else:
            comment = []


def formats_page() -> str:
    """Every registered reader with its kind."""
    from diagnostics.readers.registry import registered

    lines = [
        "# Formats", "",
        "Generated from the registered readers. The content of a file decides which one reads it; the name only breaks "
        "ties.", "", "| id | kind | what it is |", "| --- | --- | --- |",
    ]  # fmt: skip
    for entry in registered():
        said = (inspect.getdoc(type(entry.reader)) or "").split("\n")[0]
        lines.append(f"| `{entry.format}` | {entry.kind} | {said.translate(_ESCAPED)} |")
    return "\n".join(lines) + "\n"


def metrics_page() -> str:
    """Every registered metric: direction, bounds, what it needs, what it is."""
    from diagnostics.metrics import registered

    lines = [
        "# Metrics", "",
        "Generated from the registered metrics. Undefined is said with its reason, never shown as 0.", "",
        "| name | better | bounds | needs | what it is |", "| --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for metric in registered():
        better = {True: "greater", False: "smaller", None: "neither"}[metric.greater_is_better]
        low, high = ("" if b is None else f"{b:g}" for b in metric.bounds)
        said = (inspect.getdoc(metric.function) or "").split("\n")[0]
        bounds = f"{low} to {high}".strip() if low or high else "none"
        needs = ", ".join(f"`{n}`" for n in metric.needs)
        lines.append(f"| `{metric.name}` | {better} | {bounds} | {needs} | {said.translate(_ESCAPED)} |")
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """File name to text of every reference page."""
    found = {f"rules.{language}.md": rules_page(language) for language in LANGUAGES}
    return {**found, "formats.md": formats_page(), "metrics.md": metrics_page()}


def main(folder: Path) -> None:
    """Write the pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
