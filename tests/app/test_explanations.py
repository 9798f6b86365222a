"""The explanations page with a model, with uploaded values and with a stand-in."""

import threading

import pytest

from app import loading
from app.components.explain import overall
from app.components.explain import store as explain_store
from diagnostics.explanations import explaining
from tests.app.conftest import draw, texts
from tests.app.test_curves import charts
from tests.support import explained

pytestmark = pytest.mark.usefixtures("patient")


@pytest.fixture
def with_model(home):
    pytest.importorskip("lightgbm")
    project = loading.create_project("Mine")
    stored, refused = loading.add_files(project.id, explained.files().items())
    assert not refused
    loading.ingest(project.id, stored)
    return project.id


def test_a_model_is_checked_and_explained(with_model):
    page = draw("explanations", project=with_model)
    said = texts(page)
    assert "agrees with the file's own predictions in 100" in said
    assert "tree SHAP of the model's own library" in said
    assert "Additivity gap" in said
    alts = [data["alt"] for _, data in charts(page)]
    assert any(alt.startswith("Features by mean absolute contribution, largest first: age") for alt in alts)
    assert any(alt.startswith("Waterfall of row 0") for alt in alts)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("row", "LIME beside SHAP"),
        ("feature", "If only this feature changed"),
        ("errors", "Which features the loss hangs on"),
        ("compare", "Rank agreement, SHAP with model's own"),
        ("tree", "n counts the rows of this file"),
    ],
)
def test_every_part_is_drawn(with_model, part, expected):
    page = draw("explanations", project=with_model, part=part, explained_row="3")
    assert expected in texts(page)
    assert charts(page)
    assert not page.error


def test_the_first_rows_are_drawn_before_the_rest_and_the_work_survives_the_page(with_model, monkeypatch):
    monkeypatch.setattr(explain_store, "PATIENCE", 0.0)
    monkeypatch.setattr(explain_store, "SOON", -1.0)
    explain_store.jobs.cache_clear()
    first, rest, whole = threading.Event(), threading.Event(), explaining._by_trees

    def in_two_steps(*given):
        for part in whole(*given):
            yield part
            first.set()
            assert rest.wait(60)

    monkeypatch.setattr(explaining, "_by_trees", in_two_steps)
    try:
        draw("explanations", project=with_model)
        for job in explain_store.jobs()._jobs.values():
            job.wait(60)  # the model is described
        draw("explanations", project=with_model)
        assert first.wait(60)
        page = draw("explanations", project=with_model)
        assert "Rows **200 / 300**" in texts(page) and page.get("progress")
        assert any(button.label == "Cancel" for button in page.button)
        assert any(data["alt"].startswith("Waterfall of row 0") for _, data in charts(page))
    finally:
        rest.set()
    for job in explain_store.jobs()._jobs.values():
        job.wait(60)
    page = draw("explanations", project=with_model)
    assert "Rows **300**" in texts(page) and not page.get("progress")
    explain_store.jobs.cache_clear()


def test_the_rest_is_waited_for_where_it_is_near(with_model, monkeypatch):
    monkeypatch.setattr(explain_store, "SOON", 120.0)
    explain_store.jobs.cache_clear()
    drawn, whole, bars = threading.Event(), explaining._by_trees, overall.figures.importance

    def in_two_steps(*given):
        for part in whole(*given):
            yield part
            assert drawn.wait(60)

    def noticed(*given, **said):
        drawn.set()
        return bars(*given, **said)

    monkeypatch.setattr(explaining, "_by_trees", in_two_steps)
    monkeypatch.setattr(overall.figures, "importance", noticed)
    page = draw("explanations", project=with_model)
    assert drawn.is_set() and "Rows **300**" in texts(page)
    assert not any(button.label == "Cancel" for button in page.button)
    assert not any("The other rows follow" in caption.value for caption in page.caption)
    explain_store.jobs.cache_clear()


def test_a_tree_of_the_model_is_chosen_by_number_and_leads_to_the_leaf_of_the_row(with_model):
    import lightgbm

    matrix, _ = explained.table()
    model = lightgbm.Booster(model_str=explained.files()["model.txt"].decode())
    page = draw("explanations", project=with_model, part="tree", tree_number="7", explained_row="3", depth="6")
    leaf = model.predict(matrix[[3]], start_iteration=6, num_iteration=1, raw_score=True)[0]
    assert f"**{leaf:.4g}**".replace("-", "") in texts(page).replace("\\", "").replace("−", "").replace("-", "")
    stand_in = draw("explanations", project=with_model, part="tree", tree_of="stand_in")
    assert "fidelity of the stand" in texts(stand_in)


