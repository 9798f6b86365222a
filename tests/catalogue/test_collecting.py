"""Samples keep their design, tags find their rows again, and gains by class add up."""

from dataclasses import replace

import numpy as np
import pytest

from diagnostics.catalogue import board as acts
from diagnostics.catalogue import collecting
from diagnostics.catalogue.board import board
from diagnostics.catalogue.breakdown import parts
from diagnostics.catalogue.cards import cards, features, neighbours
from diagnostics.catalogue.errors import errors_of, strata
from diagnostics.catalogue.events import Event, State, apply, undo
from diagnostics.catalogue.groups import groups, sizes
from diagnostics.catalogue.table import catalogue
from diagnostics.exceptions import Conflict
from diagnostics.slices import Table
from tests.rules.predictions.sets import stored

SET = {"predictions": "s1", "digest": "d1"}


def add(state, event):
    stored_event = Event(
        kind=event.kind, who=event.who, changes=event.changes, number=state.number + 1, undoes=event.undoes
    )
    apply(state, stored_event)
    return stored_event


@pytest.fixture(scope="module")
def predictions(tmp_path_factory):
    random = np.random.default_rng(0)
    truth = random.choice(["a", "b", "c"], 600, p=[0.7, 0.25, 0.05])
    wrong = random.random(600) < 0.3
    answer = np.where(wrong, np.where(truth == "a", "b", "a"), truth)
    columns = {
        "id": [f"x{i}" for i in range(600)], "y_true": truth.tolist(), "y_pred": answer.tolist(),
        "camera": random.choice(["day", "night"], 600).tolist(), "size": random.normal(10, 2, 600).round(3),
    }  # fmt: skip
    return stored(tmp_path_factory.mktemp("set"), columns)


@pytest.fixture(scope="module")
def errors(predictions):
    return errors_of(predictions)


def sampled(state, errors, named, total, columns=()):
    return add(
        state, collecting.collect_random(state, "ana", errors, named, columns, set=SET, total=total, seed=7)
    )  # fmt: skip


def test_errors_are_the_wrong_rows_with_their_keys(predictions, errors):
    shown = cards(predictions, ",".join(map(str, errors.row.tolist())))
    assert len(shown) == len(errors) and all(card.truth != card.answer for card in shown.values())
    assert errors.rows == 600
    assert len(set(errors.key)) == len(errors)


def test_a_sample_remembers_its_strata_and_grows(predictions, errors):
    named = strata(predictions, errors, ("camera",))
    assert all(" · " in name for name in named)
    state = State()
    sampled(state, errors, named, 40, ("camera",))
    first = collecting.design_of(state)
    assert first.drawn == 40 and first.size == len(errors)
    sampled(state, errors, named, 20, ("camera",))
    grown = collecting.design_of(state)
    assert grown.drawn == 60 and len(list(state.of("example"))) == 60
    drawn = {s.name: s.drawn for s in grown.strata}
    held = {}
    for _, fields in state.of("example"):
        held[fields["stratum"]] = held.get(fields["stratum"], 0) + 1
    assert held == {name: n for name, n in drawn.items() if n}
    with pytest.raises(Conflict):
        sampled(state, errors, strata(predictions, errors), 10)


def test_too_many_strata_are_put_together(predictions, errors):
    assert len(set(strata(predictions, errors, ("camera", "size"), most=6))) == 6


def test_picked_rows_never_count_for_frequencies(predictions, errors):
    state = State()
    worst = np.argsort(-errors.loss)[:10].tolist()
    add(state, collecting.collect_rows(state, "ana", errors, worst, "loss", set=SET))
    add(state, acts.create(state, "ana", "dark", "Dark"))
    add(state, acts.tag(state, "ana", [errors.key[worst[0]]], "dark"))
    (row,) = catalogue(board(state), state, collecting.design_of(state), errors=len(errors), rows=600)
    assert row.frequency.reason == "no_random_sample"


def everything_tagged(predictions, errors):
    state = State()
    sampled(state, errors, strata(predictions, errors), len(errors))
    add(state, acts.create(state, "ana", "dark", "Dark"))
    add(state, acts.tag(state, "ana", list(errors.key), "dark"))
    return state


