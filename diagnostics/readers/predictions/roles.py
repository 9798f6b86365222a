"""Which column plays which part: names and content weighed together; what stays unsure becomes a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from diagnostics.readers.predictions.families import Family, Output, families, outputs
from diagnostics.readers.predictions.profile import Column, Profile
from diagnostics.readers.predictions.vocabulary import CONFIDENCE, QUERY, RELEVANCE, is_identifier, read, tokens
from diagnostics.types import Note, Question, classes_of

SURE = 0.6
"""Name and content evidence below this is a guess that the user confirms."""

MARGIN = 0.2
"""The best pair of columns must beat the next by this much."""


@dataclass
class Found:
    """The columns of one output while they are being found."""

    truth: str | None = None
    predicted: str | None = None
    score: str | None = None
    family: Family | None = None
    query: str | None = None
    outputs: list[Output] = field(default_factory=list)
    answers: Mapping[str, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def ask(self, code: str, guess: str | None, options: Sequence[str], **params: Any) -> None:
        """Add a question unless it is there already or has been answered."""
        if code not in self.answers and all(question.code != code for question in self.questions):
            self.questions.append(Question(code=code, guess=guess, options=tuple(options), params=params))


def find(profile: Profile, answers: Mapping[str, str] | None = None) -> Found:
    """Find the truth, the prediction and the scores of a stored table.

    Parameters
    ----------
    answers : mapping of question code to answer, optional
        What the user said; it stands above every guess.
    """
    found = Found(answers=answers or {})
    columns = profile.columns
    told = {found.answers.get(role) for role in ("truth", "predicted", "score")} - {None}
    found.outputs = [] if told else outputs(columns.values())
    used = {name for o in found.outputs for name in (o.truth, o.predicted, o.score) if name}
    free = [column for column in columns.values() if column.name not in used]
    if found.outputs:
        return found
    found.query = _query(free)
    groups = families(free)
    found.family = next((group for group in groups if _credible(group, columns)), None)
    members = set(found.family.members.values()) if found.family else set()
    rest = [column for column in free if column.name not in members]
    _truth_and_prediction(found, profile, rest)
    _tell(found, columns)
    _score(found, profile, rest)
    _tell(found, columns)
    return found


def _tell(found: Found, columns: dict[str, Column]) -> None:
    """Put the user's answers in place of the guesses; a column has one role only."""
    if found.truth and found.answers.get("truth_or_predicted") == "predicted":
        found.truth, found.predicted = None, found.truth
    for role in ("truth", "predicted", "score"):
        column = found.answers.get(role)
        if column is None or (column and column not in columns):
            continue
        for other in ("truth", "predicted", "score"):
            if getattr(found, other) == column:
                setattr(found, other, None)
        setattr(found, role, column or None)


def _query(columns: Sequence[Column]) -> str | None:
    """The column that groups the rows of a ranking: named as one, and repeating."""
    for column in columns:
        if set(tokens(column.name)) & QUERY and 1 < column.distinct < 0.7 * column.rows:
            return column.name
    return None


def _credible(family: Family, columns: dict[str, Column]) -> bool:
    """Scores, not counted features: numbers present in every row, and not all of them 0 or 1."""
    members = [columns[name] for name in family.members.values()]
    present = all(column.missing <= 0.5 * column.rows for column in members)
    return present and any(column.kind == "number" for column in members)


def _truth_and_prediction(found: Found, profile: Profile, columns: Sequence[Column]) -> None:
    """Choose the best pair of columns by name and by what they hold."""
    readings = {column.name: read(column.name) for column in columns}
    usable = [c for c in columns if c.name != found.query and c.kind != "other" and c.missing < c.rows]
    usable = [c for c in usable if c.kind != "text" or c.label_like]  # prose is no label
    # A constant column may be the truth (all one class) or the prediction (a collapsed model), so it stays.
    truths = [c for c in usable if readings[c.name].truth > 0]
    predicted = [c for c in usable if readings[c.name].predicted > 0 and readings[c.name].truth == 0]
    pairs: list[tuple[float, str, str]] = []
    for t in truths:
        for p in predicted:
            weight = readings[t.name].truth + readings[p.name].predicted - 1.0
            weight += 0.3 if readings[t.name].rest == readings[p.name].rest else 0.0
            weight += _fit(profile, t, p)
            pairs.append((weight, t.name, p.name))
    pairs.sort(key=lambda pair: -pair[0])
    if pairs and pairs[0][0] > 0:
        best, found.truth, found.predicted = pairs[0]
        others = [p for p in pairs[1:] if best - p[0] < MARGIN]
        if best < SURE or any(p[1] != found.truth for p in others):
            found.ask("truth", found.truth, [c.name for c in truths] or [c.name for c in usable])
        if best < SURE or any(p[2] != found.predicted for p in others):
            found.ask("predicted", found.predicted, [c.name for c in predicted])
        return
    found.truth = _single(found, "truth", truths, {c.name: readings[c.name].truth for c in truths})
    strengths = {c.name: readings[c.name].predicted for c in predicted}
    found.predicted = _single(found, "predicted", [c for c in predicted if c.name != found.truth], strengths)
    if found.truth is None and (found.predicted or found.family):
        _truth_by_content(found, profile, usable)
    if found.truth and not found.predicted and not found.family:
        scored = any(readings[c.name].probability > 0 and c.numeric for c in usable if c.name != found.truth)
        if not scored and readings[found.truth].truth < 1.0:
            # "label" alone may be what was answered (a submission) or what is right (a key to join).
            found.ask("truth_or_predicted", None, ("truth", "predicted"), column=found.truth)


