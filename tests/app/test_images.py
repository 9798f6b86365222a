"""The page about pictures: what is missing, the map, its flags, the sheet, the channels, links that restore."""

import io
import re
import tarfile
import zipfile
from types import SimpleNamespace

import pytest

from app import boards, loading
from app.components.explain import store as explain_store
from app.components.files import uploads
from app.components.queue.collect import named
from diagnostics.catalogue.board import create, tag
from diagnostics.catalogue.collecting import collect_rows
from diagnostics.explanations.images import occlusion
from tests.app.conftest import draw, texts
from tests.support import explained, images, planted

pytest.importorskip("onnxruntime")
pytestmark = pytest.mark.usefixtures("patient")


@pytest.fixture
def uploaded(store):
    return store(images.files())


def pictures(page):
    return [block.proto for block in page.get("image")]


def options(page, label):
    return next(box for box in page.selectbox if box.label == label).options


def test_an_empty_project_says_what_is_needed_and_offers_the_demo(home):
    page = draw("images")
    said = texts(page)
    assert "**A model**" in said and "**The pictures**" in said and "**A prediction file**" in said
    assert "Open the demo project" in [button.label for button in page.button]


@pytest.mark.parametrize(
    ("left_out", "asked"),
    [("model.onnx", "**A model**"), ("pictures.zip", "**The pictures**"), ("predictions.csv", "**A prediction file**")],
)
def test_what_is_missing_is_named(store, left_out, asked):
    given = {name: content for name, content in images.files().items() if name != left_out}
    assert asked in texts(draw("images", project=store(given)))


@pytest.mark.parametrize(("page", "hint"), [("images", "Drop a model, pictures"), ("files", "Drop run logs")])
def test_the_place_to_drop_files_says_what_its_page_waits_for(page, hint, home, monkeypatch):
    drawn = []
    monkeypatch.setattr(uploads.runtime, "has_routes", lambda: True)
    monkeypatch.setattr(
        uploads, "_component", lambda **given: drawn.extend(given["data"]) or SimpleNamespace(finished=None)
    )
    draw(page)
    assert [one["texts"]["hint"].startswith(hint) for one in drawn] == [True]


def test_pictures_in_a_tar_archive_are_as_good_as_in_a_zip(store):
    given = images.files()
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(given.pop("pictures.zip"))) as source, tarfile.open(None, "w:gz", stream) as target:
        for name in source.namelist():
            entry = tarfile.TarInfo(name)
            entry.size = source.getinfo(name).file_size
            target.addfile(entry, io.BytesIO(source.read(name)))
    page = draw("images", project=store({**given, "pictures.tar.gz": stream.getvalue()}))
    assert "**The pictures**" not in texts(page) and pictures(page)


