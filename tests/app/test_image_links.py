"""From a row, wherever it is shown, to the page that explains its picture, and back from its address."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from app import access, boards, loading
from app.components.explain import store as explain_store
from app.components.images import linking
from app.components.queue import pad
from app.components.queue.collect import named
from diagnostics.catalogue.collecting import collect_rows
from diagnostics.slices.notation import to_text
from diagnostics.types import Condition
from tests.app.conftest import draw, texts
from tests.support import images

pytest.importorskip("onnxruntime")
pytestmark = pytest.mark.usefixtures("patient")

LABEL = "Where the model looked ›"


@pytest.fixture
def uploaded(store):
    return store(images.files())


def entry(project):
    return loading.prediction_sets(project)[0]


def links(page):
    return [link.proto for link in page.get("page_link") if link.proto.label == LABEL]


def flat_model():
    """A model of seven numbers in a row."""
    from onnx import TensorProto, helper

    graph = helper.make_graph(
        [helper.make_node("Relu", ["x"], ["y"])], "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 7])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 7])],
    )  # fmt: skip
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return made.SerializeToString()


def test_the_story_of_a_row_leads_to_its_picture_and_the_address_restores_it(uploaded):
    (link,) = links(draw("losses", project=uploaded, row="8"))
    asked = {name: values[0] for name, values in parse_qs(link.query_string).items()}
    assert (asked["picture"], asked["look"], asked["predictions"]) == ("7", "one", entry(uploaded).id)
    page = draw("images", **asked)
    (box,) = [box for box in page.selectbox if box.label == "Row"]
    assert box.value == "7"
    assert "**Row 8: truth " in texts(page).replace("\\", "")
    assert "Check: hide it" in texts(page)


@pytest.mark.parametrize("left_out", ["model.onnx", "pictures.zip"])
def test_there_is_no_link_where_the_page_has_nothing_to_show(store, left_out):
    given = {name: content for name, content in images.files().items() if name != left_out}
    assert not links(draw("losses", project=store(given), row="8"))


def test_a_model_of_tables_is_no_reason_for_a_link_and_a_picture_model_beside_it_is(store):
    given = images.files()
    flat = {**given, "model.onnx": flat_model()}
    assert not links(draw("losses", project=store(flat), row="8"))
    project = store({**flat, "cnn.onnx": given["model.onnx"]}, "Both")
    assert len(links(draw("losses", project=project, row="8"))) == 1
    page = draw("images", project=project)
    assert "Check: hide it" in texts(page)
    assert "Model" not in [box.label for box in page.selectbox]


def test_a_row_without_an_uploaded_picture_has_no_link(store):
    given = images.files()
    given["predictions.csv"] += b"\np99,photos/nowhere.png,disc,disc,left"
    page = draw("losses", project=store(given), row="13")
    assert "Row 13" in texts(page)
    assert not links(page)


def test_a_row_beyond_those_looked_at_is_shown_all_the_same(store, monkeypatch):
    from diagnostics.explanations.images import examples

    # Other content than elsewhere: which rows are looked at is remembered by content.
    uploaded = store(images.files(seed=77))
    monkeypatch.setitem(examples.examples.__kwdefaults__, "limit", 3)
    page = draw("images", project=uploaded, picture="7")
    (box,) = [box for box in page.selectbox if box.label == "Row"]
    assert (box.value, len(box.options)) == ("7", 4)


def test_a_row_outside_the_slice_is_said_to_be(uploaded):
    left = to_text([Condition(column="side", op="==", value="left")])
    page = draw("images", project=uploaded, slice=left, picture="2")
    assert "The link names a row that is not shown here" in texts(page)
    assert "Check: hide it" in texts(page)
    assert "The link names a row" not in texts(draw("images", project=uploaded, slice=left, picture="3"))


@pytest.mark.parametrize("bad", ["-1", "x", "99999999999999999999", "7; DROP"])
def test_an_address_that_names_no_row_is_said_to_and_harms_nothing(uploaded, bad):
    page = draw("images", project=uploaded, picture=bad)
    assert "The link names a row that is not shown here" in texts(page)
    assert "Check: hide it" in texts(page)


def test_the_queue_knows_the_way_for_each_example(uploaded, monkeypatch):
    found = entry(uploaded)
    errors = boards.errors(loading.predictions(found))
    view = boards.create(found)
    boards.write(
        uploaded, view.entry.id, lambda now, who: collect_rows(now, who, errors, [0], "filter", set=named(found))
    )
    seen = []
    monkeypatch.setattr(pad, "_component", lambda *, data, **_: seen.append(data))
    draw("queue", project=uploaded, predictions=found.id)
    # What a model takes may be known only after a look or two; the pad asks again every two seconds.
    explain_store.jobs().get(f"describe-{model(uploaded).digest}").wait(120.0)
    draw("queue", project=uploaded, predictions=found.id)
    told = json.loads(seen[-1])
    assert [card["row"] for card in told["cards"].values()] == [0]
    where = urlsplit(told["explain"] + "0")
    assert where.path == "/images"
    assert parse_qs(where.query)["picture"] == ["0"]


def model(project):
    return explain_store.of_kinds(project, ("onnx",))[0]


def test_guests_see_one_page_and_no_link(uploaded, monkeypatch):
    found = entry(uploaded)
    draw("losses", project=uploaded, row="8")
    assert linking.address(found)
    monkeypatch.setattr(access, "guest", lambda: object())
    assert linking.address(found) == ""
