"""The three pages about errors, drawn without a browser; acts of the browser as pure functions."""

import json

import pytest

from app import boards, loading
from app.components.board import acts, facts, feed
from diagnostics.catalogue.board import edit
from diagnostics.catalogue.collecting import design_of
from diagnostics.catalogue.events import Event, State, apply, setting
from diagnostics.exceptions import NotFound
from diagnostics.slices.notation import to_text
from diagnostics.types import Condition
from tests.app import prediction_files
from tests.app.conftest import draw, texts


def table(n=120, wrong=40, offset=0):
    """Every row has an id; the first `wrong` from `offset` on are answered wrong."""
    lines = ["id,label,prediction,camera,review"]
    for i in range(n):
        truth = ("cat", "dog", "emu")[i % 3]
        answer = "cow" if offset <= i < offset + wrong else truth
        lines.append(f"e{i},{truth},{answer},{('day', 'night')[i % 2]},some words about item {i}")
    return "\n".join(lines).encode()


@pytest.fixture
def project(store):
    return store({"predictions.csv": table()})


def entry(project, n=0):
    return loading.prediction_sets(project)[n]


def collected(page):
    page.button(key="collect").click().run()
    assert not page.exception
    return page


def create(page, name):
    page.text_input(key="new_category").set_value(name).run()
    assert not page.exception


def state_of(project, n=0):
    return boards.find(entry(project, n)).state


def test_without_predictions_the_pages_say_what_to_do(home):
    loading.create_project("Mine")
    for name in ("queue", "board", "catalogue"):
        assert "No prediction file in this project yet" in texts(draw(name))


def test_errors_are_counted_and_collected_with_their_design(project):
    page = draw("queue", project=project)
    assert "40 errors in 120 rows" in texts(page).replace("\\", "")
    collected(page)
    now = state_of(project)
    assert len(boards.rows(now)) == 40
    assert {s.name: (s.size, s.drawn) for s in design_of(now).strata} == {
        "cat": (14, 14),
        "dog": (13, 13),
        "emu": (13, 13),
    }


def test_a_category_is_made_renamed_merged_deleted_and_undone(project):
    collected(draw("queue", project=project))
    page = draw("board", project=project)
    create(page, "Dark")
    create(page, "Blurred")
    now = state_of(project)
    ids = {fields["name"]: id for id, fields in now.of("category")}
    assert set(ids) == {"Dark", "Blurred"}
    keys = list(boards.rows(now))
    made = boards.find(entry(project)).entry.id
    tag = {"n": 1, "kind": "tag", "keys": keys[:3], "category": ids["Dark"]}
    boards.write(project, made, lambda s, who: acts.event(s, who, tag))
    page = draw("board", project=project)
    page.selectbox(key="change_which").set_value(ids["Dark"]).run()
    page.selectbox(key=f"merge_{ids['Dark']}").set_value(ids["Blurred"]).run()
    assert not page.exception
    now = state_of(project)
    assert [now.get(f"example/{k}", "category") for k in keys[:3]] == [ids["Blurred"]] * 3
    page = draw("catalogue", project=project)
    page.button(key="board_undo").click().run()
    assert [state_of(project).get(f"example/{k}", "category") for k in keys[:3]] == [ids["Dark"]] * 3


def test_the_catalogue_shows_frequency_and_impact(project):
    collected(draw("queue", project=project))
    create(draw("board", project=project), "Dark")
    now = state_of(project)
    (id,) = [id for id, _ in now.of("category")]
    keys = list(boards.rows(now))
    board = boards.find(entry(project)).entry.id
    act = {"n": 1, "kind": "tag", "keys": keys[:10], "category": id}
    boards.write(project, board, lambda s, who: acts.event(s, who, act))
    boards.write(project, board, lambda s, who: acts.event(s, who, {"n": 2, "kind": "seen", "keys": keys[10:]}))
    page = draw("catalogue", project=project)
    shown = json.dumps([frame.value.to_dict() for frame in page.dataframe], default=str)
    assert "25%" in shown and "8.3%" in shown


