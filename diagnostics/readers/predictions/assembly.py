"""From found columns to prediction sets: task, classes, class order, leftovers; and the same again after answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from diagnostics.queries.engine import quote
from diagnostics.readers.predictions import leftovers, order
from diagnostics.readers.predictions.profile import Profile
from diagnostics.readers.predictions.remarks import repeated_key
from diagnostics.readers.predictions.roles import Found, is_classification, is_ranking
from diagnostics.readers.predictions.vocabulary import CONFIDENCE, LOGIT, tokens
from diagnostics.types import Labels, Note, Predictions, Question, Roles, SourceFile, Task, classes_of

NEAR_ONE = 0.01
"""Rows of probabilities rounded to two decimals still sum to one within this."""


def assemble(profile: Profile, found: Found, *, name: str, source: SourceFile) -> tuple[Predictions, ...]:
    """Prediction sets of one stored table: one, or one for each output."""
    other = _keyed(leftovers.place(profile, found), profile, found)
    other = replace(other, questions=tuple(q for q in other.questions if q.code not in found.answers))
    if found.answers.get("weight") in profile.columns:
        weighted = found.answers["weight"]
        attributes = tuple(a for a in other.roles.attributes if a != weighted)
        other = replace(other, roles=replace(other.roles, weight=weighted, attributes=attributes))
    if found.outputs:
        return _several(profile, found, other, name, source)
    return (_one(profile, found, other, name, source),)


def _keyed(other: leftovers.Leftovers, profile: Profile, found: Found) -> leftovers.Leftovers:
    """With a key that repeats asked about, or taken for the key of a row where that is the answer."""
    asked = repeated_key(profile, dict(other.roles.ignored)) if other.roles.id is None else None
    if asked is None:
        return other
    if found.answers.get(asked.code) == "rows":
        ignored = {name: why for name, why in other.roles.ignored.items() if name != asked.params["column"]}
        return replace(other, roles=replace(other.roles, id=asked.params["column"], ignored=ignored))
    return replace(other, questions=(*other.questions, asked))


def identity(source: SourceFile, roles: Roles, task: Task, part: Mapping[str, Any]) -> str:
    """Digest of a prediction set: the upload, the roles, the task and the part."""
    told = json.dumps([source.digest, asdict(roles), task, dict(part)], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def _one(profile: Profile, found: Found, other: leftovers.Leftovers, name: str, source: SourceFile) -> Predictions:
    columns = profile.columns
    told = found.answers.get("task")
    classification = told != "regression" if told else is_classification(found, profile)
    classes: tuple[str, ...] = ()
    if is_ranking(found, columns):
        task = Task.RANKING
        roles = replace(other.roles, truth=found.truth, score=found.score or found.predicted, query=found.query)
    elif classification is False:
        task = Task.REGRESSION
        roles = replace(other.roles, truth=found.truth, predicted=found.predicted or found.score)
    else:
        if classification is None:
            found.ask("task", "multiclass", ("multiclass", "regression"))
        task, classes, roles = _classes(profile, found, other.roles)
    if found.truth is None:
        found.ask("truth", None, [c for c in profile.names if c not in (found.predicted, found.score)])
    if roles.predicted is None and roles.score is None and not roles.probabilities:
        found.ask("predicted", None, [c for c in profile.names if c != found.truth])
    return _predictions(profile, found, other, name, source, task, classes, roles)


def _predictions(
    profile: Profile, found: Found, other: leftovers.Leftovers, name: str, source: SourceFile, task: Task,
    classes: tuple[str, ...], roles: Roles,
) -> Predictions:  # fmt: skip
    return Predictions(
        name=name, task=task, path=profile.path, roles=roles, n_rows=profile.rows, classes=classes,
        digest=identity(source, roles, task, {}), source=source,
        questions=tuple(found.questions) + other.questions, notes=tuple(found.notes) + other.notes,
    )  # fmt: skip


def _classes(profile: Profile, found: Found, roles: Roles) -> tuple[Task, tuple[str, ...], Roles]:
    """Classes, their probability columns and, of two, the positive one."""
    vocabularies = [profile.values(column) for column in (found.truth, found.predicted) if column]
    classes = classes_of(*vocabularies)
    probabilities: dict[str, str] = {}
    kind = ""
    if found.family is not None:
        probabilities = _order(profile, found, classes)
        classes = classes_of(*vocabularies, list(probabilities)) if probabilities else classes
        kind = score_kind(profile, list(found.family.members.values()), found.family.stem)
    if len(classes) < 2 and found.score and profile.columns[found.score].unit:
        classes = classes_of(classes, ["0", "1"]) if set(classes) <= {"0", "1"} else classes
    task = Task.BINARY if len(classes) <= 2 else Task.MULTICLASS
    roles = replace(
        roles, truth=found.truth, predicted=found.predicted, score=found.score, score_kind=kind,
        probabilities=probabilities,
    )  # fmt: skip
    if task is Task.BINARY and len(classes) == 2:
        roles = _binary(profile, found, classes, roles)
    elif roles.score:
        facts = profile.columns[roles.score]
        unit = facts.unit or ((facts.low or 0) >= 0 and (facts.high or 2) <= 1)
        roles = replace(roles, score_kind="confidence" if unit else "decision")
        if not unit:
            found.ask("score_kind", "decision", ("confidence", "decision"))
    return task, classes, roles


def _order(profile: Profile, found: Found, classes: tuple[str, ...]) -> dict[str, str]:
    """Class to probability column: by the suffixes where they spell classes, else recovered from the labels."""
    family = found.family
    assert family is not None
    told = [name.strip() for name in found.answers.get("class_order", "").split(",") if name.strip()]
    if len(told) == len(family.members):
        return dict(zip(told, family.members.values(), strict=True))
    named = order.by_name(family.members, classes)
    label = found.predicted or found.truth
    if named is not None and not family.indexed:
        return named
    if label is None:
        return named or {}
    if named is not None:
        # Suffixes 0, 1, 2 that are also the labels: believed where the predictions agree, as they nearly always do.
        check = order.by_content(profile, list(family.members.values()), label, tuple(named))
        if check is None or check.columns == named or check.certainty < order.CERTAIN:
            return named
    recovered = order.by_content(profile, list(family.members.values()), label, classes)
    if recovered is None:
        found.ask("class_order", None, classes, columns=tuple(family.members.values()))
        return {}
    if found.predicted is None or recovered.certainty < order.CERTAIN:
        found.ask(
            "class_order", ", ".join(recovered.columns), classes, columns=tuple(recovered.columns.values()),
            certainty=recovered.certainty,
        )  # fmt: skip
    else:
        found.notes.append(Note(code="class_order_recovered", params={"certainty": recovered.certainty}))
    return {name: recovered.columns[name] for name in classes}


def _binary(profile: Profile, found: Found, classes: tuple[str, ...], roles: Roles) -> Roles:
    """Positive class, the column of its score and what kind of number that is."""
    support = _support(profile, found.truth or found.predicted, classes)
    positive, sure = order.positive(classes, support)
    if found.answers.get("positive") in classes:
        positive, sure = found.answers["positive"], True
    if not sure:
        found.ask("positive", positive, classes)
    if roles.probabilities:
        return replace(roles, positive=positive, score=roles.probabilities.get(positive))
    if roles.score is None:
        return replace(roles, positive=positive)
    kind = found.answers.get("score_kind") or score_kind(profile, [roles.score], roles.score)
    if "score_kind" in found.answers:
        return replace(roles, positive=positive, score_kind=kind)
    if roles.predicted is not None:
        own = Labels((classes[0] if classes[1] == positive else classes[1], positive))
        swapped = Labels(tuple(reversed(own.classes)))
        forward = order.separation(profile, roles.score, roles.predicted, own)
        backward = order.separation(profile, roles.score, roles.predicted, swapped)
        if max(forward, backward) < 0.5 and (profile.columns[roles.score].low or 0) >= 0.5 - NEAR_ONE:
            # Never below one half whatever is predicted: the probability of the predicted class.
            return replace(roles, positive=positive, score_kind="confidence")
        if backward > forward and backward >= order.CERTAIN and not sure:
            return replace(roles, positive=swapped.classes[1], score_kind=kind)
        if forward < order.CERTAIN:
            found.ask("score_kind", kind or "probability", ("probability", "confidence", "logit", "decision"))
    elif set(tokens(roles.score)) & CONFIDENCE:
        found.ask("score_kind", "probability", ("probability", "confidence"))
    return replace(roles, positive=positive, score_kind=kind)


def _support(profile: Profile, column: str | None, classes: tuple[str, ...]) -> list[float]:
    if column is None:
        return [0.0] * len(classes)
    labels, counts = Labels(classes), [0.0] * len(classes)
    for value, count in profile.query(f"SELECT {quote(column)}, COUNT(*) FROM {profile.table} GROUP BY 1"):
        code = labels.code(value)
        if code >= 0:
            counts[code] += count
    return counts


def score_kind(profile: Profile, columns: list[str], name: str) -> str:
    """What some score columns hold, by range, sum and name: "probability", "percent", "logit", "decision" or ""."""
    facts = [profile.columns[column] for column in columns]
    low = min((f.low for f in facts if f.low is not None), default=0.0)
    high = max((f.high for f in facts if f.high is not None), default=0.0)
    if low >= 0 and high <= 1 + 1e-6:
        return "probability"
    if set(tokens(name)) & LOGIT:
        return "logit"
    if low >= 0 and high <= 100 + 1e-6 and high > 1.5 and any(f.kind == "number" for f in facts):
        return "percent"
    return "logit" if low < 0 else "decision"


def _several(
    profile: Profile, found: Found, other: leftovers.Leftovers, name: str, source: SourceFile
) -> tuple[Predictions, ...]:
    """Several outputs: one multilabel set where all of them are yes or no, else a set for each."""
    columns = profile.columns
    if all(columns[o.truth].binary for o in found.outputs):
        scores = {o.name: o.score for o in found.outputs if o.score}
        roles = replace(
            other.roles, label_truth={o.name: o.truth for o in found.outputs},
            label_predicted={o.name: o.predicted for o in found.outputs if o.predicted}, probabilities=scores,
            score_kind=score_kind(profile, list(scores.values()), "") if scores else "",
        )  # fmt: skip
        names = tuple(o.name for o in found.outputs)
        return (_predictions(profile, found, other, name, source, Task.MULTILABEL, names, roles),)
    sets = []
    for output in found.outputs:
        one = Found(truth=output.truth, predicted=output.predicted, score=output.score)
        sets.append(_one(profile, one, other, f"{name} · {output.name}", source))
    return tuple(sets)


def unanswered(predictions: Predictions) -> tuple[Question, ...]:
    """Questions whose role is still empty: without an answer nothing can be measured."""
    return tuple(question for question in predictions.questions if question.guess is None)