def test_gains_by_class_add_up_to_the_whole(predictions, errors):
    state = everything_tagged(predictions, errors)
    value_of = dict(zip(errors.key, errors.truth, strict=True))
    rows = sizes(predictions, "truth", ("a", "b", "c"), ())
    assert sum(rows.values()) == 600
    told = parts(state, "dark", value_of, rows, errors=len(errors))
    assert sum(one.tagged for one in told) == len(errors)
    (row,) = catalogue(board(state), state, collecting.design_of(state), errors=len(errors), rows=600)
    total = sum(one.gain.value * rows[one.value] for one in told)
    assert total == pytest.approx(row.impact.value * 600) == pytest.approx(len(errors))


def test_tags_are_carried_over_and_taken_back(predictions, errors, tmp_path):
    state = everything_tagged(predictions, errors)
    table = stored(tmp_path, mended(errors))
    later = errors_of(table)
    events = []
    named = {"predictions": "s2", "digest": "d2"}
    before = {k: dict(v) for k, v in state.objects.items()}
    event = collecting.attach(state, "ana", later, strata(table, later), (), set=named, total=30, seed=1)
    events.append(add(state, event))
    (category,) = board(state).categories
    still = set(errors.key) & set(later.key)
    assert category.fields["was"] == len(errors)
    assert set(category.examples) == still and len(category.gone) == len(errors) - len(still)
    assert collecting.design_of(state).size == len(later)
    queued = set(board(state).untagged)
    assert queued and queued <= set(later.key) - set(errors.key)
    add(state, undo(state, events, "ana"))
    assert state.objects == before


def mended(errors):
    """The same examples by another model: other rows are wrong, and the rows come in another order."""
    random = np.random.default_rng(0)
    truth = random.choice(["a", "b", "c"], 600, p=[0.7, 0.25, 0.05])
    random.random(600)
    other = np.where(np.random.default_rng(5).random(600) < 0.3, np.where(truth == "a", "b", "a"), truth)
    order = np.random.default_rng(9).permutation(600)
    return {"id": [f"x{i}" for i in order], "y_true": truth[order].tolist(), "y_pred": other[order].tolist()}


def test_neighbours_share_what_is_rare(predictions, errors):
    found = {str(r): c for r, c in cards(predictions, ",".join(map(str, errors.row.tolist()))).items()}
    near = neighbours(features(found), k=3)
    alike = [found[key].truth == found[other].truth for key, others in near.items() for other in others[:1]]
    assert np.mean(alike) > 0.9
    assert {group.name for group in groups(found, classes=True)} >= {"truth", "answer", "camera", "size"}


def test_rows_of_a_group_are_those_of_the_whole_set(predictions, errors):
    found = cards(predictions, ",".join(str(r) for r in errors.row.tolist()))
    made = {group.name: group for group in groups({str(row): card for row, card in found.items()}, classes=True)}
    size, camera = made["size"], made["camera"]
    values = np.array(Table(predictions).column("size").to_pylist())
    assert len(size.cuts) == 3
    between = [(values <= size.cuts[0]).sum(), (values > size.cuts[2]).sum()]
    counted = sizes(predictions, "size", size.values, size.cuts)
    assert [counted[size.values[0]], counted[size.values[3]]] == between and sum(counted.values()) == 600
    night = Table(predictions).column("camera").to_pylist().count("night")
    assert sizes(predictions, "camera", camera.values, ()) == {"night": night, "day": 600 - night}
    # What has no value of its own falls to the rest.
    assert sizes(predictions, "camera", ("night", "…"), ()) == {"night": night, "…": 600 - night}


def test_classes_that_are_digits_are_never_put_into_ranges(predictions, errors):
    found = cards(predictions, ",".join(str(r) for r in errors.row.tolist()))
    digits = {str(row): replace(card, truth=str(row % 10)) for row, card in found.items()}
    as_class = next(group for group in groups(digits, classes=True) if group.name == "truth")
    as_amount = next(group for group in groups(digits, classes=False) if group.name == "truth")
    assert set(as_class.values[:-1]) < set("0123456789") and not as_class.cuts
    assert len(as_amount.cuts) == 3