def test_the_active_slice_narrows_every_part_and_is_compared_with_the_rest(with_model):
    matrix, _ = explained.table()
    red = int((matrix[:, -1] == 2).sum())
    page = draw("explanations", project=with_model, slice='[["colour","==","red"]]')
    said = texts(page)
    assert f"Rows **{red}**" in said and f"in 100% of {red} rows" in said
    first = int((matrix[:, -1] == 2).nonzero()[0][0])
    assert any(data["alt"].startswith(f"Waterfall of row {first}") for _, data in charts(page))
    errors = texts(draw("explanations", project=with_model, part="errors", slice='[["colour","==","red"]]'))
    assert "Largest shift of importance" in errors
    assert f"n = {red}" in errors and f"n = {300 - red}" in errors
    nothing = draw("explanations", project=with_model, slice='[["age",">",99]]')
    assert "No row lies in the active slice" in nothing.info[0].value


def test_a_stand_in_says_how_far_it_is_to_be_trusted(store):
    project = store({"predictions.csv": explained.files(200)["predictions.csv"]})
    said = texts(draw("explanations", project=project)).replace("\\", "")
    assert "Held-out fidelity of the stand-in" in said
    assert "permutation sampling on a stand-in" in said


def test_the_demo_has_a_model_that_belongs_to_one_of_its_sets(demo):
    pytest.importorskip("lightgbm")
    page = draw("explanations", project="demo")
    (way,) = [link.proto for link in page.get("page_link") if "came with a model" in link.proto.label]
    assert "source=model" in way.query_string  # whatever this session explained from before
    sets = loading.prediction_sets("demo")
    boosted = next(entry.id for entry in sets if "boosted" in loading.predictions(entry).source.name)
    said = texts(draw("explanations", project="demo", predictions=boosted))
    assert "agrees with the file's own predictions in 100" in said
    assert "tree SHAP of the model's own library" in said
    other = next(entry.id for entry in sets if "rare" in loading.predictions(entry).source.name)
    assert "Held" in texts(draw("explanations", project="demo", predictions=other))


def test_uploaded_values_get_the_same_page(with_model):
    import lightgbm
    import numpy as np

    matrix, _ = explained.table()
    model = lightgbm.Booster(model_str=explained.files()["model.txt"].decode())
    values = np.asarray(model.predict(matrix, pred_contrib=True))
    lines = [",".join([*(f"shap_{n}" for n in (*explained.FEATURES, "colour")), "base_value"])]
    lines += [",".join(repr(float(v)) for v in row) for row in values]
    loading.add_files(with_model, [("shap.csv", "\n".join(lines).encode())])
    page = draw("explanations", project=with_model, source="values")
    assert "values from an uploaded file" in texts(page)
    assert any(data["alt"].startswith("Waterfall of row 0") for _, data in charts(page))
    wrong = [lines[0], *(",".join(repr(float(v) * 1.2) for v in row) for row in values)]
    loading.add_files(with_model, [("wrong_shap.csv", "\n".join(wrong).encode())])
    chosen = next(u.id for u in loading.uploads(with_model) if u.name == "wrong_shap.csv")
    refused = draw("explanations", project=with_model, source="values", values=chosen)
    assert "do not add up" in texts(refused)
    assert not charts(refused)


def test_a_model_of_other_predictions_is_named_as_such(home):
    pytest.importorskip("lightgbm")
    matrix, target = explained.table()
    other = explained.lightgbm_model(matrix, 1 - target)
    project = loading.create_project("Mine")
    files = {**explained.files(), "model.txt": other.model_to_string().encode()}
    stored, _ = loading.add_files(project.id, files.items())
    loading.ingest(project.id, stored)
    assert "not the answers in the file" in texts(draw("explanations", project=project.id))


def test_a_pickle_is_refused_with_the_lines_that_export_it(store):
    import pickle

    project = store({"predictions.csv": explained.files(100)["predictions.csv"]})
    loading.add_files(project, [("model.pkl", pickle.dumps({"a": [1]}))])
    page = draw("explanations", project=project)
    assert any("Python pickle" in box.label for box in page.expander)
    assert any("to_onnx" in block.value for block in page.code)


def test_pages_import_no_explainer_before_it_is_needed():
    import subprocess
    import sys

    code = (
        "import app.views.explanations, app.views.structure, sys;"
        "print([m for m in ('shap', 'lime', 'sklearn', 'onnx', 'lightgbm') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_structure_of_a_printed_summary(store):
    text = "\n".join(
        [
            "----------------------------------------------------------------",
            "        Layer (type)               Output Shape         Param #",
            "            Conv2d-1           [-1, 64, 24, 24]           1,664",
            "              ReLU-2           [-1, 64, 24, 24]               0",
            "            Linear-3                   [-1, 10]           5,130",
        ]
    )
    project = store({"summary.txt": text.encode()})
    page = draw("structure", project=project)
    assert "6,794" in texts(page)
    assert page.dataframe[0].value["Parameters"].tolist() == [1664, 0, 5130]