def test_tags_find_their_rows_in_the_next_predictions(project, store):
    collected(draw("queue", project=project))
    create(draw("board", project=project), "Dark")
    now = state_of(project)
    (id,) = [id for id, _ in now.of("category")]
    board = boards.find(entry(project)).entry.id
    act = {"n": 1, "kind": "tag", "keys": list(boards.rows(now)), "category": id}
    boards.write(project, board, lambda s, who: acts.event(s, who, act))
    stored, _ = loading.add_files(project, [("later.csv", table(wrong=20, offset=28))])
    loading.ingest(project, stored)
    later = next(e for e in loading.prediction_sets(project) if boards.find(e) is None)
    page = draw("queue", project=project, predictions=later.id)
    assert "has 40 tagged examples" in texts(page)
    page.button(key=f"attach_{board}").click().run()
    assert not page.exception
    assert "Dark: was 40, now 12" in texts(page)
    after = boards.find(next(e for e in loading.prediction_sets(project) if e.id == later.id)).state
    assert len(boards.rows(after)) == 20
    assert sum(after.get(f"example/{k}", "category") is None for k in boards.rows(after)) == 8


def base():
    state = State()
    changes = setting(state, "example/a", row=1) + setting(state, "category/x", name="X")
    apply(state, Event(kind="x", who="ana", changes=tuple(changes), number=1))
    return state


@pytest.mark.parametrize(
    "act",
    [
        {},
        {"kind": "drop"},
        {"kind": "tag", "keys": "a", "category": "x"},
        {"kind": "tag", "keys": [1], "category": "x"},
        {"kind": "tag", "keys": ["a"], "category": 3},
        {"kind": "tag", "keys": ["a"] * 5001, "category": "x"},
        {"kind": "judge", "keys": ["a"], "difficulty": "funny"},
        {"kind": "new", "name": "  ", "keys": ["a"]},
    ],
)
def test_broken_acts_are_refused(act):
    with pytest.raises(ValueError):
        acts.event(base(), "ana", act)


def test_acts_on_what_is_not_there_are_refused():
    for act in ({"kind": "tag", "keys": ["b"], "category": "x"}, {"kind": "tag", "keys": ["a"], "category": "y"}):
        with pytest.raises(NotFound):
            acts.event(base(), "ana", act)


def test_a_name_that_is_sent_twice_makes_one_category(project):
    collected(draw("queue", project=project))
    page = draw("queue", project=project)
    create(page, "Dark")
    # The browser sent the name again before it had heard that the first was taken.
    page.text_input(key="new_category").set_value("dark ").run()
    assert not page.exception
    assert [fields["name"] for _, fields in state_of(project).of("category")] == ["Dark"]
    (id,) = (id for id, _ in state_of(project).of("category"))
    board = boards.find(entry(project)).entry.id
    key = next(iter(boards.rows(state_of(project))))
    boards.write(project, board, lambda now, who: acts.event(now, who, {"kind": "new", "name": "DARK", "keys": [key]}))
    assert state_of(project).get(f"example/{key}", "category") == id


def test_a_new_category_takes_the_chosen_along():
    made = acts.event(base(), "ana", {"kind": "new", "name": "Dark", "keys": ["a", "not there"]})
    assert [c.object for c in made.changes if c.field == "category"] == ["example/a"]


@pytest.fixture
def tagged(project):
    """A board with one category of ten examples; project, board, category and keys."""
    collected(draw("queue", project=project))
    create(draw("board", project=project), "Dark")
    now = state_of(project)
    (id,) = [id for id, _ in now.of("category")]
    board = boards.find(entry(project)).entry.id
    keys = list(boards.rows(now))
    act = {"n": 1, "kind": "tag", "keys": keys[:10], "category": id}
    boards.write(project, board, lambda s, who: acts.event(s, who, act))
    return project, board, id, keys


