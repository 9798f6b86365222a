"""Boards as event logs: rebuilding, stale writes, undo."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.catalogue import board
from diagnostics.catalogue.events import Event, State, apply, check_versions, rebuild, undo
from diagnostics.exceptions import Conflict, NotFound


class Log:
    """A log in memory that numbers events as a store would."""

    def __init__(self):
        self.events = []
        self.state = State()

    def add(self, event):
        numbered = Event(
            kind=event.kind,
            who=event.who,
            changes=event.changes,
            number=len(self.events) + 1,
            undoes=event.undoes,
        )
        apply(self.state, numbered)
        self.events.append(numbered)
        return numbered


@pytest.fixture
def log():
    log = Log()
    log.add(board.collect(log.state, "ana", [{"key": f"e{i}", "row": i, "stratum": "s"} for i in range(6)]))
    log.add(board.create(log.state, "ana", "dark", "Too dark"))
    log.add(board.create(log.state, "ana", "cut", "Cut off"))
    return log


def columns(state):
    view = board.board(state)
    return {c.name: set(c.examples) for c in view.categories} | {"": set(view.untagged)}


def test_tagging_moves_examples_between_columns(log):
    log.add(board.tag(log.state, "ana", ["e0", "e1"], "dark"))
    log.add(board.tag(log.state, "bo", ["e1"], "cut"))
    assert columns(log.state) == {"Too dark": {"e0"}, "Cut off": {"e1"}, "": {"e2", "e3", "e4", "e5"}}


def test_merge_moves_all_and_undo_brings_both_back(log):
    log.add(board.tag(log.state, "ana", ["e0", "e1"], "dark"))
    log.add(board.tag(log.state, "ana", ["e2"], "cut"))
    before = columns(log.state)
    log.add(board.merge(log.state, "ana", ["cut"], "dark"))
    assert columns(log.state)["Too dark"] == {"e0", "e1", "e2"}
    assert "Cut off" not in columns(log.state)
    log.add(undo(log.state, log.events, "ana"))
    assert columns(log.state) == before


def test_split_makes_a_new_category_of_some_examples(log):
    log.add(board.tag(log.state, "ana", ["e0", "e1", "e2"], "dark"))
    log.add(board.split(log.state, "ana", "dark", ["e1"], "night", "Night"))
    assert columns(log.state)["Night"] == {"e1"}
    with pytest.raises(NotFound):
        board.split(log.state, "ana", "dark", ["e1"], "again", "Again")


def test_deleting_a_category_unties_its_examples(log):
    log.add(board.tag(log.state, "ana", ["e0"], "dark"))
    log.add(board.delete(log.state, "ana", "dark"))
    assert "e0" in columns(log.state)[""]
    with pytest.raises(NotFound):
        board.tag(log.state, "ana", ["e0"], "dark")


def test_collecting_again_changes_nothing_that_is_there(log):
    log.add(board.tag(log.state, "ana", ["e0"], "dark"))
    again = board.collect(log.state, "bo", [{"key": "e0", "row": 99}, {"key": "e9", "row": 9}])
    assert {c.object for c in again.changes} == {"example/e9"}


def test_undo_takes_back_the_persons_own_last_event_and_then_the_one_before(log):
    log.add(board.tag(log.state, "ana", ["e0"], "dark"))
    log.add(board.tag(log.state, "bo", ["e1"], "dark"))
    log.add(board.tag(log.state, "ana", ["e2"], "dark"))
    log.add(undo(log.state, log.events, "ana"))
    log.add(undo(log.state, log.events, "ana"))
    assert columns(log.state)["Too dark"] == {"e1"}


def test_undo_refuses_what_somebody_changed_since(log):
    tagged = log.add(board.tag(log.state, "ana", ["e0"], "dark"))
    log.add(board.tag(log.state, "bo", ["e0"], "cut"))
    with pytest.raises(Conflict):
        undo(log.state, log.events, "ana", tagged.number)


def test_nothing_to_undo_is_said(log):
    with pytest.raises(NotFound):
        undo(log.state, log.events, "nobody")


def test_a_write_decided_on_an_older_state_is_refused(log):
    seen = {"example/e0": log.state.version("example/e0")}
    log.add(board.tag(log.state, "bo", ["e0"], "cut"))
    with pytest.raises(Conflict):
        check_versions(log.state, seen)
    check_versions(log.state, {"example/e1": log.state.version("example/e1")})


def test_an_event_that_contradicts_the_state_changes_nothing(log):
    event = board.tag(log.state, "ana", ["e0", "e1"], "dark")
    log.add(board.tag(log.state, "bo", ["e1"], "cut"))
    with pytest.raises(Conflict):
        apply(log.state, event)
    assert log.state.get("example/e0", "category") is None


def test_priority_by_hand_needs_a_reason(log):
    with pytest.raises(ValueError, match="reason"):
        board.edit(log.state, "ana", "dark", priority=1)
    log.add(board.edit(log.state, "ana", "dark", priority=1, priority_reason="a customer waits"))
    assert log.state.get("category/dark", "priority") == 1


def test_blind_tags_do_not_show_on_the_board(log):
    log.add(board.tag_blind(log.state, "ana", "round1", "e0", "dark"))
    assert "e0" in columns(log.state)[""]


steps = st.lists(
    st.tuples(
        st.sampled_from(["tag", "untag", "merge", "delete", "undo"]),
        st.sampled_from(["e0", "e1", "e2"]),
        st.sampled_from(["dark", "cut"]),
        st.sampled_from(["ana", "bo"]),
    ),
    max_size=25,
)


@given(steps)
def test_the_state_rebuilt_from_the_log_is_the_state_that_was_seen(steps):
    log = Log()
    log.add(board.collect(log.state, "ana", [{"key": f"e{i}", "row": i} for i in range(3)]))
    log.add(board.create(log.state, "ana", "dark", "Too dark"))
    log.add(board.create(log.state, "ana", "cut", "Cut off"))
    for kind, key, category, who in steps:
        try:
            log.add(
                {
                    "tag": lambda k=key, c=category, w=who: board.tag(log.state, w, [k], c),
                    "untag": lambda k=key, w=who: board.tag(log.state, w, [k], None),
                    "merge": lambda c=category, w=who: board.merge(log.state, w, [c], "dark"),
                    "delete": lambda c=category, w=who: board.delete(log.state, w, c),
                    "undo": lambda w=who: undo(log.state, log.events, w),
                }[kind]()
            )
        except (Conflict, NotFound):
            continue
    again = rebuild(log.events)
    assert (again.objects, again.versions, again.undone) == (log.state.objects, log.state.versions, log.state.undone)
