"""What goes out comes back; what came from elsewhere is refused; nothing runs in a spreadsheet or a page."""

import json

import pytest

from diagnostics.catalogue import board as acts
from diagnostics.catalogue.board import board
from diagnostics.catalogue.events import Event, State, apply
from diagnostics.catalogue.exchange import catalogue_markdown, examples_csv, from_examples_csv, from_json, to_json
from diagnostics.catalogue.sampling import draw
from diagnostics.catalogue.table import catalogue
from diagnostics.exceptions import BrokenFile

HEADER = ["Category", "Examples", "Frequency", "Impact", "Hypothesis", "Action", "Owner", "Priority", "Status"]


def add(state, event):
    apply(state, Event(kind=event.kind, who=event.who, changes=event.changes, number=state.number + 1))


@pytest.fixture
def state():
    state = State()
    drawn = [{"key": f"e{i}", "row": i, "stratum": "all", "probability": 1.0, "source": "random"} for i in range(10)]
    add(state, acts.collect(state, "ana", drawn))
    add(state, acts.create(state, "ana", "dark", '=HYPERLINK("x")'))
    add(state, acts.edit(state, "ana", "dark", severity=4, hypothesis="<b>|lamp|</b>"))
    add(state, acts.tag(state, "ana", ["e0", "e1", "e2"], "dark"))
    for key in ("e3", "e4", "e5", "e6", "e7", "e8", "e9"):
        add(state, acts.judge(state, "ana", key, "hard"))
    return state


def test_json_round_trips_into_an_empty_board(state):
    other = State()
    add(other, from_json(other, "bo", to_json(board(state), state), "x.json"))
    assert other.objects == state.objects


def test_importing_twice_changes_nothing(state):
    text = to_json(board(state), state)
    assert from_json(state, "bo", text, "x.json").changes == ()


def test_csv_round_trips_tags_and_is_formula_safe(state):
    text = examples_csv(board(state), state)
    assert "'=HYPERLINK" in text
    add(state, acts.tag(state, "bo", ["e0", "e9"], None))
    add(state, from_examples_csv(state, "ana", text, "x.csv"))
    assert set(board(state).categories[0].examples) == {"e0", "e1", "e2"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"format": "other"}',
        '{"format": "run-clinic-catalogue", "version": 99, "categories": [], "examples": []}',
        '{"format": "run-clinic-catalogue", "version": 1, "categories": [{"id": "a/b"}], "examples": []}',
        '{"format": "run-clinic-catalogue", "version": 1, "categories": [], "examples": [{"key": "a", "x": {}}]}',
    ],
)
def test_other_json_is_refused(state, text):
    with pytest.raises(BrokenFile):
        from_json(state, "bo", text, "x.json")


def test_other_csv_is_refused(state):
    with pytest.raises(BrokenFile):
        from_examples_csv(state, "bo", "a,b\n1,2\n", "x.csv")


def test_the_catalogue_knows_frequency_impact_and_priority(state):
    design = draw({"all": range(10)}, 10, seed=0).design
    (row,) = catalogue(board(state), state, design, errors=10, rows=200)
    assert row.frequency.value == pytest.approx(0.3)
    assert row.impact.value == pytest.approx(0.015)
    assert row.priority == pytest.approx(1.2) and not row.overridden


def test_without_a_random_sample_nothing_is_extrapolated(state):
    (row,) = catalogue(board(state), state, None, errors=10, rows=200)
    assert row.frequency.value is None and row.frequency.reason == "no_random_sample"
    assert row.priority is None


def test_markdown_escapes_what_people_typed(state):
    design = draw({"all": range(10)}, 10, seed=0).design
    text = catalogue_markdown(catalogue(board(state), state, design, errors=10, rows=200), HEADER)
    line = text.splitlines()[2]
    assert "\\<b\\>\\|lamp\\|" in line
    assert line.replace("\\|", "").count("|") == len(HEADER) + 1
    assert "30.0 % (30.0 to 30.0)" in line


def test_json_is_valid_for_other_tools(state):
    said = json.loads(to_json(board(state), state))
    assert {c["id"] for c in said["categories"]} == {"dark"} and len(said["examples"]) == 10