def test_everything_a_filter_holds_is_tagged_and_taken_back_at_once(tagged):
    project, board, id, keys = tagged
    page = draw("queue", project=project)
    page.selectbox(key="many_truth").set_value("dog").run()
    page.button(key="many_tag").click().run()
    assert not page.exception
    now = state_of(project)
    rows = boards.rows(now)
    wanted = {key for key in keys if rows[key] % 3 == 1}
    assert wanted <= {key for key in keys if now.get(f"example/{key}", "category") == id}
    boards.take_back(project, board)
    assert sum(state_of(project).get(f"example/{key}", "category") == id for key in keys) == 10


def test_blind_tags_leave_the_board_alone_and_give_a_kappa(tagged):
    project, board, id, keys = tagged
    page = draw("queue", project=project)
    page.toggle(key="blind").set_value(True).run()
    assert not page.exception
    for n, key in enumerate(keys[:8]):
        act = {"n": n, "kind": "blind", "session": "agreement", "keys": [key], "category": id}
        boards.write(project, board, lambda s, who, act=act: acts.event(s, who, act))
    assert sum(bool(fields.get("category")) for _, fields in state_of(project).of("example")) == 10
    assert "Both used one and the same category only" in texts(draw("catalogue", project=project)).replace("\\", "")


def test_suggestions_are_accepted_by_hand(tagged):
    project, _board, id, _keys = tagged
    page = draw("board", project=project)
    page.session_state["suggestions"] = True
    page.run()
    assert not page.exception
    before = sum(fields.get("category") == id for _, fields in state_of(project).of("example"))
    page.button(key=f"accept_{id}").click().run()
    assert sum(fields.get("category") == id for _, fields in state_of(project).of("example")) > before


def test_a_person_who_may_not_write_changes_nothing(tagged, monkeypatch):
    from app import access
    from diagnostics.exceptions import Forbidden

    project, board, _id, keys = tagged
    monkeypatch.setattr(access, "may", lambda action, _project: action == access.READ)
    for name in ("queue", "board", "catalogue"):
        draw(name, project=project)
    for write in (
        lambda: boards.take_back(project, board),
        lambda: boards.write(project, board, lambda s, who: acts.event(s, who, {"kind": "seen", "keys": keys})),
        lambda: boards.create(entry(project)),
    ):
        with pytest.raises(Forbidden):
            write()
    own = entry(project)
    monkeypatch.setattr(access, "may", lambda action, _project: False)
    with pytest.raises(Forbidden):
        boards.find(own)


def test_where_no_answer_is_simply_wrong_a_category_is_worth_its_loss(store):
    project = store({"predictions.csv": prediction_files.regression()})
    collected(draw("queue", project=project))
    create(draw("board", project=project), "Far")
    now = state_of(project)
    ((id, _fields),) = now.of("category")
    worst = sorted(boards.rows(now), key=lambda key: -now.get(f"example/{key}", "loss"))
    board = boards.find(entry(project)).entry.id
    for n, (keys, category) in enumerate(((worst[:10], id), (worst[10:], None)), start=1):
        act = {"n": n, "kind": "tag" if category else "seen", "keys": keys, "category": category}
        boards.write(project, board, lambda s, who, act=act: acts.event(s, who, act))
    errors = boards.errors(loading.predictions(entry(project)))
    (row,) = facts.rows(state_of(project), errors)
    place = dict(zip(errors.key, errors.loss, strict=True))
    # Everything was looked at: the fall is exact.
    assert row.loss.value == pytest.approx(sum(place[k] - errors.cost.good for k in worst[:10]) / errors.rows, rel=1e-4)
    assert row.loss.low == pytest.approx(row.loss.high)
    (shown,) = [frame.value for frame in draw("catalogue", project=project).dataframe[:1]]
    assert "Worth: Mean absolute error" in facts.worth(errors)
    assert facts.saved(row.loss, row.loss_share) in shown["loss"].tolist()
    assert "of the loss" in facts.impacts(state_of(project), errors)[id]


