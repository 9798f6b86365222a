"""Files that are odd in one way each: a finding or a clear question answers every one, and nothing crashes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from diagnostics.knowledge import LANGUAGES, explain, note_text
from diagnostics.knowledge.loader import entry
from diagnostics.knowledge.templates import fill
from diagnostics.readers import scratch
from diagnostics.readers.predictions import read
from diagnostics.readers.predictions.answers import answered
from diagnostics.readers.source import Source
from diagnostics.types import Severity, Task
from tests.rules.predictions.sets import outcomes

N = 400
NAMES = np.array(["ant", "bee", "cat"])
HEAD = ("id", "y_true", "y_pred", "prob_ant", "prob_bee", "prob_cat")


def model():
    random = np.random.default_rng(0)
    truth = random.integers(0, 3, N)
    p = np.exp(random.normal(0, 1, (N, 3)) + 3 * np.eye(3)[truth])
    p /= p.sum(axis=1, keepdims=True)
    return random, truth, p, p.argmax(axis=1)


RANDOM, TRUTH, P, ANSWER = model()


def table(shown=lambda row: row.round(4)):
    return [[i, NAMES[TRUTH[i]], NAMES[ANSWER[i]], *shown(P[i])] for i in range(N)]


@pytest.fixture
def load(tmp_path):
    def make(head, rows, **changes):
        lines = [*([head] if head else []), *rows]
        path = tmp_path / "odd.csv"
        path.write_text("\n".join(",".join(map(str, line)) for line in lines) + "\n")
        with scratch.using(tmp_path / "scratch"):
            (found,) = read(Source(name=path.name, path=path))
        return found

    return make


def codes(found):
    return {question.code: question for question in found.questions}


def notes(found):
    return {note.code: note for note in found.notes}


def findings(found):
    told = outcomes(found)
    assert not [o.rule for o in told.values() if o.status == "crashed"]
    every = {f.id: f for o in told.values() for f in o.findings}
    for finding in every.values():
        for language in LANGUAGES:
            words = explain(finding, language)
            assert words.title and words.summary and "{" not in words.summary
            assert all(step.why for step in words.actions), finding.id
            assert all(check.what for check in words.checks), finding.id
    return every


def test_a_key_that_repeats_is_asked_about_and_then_judged(load):
    found = load(HEAD, [[row[0] % 300, *row[1:]] for row in table()])
    question = codes(found)["repeated_key"]
    assert question.params == {"column": "id", "repeated": 100, "most": 2}
    for language in LANGUAGES:
        assert "100" in fill(entry(language, "questions", "repeated_key"), question.params, language)
    assert "duplicate_rows" not in findings(found)
    (rows,) = answered(found, {"repeated_key": "rows"})
    assert rows.roles.id == "id" and "repeated_key" not in codes(rows)
    told = findings(rows)["duplicate_rows"]
    assert (told.params["variant"], told.params["repeated"]) == ("keys", 100)
    (groups,) = answered(found, {"repeated_key": "groups"})
    assert groups.roles.id is None and "duplicate_rows" not in findings(groups)


def test_a_few_repeated_keys_are_found_without_asking(load):
    found = load(HEAD, [[row[0] if row[0] >= 12 else row[0] + 100, *row[1:]] for row in table()])
    assert found.roles.id == "id" and not codes(found)
    assert findings(found)["duplicate_rows"].params["repeated"] == 12


def test_a_key_of_groups_is_not_asked_about(load):
    rows = [[f"user{i % 100}", *row[1:]] for i, row in enumerate(table())]
    assert "repeated_key" not in codes(load(("user_id", *HEAD[1:]), rows))


@pytest.mark.parametrize("sign", ["%", " %"])
def test_percent_signs_are_taken_off(load, sign):
    found = load(HEAD, table(lambda row: [f"{100 * value:.1f}{sign}" for value in row]))
    assert found.roles.score_kind == "percent"
    assert tuple(found.roles.probabilities) == tuple(NAMES)
    assert notes(found)["percent_signs"].params["columns"] == list(HEAD[3:])
    assert findings(found)["not_probabilities"].params["variant"] == "percent"


def test_a_column_of_percentages_that_ends_in_words_stays_text(load):
    rows = [[int(TRUTH[i] == 0), int(P[i, 0] > 0.5), f"{i % 90}%" if i < N - 2 else "all"] for i in range(N)]
    found = load(("label", "pred", "battery"), rows)
    assert "percent_signs" not in notes(found)
    assert found.roles.attributes == ("battery",)


def test_probabilities_in_percent(load):
    told = findings(load(HEAD, table(lambda row: (100 * row).round(2))))
    assert told["not_probabilities"].params["variant"] == "percent"


def test_probabilities_that_do_not_sum_to_one(load):
    told = findings(load(HEAD, table(lambda row: (row * 0.8).round(4))))
    assert told["not_probabilities"].params["variant"] == "sums_differ"
    assert told["not_probabilities"].params["off"] == N


def test_names_against_numbers(load):
    found = load(("y_true", "y_pred"), [[NAMES[TRUTH[i]], ANSWER[i]] for i in range(N)])
    told = findings(found)
    assert set(told) == {"different_vocabularies"}  # what rests on right and wrong answers is not said
    assert told["different_vocabularies"].severity is Severity.HIGH
    assert told["different_vocabularies"].params["truths"] == list(NAMES)
    assert told["different_vocabularies"].params["variant"] == "numbers"


def test_names_in_another_language(load):
    other = np.array(["formiga", "abelha", "gato"])
    found = load(("y_true", "y_pred"), [[NAMES[TRUTH[i]], other[ANSWER[i]]] for i in range(N)])
    assert findings(found)["different_vocabularies"].params["variant"] == ""


def test_spelling_alone_is_no_other_vocabulary(load):
    rows = [[float(TRUTH[i] == 0), str(P[i, 0] > 0.5)] for i in range(N)]
    assert "different_vocabularies" not in findings(load(("y_true", "y_pred"), rows))


def test_a_class_that_is_answered_and_never_true(load):
    rows = [[NAMES[TRUTH[i]], "dog" if i % 20 == 0 else NAMES[ANSWER[i]]] for i in range(N)]
    told = findings(load(("y_true", "y_pred"), rows))["class_never_true"]
    assert (told.params["class"], told.params["answered"]) == ("dog", 20)


def test_a_rare_answer_may_be_true_elsewhere(load):
    rows = [[NAMES[TRUTH[i]], "dog" if i < 3 else NAMES[ANSWER[i]]] for i in range(N)]
    assert "class_never_true" not in findings(load(("y_true", "y_pred"), rows))


def test_numbers_mixed_with_words_are_pointed_out(load):
    rows = [[*row[:3], "unknown" if i % 8 == 0 else i % 60] for i, row in enumerate(table())]
    found = load(("id", "y_true", "y_pred", "age"), rows)
    note = notes(found)["mixed_column"]
    assert note.params == {"column": "age", "share": 0.125, "example": "unknown"}
    assert all("unknown" in note_text(note, language) for language in LANGUAGES)
    assert "mixed_column" in notes(answered(found, {"truth": "y_true"})[0])


def test_a_score_with_words_in_it_is_asked_for(load):
    rows = [[int(TRUTH[i] == 0), "error" if i % 40 == 0 else round(P[i, 0], 3)] for i in range(N)]
    found = load(("label", "score"), rows)
    assert "score" in codes(found)["predicted"].options
    assert notes(found)["mixed_column"].params["column"] == "score"
    assert "duplicate_rows" not in findings(found)


def test_a_truth_with_words_for_missing_is_counted(load):
    rows = [["n/a" if i % 50 == 0 else TRUTH[i], ANSWER[i]] for i in range(N)]
    assert findings(load(("y_true", "y_pred"), rows))["missing_labels"].params["missing"] == 8


def test_67_columns(load):
    values = RANDOM.normal(size=(N, 64)).round(3)
    rows = [[*values[i], int(TRUTH[i] == 0), int(P[i, 0] > 0.5), P[i, 0].round(3)] for i in range(N)]
    found = load((*(f"v{i}" for i in range(64)), "target", "prediction", "score"), rows)
    assert (found.roles.truth, found.roles.predicted, found.roles.score) == ("target", "prediction", "score")
    assert len(found.roles.attributes) == 64 and not codes(found)
    findings(found)


def test_67_columns_that_say_nothing_are_asked_about(load):
    values = RANDOM.normal(size=(N, 65)).round(3)
    rows = [[*values[i], int(TRUTH[i] == 0), int(P[i, 0] > 0.5)] for i in range(N)]
    found = load([f"x{i}" for i in range(67)], rows)
    assert {"x65", "x66"} <= set(codes(found)["truth"].options)
    (told,) = answered(found, {"truth": "x65", "predicted": "x66"})
    assert told.task is Task.BINARY
    findings(told)


def test_no_header(load):
    found = load(None, table())
    assert {"truth", "predicted"} <= set(codes(found)) and "no_header" in notes(found)
    assert {"column_1", "column_2"} <= set(codes(found)["truth"].options)
    (told,) = answered(found, {"truth": "column_1", "predicted": "column_2"})
    assert told.classes == tuple(NAMES) and not codes(told).keys() & {"truth", "predicted"}


@pytest.mark.parametrize("empty", [False, True])
def test_no_labels(load, empty):
    head, rows = HEAD, [[row[0], "", *row[2:]] for row in table()]
    if not empty:
        head, rows = (HEAD[0], *HEAD[2:]), [[row[0], *row[2:]] for row in table()]
    found = load(head, rows)
    assert found.roles.truth is None
    assert codes(found)["truth"].guess is None
    told = outcomes(found)
    assert told["missing_labels"].reason == "needs_truth"
    assert not findings(found)


def test_a_constant_score(load):
    rows = [[int(TRUTH[i] == 0), 1, 0.5] for i in range(N)]
    assert set(findings(load(("label", "pred", "score"), rows))) >= {"constant_score"}
    assert set(findings(load(("label", "score"), [[row[0], 0.37] for row in rows]))) >= {"constant_score"}


def test_answers_do_not_change_the_stored_set(load):
    found = load(HEAD, [[row[0] % 300, *row[1:]] for row in table()])
    before = replace(found)
    answered(found, {"repeated_key": "rows"})
    assert found == before