def _single(found: Found, role: str, candidates: Sequence[Column], strength: dict[str, float]) -> str | None:
    """The strongest of some candidates for one role; a question where it is weak or not alone."""
    ranked = sorted(candidates, key=lambda c: -strength[c.name])
    if not ranked:
        return None
    close = len(ranked) > 1 and strength[ranked[0].name] - strength[ranked[1].name] < MARGIN
    if strength[ranked[0].name] < SURE or close:
        found.ask(role, ranked[0].name, [c.name for c in ranked])
    return ranked[0].name


def _fit(profile: Profile, truth: Column, predicted: Column) -> float:
    """Whether two columns can be truth and prediction of one thing: about -1 (no) to 0.5 (plainly)."""
    if truth.kind == "text" or predicted.kind == "text":
        if truth.kind != predicted.kind and not (truth.label_like and predicted.label_like):
            return -0.5
        if not truth.label_like:
            return -0.7
        own, other = set(map(str, profile.values(truth.name))), set(map(str, profile.values(predicted.name)))
        return 0.5 * len(own & other) / max(1, len(other)) if own & other else -0.3
    if predicted.unit and truth.binary:
        return 0.3
    return 0.4 * profile.correlation(truth.name, predicted.name) if truth.numeric and predicted.numeric else 0.2


def _truth_by_content(found: Found, profile: Profile, columns: Sequence[Column]) -> None:
    """No column is named as the truth: offer those that agree with the prediction; the user decides."""
    predicted = profile.columns[found.predicted] if found.predicted else None
    taken = {found.predicted}
    options = [c for c in columns if c.name not in taken and not is_identifier(c.name)]
    ranked: list[tuple[float, str]] = []
    if predicted is not None and predicted.numeric and not predicted.label_like:
        ranked = [(profile.correlation(c.name, predicted.name), c.name) for c in options if c.numeric]
        ranked = [pair for pair in ranked if pair[0] >= 0.3]
    elif predicted is not None:
        wanted = set(map(str, profile.values(predicted.name)))
        for c in options:
            if c.label_like and wanted & set(map(str, profile.values(c.name))):
                ranked.append((profile.agreement(c.name, predicted.name), c.name))
        ranked = [pair for pair in ranked if pair[0] >= 0.3]
    ranked.sort(reverse=True)
    found.truth = ranked[0][1] if ranked else None
    found.ask("truth", found.truth, [name for _, name in ranked] or [c.name for c in options])


def _score(found: Found, profile: Profile, columns: Sequence[Column]) -> None:
    """A single score column; a prediction that holds scores is moved here, scores of 0 and 1 alone are decisions."""
    facts = profile.columns
    truth = facts[found.truth] if found.truth else None
    taken = {found.truth, found.predicted, found.query}
    ranked = sorted(
        (c for c in columns if c.name not in taken and c.numeric and read(c.name).probability > 0),
        key=lambda c: -read(c.name).probability,
    )
    if found.predicted and truth is not None and truth.binary and facts[found.predicted].unit and not found.family:
        # "Survived" or "pred" with 0.857 inside is a score, not a decision.
        others = [c.name for c in ranked]
        found.score, found.predicted = found.predicted, None
        if others:
            found.ask("score", found.score, [found.score, *others])
        return
    if not ranked or found.family:
        return
    best = ranked[0]
    if len(ranked) > 1 and read(best.name).probability - read(ranked[1].name).probability < MARGIN:
        found.ask("score", best.name, [c.name for c in ranked])
    only_decisions = best.kind in ("integer", "boolean") and best.binary and not found.query
    if only_decisions and found.predicted is None and truth is not None and truth.binary:
        found.predicted = best.name
        found.notes.append(Note(code="score_is_decision", params={"column": best.name}))
    elif found.predicted is None and truth is not None and _quantity(truth) and not found.query:
        found.predicted = best.name
        if set(tokens(best.name)) & CONFIDENCE:
            found.ask("predicted", best.name, [c.name for c in ranked])
    else:
        found.score = best.name


def _quantity(column: Column) -> bool:
    """A measured quantity rather than a class."""
    return column.kind == "number" or (column.kind == "integer" and not column.label_like)


def is_ranking(found: Found, columns: dict[str, Column]) -> bool:
    """Rows of a ranking: a repeating query, a graded truth and a score (or a rank) to sort by."""
    if not (found.query and found.truth and (found.score or found.predicted)):
        return False
    graded = columns[found.truth].numeric or columns[found.truth].kind == "boolean"
    return graded and (bool(set(tokens(found.truth)) & RELEVANCE) or found.predicted is None)


def is_classification(found: Found, profile: Profile) -> bool | None:
    """True for classes, False for quantities, None where the numbers could be either (asked)."""
    columns = profile.columns
    if found.family:
        return True
    named = [columns[name] for name in (found.truth, found.predicted) if name]
    if any(column.kind in ("text", "boolean") for column in named):
        return True
    if any(column.kind == "number" for column in named) or not named:
        return bool(not named or (found.score and found.truth and columns[found.truth].binary))
    if all(column.binary for column in named):
        return True
    if found.truth is None or found.predicted is None:
        return None if named[0].distinct > 2 and found.score is None else True
    vocabulary = classes_of(profile.values(found.truth), profile.values(found.predicted))
    # Whole numbers on both sides: few values that repeat are classes; ages or counts have many.
    if len(vocabulary) <= 20:
        return True
    return None if len(vocabulary) <= 200 and all(column.label_like for column in named) else False