def test_the_pages_follow_the_active_slice(project):
    collected(draw("queue", project=project))
    night = to_text((Condition(column="camera", op="==", value="night"),))
    for name in ("queue", "board", "catalogue"):
        assert "20 of 40 examples on the board fall into the slice" in texts(draw(name, project=project, slice=night))
    now = state_of(project)
    rows = boards.rows(now)
    inside = frozenset(key for key, row in rows.items() if row % 2)
    fed = feed.feed(now, "t", None, fresh=True, within=inside)
    assert {example[0] for example in fed["examples"]} == inside
    assert facts.progress(now, inside)["total"] == 20
    outside = next(key for key in rows if key not in inside)
    seen = {"n": 1, "kind": "seen", "keys": [outside]}
    board = boards.find(entry(project)).entry.id
    boards.write(project, board, lambda s, who: acts.event(s, who, seen))
    assert feed.feed(state_of(project), "t", None, fresh=False, within=inside)["examples"] == []


def test_what_is_collected_inside_a_slice_counts_for_no_frequency(project):
    night = to_text((Condition(column="camera", op="==", value="night"),))
    page = draw("queue", project=project, slice=night)
    assert "20 of them in the slice" in texts(page)
    collected(page)
    now = state_of(project)
    assert all(row % 2 for row in boards.rows(now).values()) and len(boards.rows(now)) == 20
    assert design_of(now) is None


def write_cells(page, cells):
    """What the browser sends after an edit: all edits since the table has its key."""
    from streamlit.proto.WidgetStates_pb2 import WidgetState

    states = page._tree.get_widget_states()
    told = {"edited_rows": cells, "added_rows": [], "deleted_rows": []}
    states.widgets.append(WidgetState(id=page.dataframe[0].proto.id, string_value=json.dumps(told)))
    page._run(states)
    assert not page.exception
    return page


def test_a_stale_cell_is_refused_and_nothing_is_lost(tagged):
    project, board, id, _keys = tagged
    page = draw("catalogue", project=project)
    table_id = page.dataframe[0].proto.id
    boards.write(project, board, lambda now, who: edit(now, who, id, hypothesis="Broken lamp", owner="ana"))
    write_cells(page, {"0": {"hypothesis": "Too little light"}})
    assert state_of(project).get(f"category/{id}", "hypothesis") == "Broken lamp"
    assert "Somebody else changed this category first" in texts(page) and "Too little light" in texts(page)
    shown = page.dataframe[0]
    # A table of its own: in the old one the browser would go on to show what was refused.
    assert shown.proto.id != table_id
    assert shown.value[["hypothesis", "owner"]].to_numpy().tolist() == [["Broken lamp", "ana"]]
    write_cells(page, {"0": {"hypothesis": "Too little light"}})
    now = state_of(project)
    assert (now.get(f"category/{id}", "hypothesis"), now.get(f"category/{id}", "owner")) == ("Too little light", "ana")


def test_the_table_stays_while_its_own_cells_are_written(tagged):
    project, board, id, _keys = tagged
    page = draw("catalogue", project=project)
    table_id = page.dataframe[0].proto.id
    write_cells(page, {"0": {"hypothesis": "Too little light"}})
    assert page.dataframe[0].proto.id == table_id
    number = boards.find(entry(project)).entry.number
    # The browser tells the first edit again with the second; it is not written twice.
    write_cells(page, {"0": {"hypothesis": "Too little light", "action": "More lamps"}})
    assert page.dataframe[0].proto.id == table_id
    assert boards.find(entry(project)).entry.number == number + 1
    # Somebody else's word for the same cell is shown, not hidden under what was written here.
    boards.write(project, board, lambda now, who: edit(now, who, id, hypothesis="Broken lamp"))
    page.run()
    assert page.dataframe[0].proto.id != table_id
    assert page.dataframe[0].value["hypothesis"].tolist() == ["Broken lamp"]


def test_the_table_stays_when_a_column_gets_its_first_number(tagged):
    project, _board, id, _keys = tagged
    page = draw("catalogue", project=project)
    table_id = page.dataframe[0].proto.id
    assert page.dataframe[0].value["severity"].isna().all()
    write_cells(page, {"0": {"severity": 3}})
    assert state_of(project).get(f"category/{id}", "severity") == 3
    assert page.dataframe[0].value["severity"].tolist() == [3]
    assert page.dataframe[0].proto.id == table_id
