"""What is shown of an example: text, answer and truth, attributes, probabilities; and what it is alike to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from diagnostics.catalogue.errors import details
from diagnostics.queries import outputs
from diagnostics.queries.expressions import natural_threshold
from diagnostics.types import Labels, Predictions, Task, spelled

LONGEST = 20_000
"""Characters of a text that are shown."""

_WORD = re.compile(r"\w{3,}", re.UNICODE)


@dataclass(frozen=True, kw_only=True)
class Card:
    """One example as plain text.

    Attributes
    ----------
    row : int
        0-based position in the uploaded file.
    title : str
        Its id, text or place.
    text, image : str
        "" where the set has no such column.
    truth, answer : str
    attributes : tuple of (name, value)
    probabilities : tuple of (class, value)
        Most probable first, at most eight.
    """

    row: int
    title: str
    text: str
    image: str
    truth: str
    answer: str
    attributes: tuple[tuple[str, str], ...]
    probabilities: tuple[tuple[str, float], ...]


def cards(predictions: Predictions, rows: str) -> dict[int, Card]:
    """Cards of some rows.

    Parameters
    ----------
    rows : str
        Positions in the file, joined by commas: a value that can name a cache entry.
    """
    wanted = [int(r) for r in rows.split(",") if r]
    return {row: _card(predictions, row, record) for row, record in details(predictions, wanted).items()}


def _card(predictions: Predictions, row: int, record: Mapping[str, Any]) -> Card:
    roles = predictions.roles
    truth, answer = _answers(predictions, record)
    text = _shown(record.get(roles.text)) if roles.text else ""
    name = _shown(record.get(roles.id)) if roles.id else ""
    return Card(
        row=row,
        title=name or text[:120] or f"#{row + 1}",
        text=text,
        image=_shown(record.get(roles.image)) if roles.image else "",
        truth=truth,
        answer=answer,
        attributes=tuple((a, _shown(record.get(a))) for a in roles.attributes if a in record),
        probabilities=_probabilities(predictions, record),
    )


def _answers(predictions: Predictions, record: Mapping[str, Any]) -> tuple[str, str]:
    roles = predictions.roles
    if predictions.task is Task.MULTILABEL:
        cut = natural_threshold(predictions)
        held = [label for label, column in roles.label_truth.items() if _yes(record.get(column), 0.5)]
        given = [
            label
            for label, one in zip(predictions.classes, outputs(predictions), strict=True)
            if _yes(record.get(one.roles.predicted or one.roles.score or ""), 0.5 if one.roles.predicted else cut)
        ]
        return ", ".join(held) or "–", ", ".join(given) or "–"
    truth = _spelled(predictions, record.get(roles.truth or ""))
    if roles.predicted:
        return truth, _spelled(predictions, record.get(roles.predicted))
    scores = {c: record.get(column) for c, column in roles.probabilities.items()}
    known = {c: float(v) for c, v in scores.items() if isinstance(v, int | float)}
    if known:
        return truth, max(known, key=lambda c: known[c])
    score, cut = record.get(roles.score or ""), natural_threshold(predictions)
    if predictions.task is Task.BINARY and isinstance(score, int | float) and cut is not None:
        other = next((c for c in predictions.classes if c != roles.positive), "")
        return truth, str(roles.positive) if score >= cut else other
    return truth, _shown(score)


def _yes(value: Any, cut: float | None) -> bool:
    return isinstance(value, int | float) and float(value) >= (0.5 if cut is None else cut)


def _spelled(predictions: Predictions, value: Any) -> str:
    code = Labels(predictions.classes).code(value) if predictions.classes else -1
    return predictions.classes[code] if code >= 0 else _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    label: str | None = spelled(value)
    return (label or "–")[:LONGEST]


def _probabilities(predictions: Predictions, record: Mapping[str, Any]) -> tuple[tuple[str, float], ...]:
    roles = predictions.roles
    found = [(c, record.get(column)) for c, column in roles.probabilities.items()]
    if not found and roles.score and roles.positive:
        found = [(roles.positive, record.get(roles.score))]
    numbers = [(c, float(v)) for c, v in found if isinstance(v, int | float) and np.isfinite(v)]
    return tuple(sorted(numbers, key=lambda pair: -pair[1])[:8])


def features(found: Mapping[str, Card]) -> dict[str, list[str]]:
    """Bags of features for likeness: truth, answer, attribute values (numbers by quarter), words of the text."""
    cuts = _quarters(list(found.values()))
    bags = {}
    for key, card in found.items():
        bag = [f"truth={card.truth}", f"answer={card.answer}", f"{card.truth}→{card.answer}"]
        for name, value in card.attributes:
            number = _number(value)
            if name in cuts and number is not None:
                bag.append(f"{name}: q{int(np.searchsorted(cuts[name], number)) + 1}")
            elif len(value) <= 60:
                bag.append(f"{name}={value}")
        bag += [word.lower() for word in _WORD.findall(card.text)[:400]]
        bags[key] = bag
    return bags


def _quarters(found: Sequence[Card]) -> dict[str, np.ndarray]:
    values: dict[str, list[float]] = {}
    for card in found:
        for name, value in card.attributes:
            number = _number(value)
            if number is not None:
                values.setdefault(name, []).append(number)
    return {n: np.quantile(v, (0.25, 0.5, 0.75)) for n, v in values.items() if len(set(v)) > 8}


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if np.isfinite(number) else None


def neighbours(bags: Mapping[str, Sequence[str]], k: int = 4) -> dict[str, tuple[str, ...]]:
    """The `k` examples most alike to each, by cosine of their rarity-weighted features; most alike first."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    keys = [key for key in bags if bags[key]]
    if len(keys) < 2:
        return {}
    matrix = TfidfVectorizer(analyzer=lambda bag: bag, sublinear_tf=True).fit_transform([list(bags[k]) for k in keys])
    found: dict[str, tuple[str, ...]] = {}
    for start in range(0, len(keys), 500):
        likeness = (matrix[start : start + 500] @ matrix.T).toarray()
        likeness[np.arange(len(likeness)), np.arange(start, start + len(likeness))] = -1.0
        best = np.argsort(-likeness, axis=1, kind="stable")[:, :k]
        for i, row in enumerate(best):
            found[keys[start + i]] = tuple(keys[j] for j in row if likeness[i, j] > 0)
    return found