def test_a_model_without_a_picture_input_says_what_it_takes(store):
    from onnx import TensorProto, helper

    graph = helper.make_graph(
        [helper.make_node("Relu", ["x"], ["y"])], "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 7])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 7])],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    project = store({**images.files(), "model.onnx": model.SerializeToString()})
    page = draw("images", project=project)
    assert "does not take one picture: its inputs are x ? × 7" in texts(page).replace("\\", "")
    assert "Models of tables are explained on their own page ›" in [link.proto.label for link in page.get("page_link")]


def test_one_picture_is_explained_and_checked(uploaded):
    page = draw("images", project=uploaded)
    said = texts(page)
    assert "the same class as the file in 100% of 12 pictures" in said
    assert "Check: hide it" in said
    assert "Hiding the hottest place costs more than any other place tried" in said
    assert len(pictures(page)) == 3
    assert options(page, "Row")[0].startswith("Row 1: ◆ truth ")
    assert options(page, "Layer")[-1].startswith("relu3 · Relu · 16 × 8 × 8")


@pytest.mark.parametrize("method", ["score_cam", "eigen_cam", "occlusion"])
def test_every_method_draws_and_says_what_its_colours_mean(uploaded, method):
    page = draw("images", project=uploaded, cam=method, layer="relu2_out", picture="4")
    assert "From nothing to the hottest place of this picture" in texts(page)
    assert not page.warning


def test_a_link_restores_row_method_layer_class_and_part(uploaded):
    page = draw(
        "images", project=uploaded, cam="eigen_cam", layer="conv2_out", cam_class="2", picture="7", opacity="0.3"
    )
    assert page.session_state["cam"] == "eigen_cam"
    assert page.session_state["layer"] == "conv2_out"
    assert page.session_state["picture"] == "7"
    assert page.slider[0].value == 0.3
    assert page.query_params["picture"] in ("7", ["7"])


def test_grad_cam_without_the_extra_says_what_to_install(uploaded, monkeypatch):
    from diagnostics.explanations.images import network

    monkeypatch.setattr(network, "has_gradients", lambda: False)
    page = draw("images", project=uploaded, cam="grad_cam")
    assert "Install Run Clinic with the extra: vision" in texts(page).replace("\\", "")
    assert len(pictures(page)) == 1


def test_a_map_that_means_nothing_is_told_and_not_drawn(store):
    """A picture without any pattern on a network whose weights are zero."""
    import numpy as np
    import onnx
    from onnx import numpy_helper

    model = onnx.load_model_from_string(planted.FILE.read_bytes())
    for tensor in model.graph.initializer:
        tensor.CopyFrom(numpy_helper.from_array(np.zeros_like(numpy_helper.to_array(tensor)), tensor.name))
    project = store({**images.files(), "model.onnx": model.SerializeToString()})
    page = draw("images", project=project)
    assert "No map: it is zero everywhere" in texts(page)
    assert "Check: hide it" not in texts(page)


def test_another_model_s_answers_are_named_as_such(store):
    given = images.files(wrong=0)
    lines = given["predictions.csv"].decode().splitlines()
    turned = {name: planted.CLASSES[(place + 1) % 3] for place, name in enumerate(planted.CLASSES)}
    swapped = [lines[0]]
    for line in lines[1:]:
        cells = line.split(",")
        swapped.append(",".join([*cells[:3], turned[cells[3]], *cells[4:]]))
    project = store({**given, "predictions.csv": "\n".join(swapped).encode()})
    assert "not the answers in the file" in texts(draw("images", project=project))


def test_the_sheet_shows_errors_of_the_active_slice_and_board_categories(uploaded):
    page = draw("images", project=uploaded, look="sheet")
    assert "2 of 2 pictures, evenly spread" in texts(page)
    narrowed = draw("images", project=uploaded, look="sheet", sheet="all", slice='[["side","==","left"]]')
    assert "6 of 6 pictures, evenly spread" in texts(narrowed)
    (entry,) = loading.prediction_sets(uploaded)
    board = boards.create(entry)
    errors = boards.errors(loading.predictions(entry))
    found = boards.write(
        uploaded, board.entry.id, lambda state, who: collect_rows(state, who, errors, [0], "filter", set=named(entry))
    )
    keys = list(boards.rows(found.state))
    boards.write(uploaded, board.entry.id, lambda state, who: create(state, who, "odd", "Odd labels"))
    boards.write(uploaded, board.entry.id, lambda state, who: tag(state, who, keys, "odd"))
    tagged = draw("images", project=uploaded, look="sheet", sheet="board-odd")
    assert "Board: Odd labels" in options(tagged, "Pictures of")
    assert "1 of 1 picture, evenly spread" in texts(tagged)


def test_a_tile_opens_its_picture(uploaded):
    page = draw("images", project=uploaded, look="sheet", sheet="all")
    page.button("tile-5").click().run()
    assert page.session_state["look"] == "one"
    assert page.session_state["picture"] == "5"


def test_feature_maps_are_listed_by_energy(uploaded):
    page = draw("images", project=uploaded, look="channels", layer="relu1_out")
    shares = [float(share) for share in re.findall(r"channel \d+ · ([\d.]+)%", texts(page).replace("\\", ""))]
    assert shares == sorted(shares, reverse=True)
    assert len(shares) == len(pictures(page)) == 8


def test_the_input_can_be_changed_and_is_kept(uploaded):
    page = draw("images", project=uploaded)
    next(box for box in page.selectbox if box.label == "Scaling").set_value("signed")
    next(button for button in page.button if button.label == "Use this input").click().run()
    assert "pixels from −1 to 1" in texts(page)
    assert "pixels from −1 to 1" in texts(draw("images", project=uploaded))


def test_classes_in_another_order_can_be_put_right(store):
    """The model's columns are across, down, squares; the file calls them c, a, b."""
    given = images.files(wrong=0)
    text = given["predictions.csv"].decode()
    for name, other in zip(planted.CLASSES, "cab", strict=True):
        text = text.replace(f",{name}", f",{other}")
    project = store({**given, "predictions.csv": text.encode()})
    page = draw("images", project=project)
    assert "not the answers in the file" in texts(page)
    assert "100% would agree: c, a, b" in texts(page).replace("\\", "")
    field = next(box for box in page.text_input if box.label == "Classes in the model's order")
    assert field.value == "a, b, c"
    field.set_value("c, a")
    next(button for button in page.button if button.label == "Use this input").click().run()
    assert "These are not the classes of the file" in texts(page)
    next(box for box in page.text_input if box.label == "Classes in the model's order").set_value("c, a, b")
    next(button for button in page.button if button.label == "Use this input").click().run()
    assert "the same class as the file in 100% of 12 pictures" in texts(page)
    assert next(box for box in page.text_input if box.label == "Classes in the model's order").value == "c, a, b"


def test_a_broken_picture_is_said_to_be_one(store):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for place in range(12):
            made.writestr(f"photos/{place}.png", b"<svg onload=alert(1)>")
    project = store({**images.files(), "pictures.zip": out.getvalue()})
    assert "can be decoded" in texts(draw("images", project=project))


def test_a_table_model_does_not_stand_in_the_way(store):
    pytest.importorskip("lightgbm")
    project = store({**images.files(), "model.txt": explained.files(60)["model.txt"]})
    assert "Check: hide it" in texts(draw("images", project=project))


def test_a_picture_model_does_not_stand_in_the_way_of_tables(demo):
    said = texts(draw("explanations", project="demo")).replace("\\", "")
    assert "not rows of a table" not in said
    assert "Held-out fidelity of the stand-in" in said


def test_the_demo_network_looks_at_the_stamp(demo):
    page = draw("images", project="demo")
    said = texts(page)
    assert "digits\\-cnn / predictions" in said
    assert "the same class as the file in 100% of 48 pictures" in said
    assert "Hiding the hottest place costs more than any other place tried" in said


def numbers(page):
    return {box.label: box for box in page.number_input if box.label in ("Patch (px)", "Stride (px)")}


def test_occlusion_takes_patch_and_stride_within_bounds_and_tells_what_it_costs(uploaded):
    page = draw("images", project=uploaded, cam="occlusion")
    boxes = numbers(page)
    side = planted.pictures(1, 31)[0].shape[1]
    usual = occlusion.plan(side, side)
    assert (boxes["Patch (px)"].value, boxes["Stride (px)"].value) == (usual.patch, usual.stride)
    assert (boxes["Patch (px)"].max, boxes["Stride (px)"].max) == (side, usual.patch)
    assert f"the model is asked {usual.places} times, about " in texts(page)
    assert "patch" not in page.query_params
    boxes["Patch (px)"].set_value(16).run()
    boxes = numbers(page)
    assert boxes["Stride (px)"].max == 16
    boxes["Stride (px)"].set_value(16).run()
    places = occlusion.plan(side, side, 16, 16).places
    assert f"is asked {places} times" in texts(page)
    assert (page.query_params["patch"], page.query_params["stride"]) == ("16", "16")
    assert "Check: hide it" in texts(page)
    assert not page.exception


def test_a_link_restores_patch_and_stride_and_other_methods_have_none(uploaded):
    page = draw("images", project=uploaded, cam="occlusion", patch="6", stride="5")
    assert [box.value for box in numbers(page).values()] == [6, 5]
    assert not numbers(draw("images", project=uploaded, cam="score_cam", patch="6"))
    for bad in ("0", "-3", "x", "1e9"):
        page = draw("images", project=uploaded, cam="occlusion", patch=bad, stride=bad)
        assert "Check: hide it" in texts(page)


def test_a_sheet_tells_what_all_of_its_pictures_cost(uploaded):
    page = draw("images", project=uploaded, cam="occlusion", look="sheet", sheet="all")
    assert "times a picture, about " in texts(page)
    assert " s for 12 pictures" in texts(page)


def test_work_that_a_turned_knob_left_behind_is_stopped(uploaded, monkeypatch):
    from diagnostics.explanations.images import work

    begun, held = [], work.explain_pictures

    def slow(job, model, pictures, chosen, way, numbers_):
        begun.append((job, way.patch))
        job.tell(0, 1)
        if way.patch == 6:
            job.stop.wait(60)
            job.tell(0, 1)
        return held(job, model, pictures, chosen, way, numbers_)

    page = draw("images", project=uploaded, cam="occlusion")
    with monkeypatch.context() as patched:
        patched.setattr(work, "explain_pictures", slow)
        patched.setattr(explain_store, "PATIENCE", 0.2)
        numbers(page)["Patch (px)"].set_value(6).run()
        numbers(page)["Patch (px)"].set_value(8).run()
    (first,) = [job for job, patch in begun if patch == 6]
    assert first.wait(60)
    assert first.cancelled
