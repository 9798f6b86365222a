"""Sentences with holes: `{rise|percent}` is filled by a number, `[[ ... ]]` is dropped where a hole in it is empty.

Filters: `number`, `integer`, `percent`, `signed`, `label`, `list`, `place` ("epoch 12", from `<name>` and `axis`),
`span` ("12 epochs"), `of` (an interval from `<name>_low` and `<name>_high`), `where` (the conditions of a slice),
`percent_of` (the same in percent), `plural:<label>` ("1 row", "3 rows", by the labels `row.one` and `row.other`).
Without a filter numbers get `number` and texts stay as they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from diagnostics.knowledge import numbers
from diagnostics.knowledge.conditions import conditions_text
from diagnostics.knowledge.contractions import contracted
from diagnostics.knowledge.loader import FALLBACK, entry, normalized

_HOLE = re.compile(r"\{(\w+)(?:\|(\w+)(?::(\w+))?)?\}")
_OPTIONAL = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_MAX_LISTED = 6

Filter = Callable[[str, Mapping[str, Any], str, str], str]


def label(code: str, language: str = FALLBACK) -> str:
    """The name people read for a code; an unknown code in words, for a column or a metric is its own name."""
    text = entry(language, "labels", code)
    if isinstance(text, Mapping):
        text = text.get("other")
    return str(text) if text is not None else code.replace("_", " ")


def plural(code: str, count: Any, language: str = FALLBACK) -> str:
    """A count with its noun: "1 epoch", "1,200 steps"."""
    forms = entry(language, "labels", code)
    shown = numbers.integer(count, language) if _whole(count) else numbers.number(count, language)
    if not isinstance(forms, Mapping):
        return f"{shown} {label(code, language)}"
    return f"{shown} {forms['one' if count is not None and abs(float(count)) == 1 else 'other']}"


def _whole(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _plain(name: str, params: Mapping[str, Any], language: str, _: str) -> str:
    value = params[name]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return numbers.number(value, language)
    return _listed(name, params, language, "") if isinstance(value, list | tuple) else str(value)


def _listed(name: str, params: Mapping[str, Any], language: str, _: str) -> str:
    value = params[name]
    items = list(value) if isinstance(value, list | tuple | set) else [value]
    shown = [numbers.number(i, language) if isinstance(i, float) else str(i) for i in items[:_MAX_LISTED]]
    return ", ".join(shown) + (", …" if len(items) > _MAX_LISTED else "")


def _place(name: str, params: Mapping[str, Any], language: str, _: str) -> str:
    axis = str(params.get("axis", "row"))
    forms = entry(language, "labels", axis)
    noun = forms["one"] if isinstance(forms, Mapping) else label(axis, language)
    return f"{noun} {numbers.number(params[name], language)}"


_FILTERS: dict[str, Filter] = {
    "number": lambda n, p, lang, arg: numbers.number(p[n], lang, int(arg) if arg else 3),
    "integer": lambda n, p, lang, _: numbers.integer(p[n], lang),
    "percent": lambda n, p, lang, arg: numbers.percent(p[n], lang, int(arg) if arg else 2),
    "signed": lambda n, p, lang, arg: numbers.signed(p[n], lang, int(arg) if arg else 3),
    "label": lambda n, p, lang, _: label(str(p[n]), lang),
    "list": _listed,
    "place": _place,
    "span": lambda n, p, lang, _: plural(str(p.get("axis", "row")), p[n], lang),
    "where": lambda n, p, lang, _: conditions_text(p[n], lang),
    "plural": lambda n, p, lang, arg: plural(arg, p[n], lang),
    "of": lambda n, p, lang, _: numbers.interval(p.get(f"{n}_low"), p.get(f"{n}_high"), lang),
    "percent_of": lambda n, p, lang, _: numbers.percent_interval(p.get(f"{n}_low"), p.get(f"{n}_high"), lang),
}


def _is_empty(name: str, filter: str, params: Mapping[str, Any]) -> bool:
    if filter in ("of", "percent_of"):
        return any(_missing(params.get(f"{name}_{end}")) for end in ("low", "high"))
    return _missing(params.get(name))


def _missing(value: Any) -> bool:
    return (
        value is None or value == "" or value == () or value == [] or (isinstance(value, float) and math.isnan(value))
    )


def fill(text: str, params: Mapping[str, Any], language: str = FALLBACK) -> str:
    """A sentence with its holes filled.

    Parameters
    ----------
    text : str
    params : mapping
        A value missing outside an optional part `[[...]]` is shown as a dash.
    language : str

    Examples
    --------
    >>> fill("rose {rise|percent}[[ ({rise|percent_of})]]", {"rise": 0.31})
    'rose 31%'
    """

    def hole(match: re.Match[str]) -> str:
        name, filter, arg = match.group(1), match.group(2) or "", match.group(3) or ""
        if _is_empty(name, filter, params):
            return numbers.DASH
        return _FILTERS.get(filter, _plain)(name, params, language, arg)

    def optional(match: re.Match[str]) -> str:
        inner = match.group(1)
        holes = [(h.group(1), h.group(2) or "") for h in _HOLE.finditer(inner)]
        return "" if any(_is_empty(name, filter, params) for name, filter in holes) else inner

    filled = " ".join(_HOLE.sub(hole, _OPTIONAL.sub(optional, text)).split())
    return contracted(filled) if normalized(language) == "pt_BR" else filled


def holes(text: str) -> frozenset[str]:
    """The holes of a sentence with their filters, for comparing languages."""
    return frozenset("|".join(part for part in match.groups() if part) for match in _HOLE.finditer(text))


def filters() -> frozenset[str]:
    """Names of all filters."""
    return frozenset(_FILTERS)
