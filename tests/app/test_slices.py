"""The slices page: what is worse than chance, in any column, by any metric, between two sets; own slices by name."""

import numpy as np
import pyarrow as pa
import pytest

from app import loading
from app.components.slices import search
from diagnostics.slices.notation import to_text
from diagnostics.types import Condition, MetricValue, Slice
from tests.app.conftest import draw, texts
from tests.app.test_curves import charts

NIGHT = to_text((Condition(column="camera", op="==", value="night"),))


def table(seed: int = 1, *, weak: float = 0.5, n: int = 1500) -> bytes:
    """Answers that fail at night."""
    random = np.random.default_rng(seed)
    camera, age = random.choice(["day", "night", "dusk"], n), random.normal(40, 10, n).round(1)
    truth = random.choice(["cat", "dog"], n)
    wrong = random.random(n) < np.where(camera == "night", weak, 0.08)
    answer = np.where(wrong, np.where(truth == "cat", "dog", "cat"), truth)
    rows = zip(range(n), truth, answer, camera, age, strict=True)
    return "\n".join(["id,label,prediction,camera,age", *(",".join(map(str, row)) for row in rows)]).encode()


@pytest.fixture
def project(store):
    return store({"a.csv": table()})


def test_an_empty_project_says_what_to_do(home):
    loading.create_project("Mine")
    assert "No prediction file in this project yet" in texts(draw("slices"))


@pytest.mark.parametrize(("language", "least"), [("en", "< 0.001"), ("pt", "< 0,001")])
def test_a_tiny_p_is_told_as_a_bound_in_the_table(project, language, least):
    shown = draw("slices", project=project, lang=language).dataframe[0].proto.arrow_data.styler.display_values
    assert least in [str(cell) for cell in pa.ipc.open_stream(shown).read_all().to_pylist()[0].values()]


def test_the_planted_slice_is_found_told_and_drawn(project):
    page = draw("slices", project=project)
    said = texts(page)
    assert "survive" in said
    shown = page.dataframe[0].value
    assert shown["Slice"].tolist() == ["camera = night"]
    assert shown["Direction"].tolist() == ["▼ worse"]
    assert shown["Accuracy"][0] < 0.6
    assert 0 < shown["Adjusted p"][0] < 1e-6
    figure, data = charts(page)[0]
    assert "camera = night" in data["alt"]
    assert figure["data"][0]["marker"]["symbol"] == "triangle-down"
    assert any(shape["line"]["dash"] == "dot" for shape in figure["layout"]["shapes"])


def test_noise_is_an_answer_too(store):
    page = draw("slices", project=store({"a.csv": table(weak=0.08)}))
    assert "none is worse than chance explains" in texts(page)
    assert not page.dataframe


def test_the_demo_and_a_regression_are_searched(demo):
    for entry in loading.prediction_sets("demo"):
        page = draw("slices", project="demo", predictions=entry.id)
        assert "Tested" in texts(page) or "no column to slice by" in texts(page)
        if entry.task == "regression":
            assert page.selectbox(key="metric").value == "mae"


def test_the_active_slice_shows_errors_beside_successes(project):
    page = draw("slices", project=project, slice=NIGHT)
    errors, successes = page.dataframe[1].value, page.dataframe[2].value
    assert (errors["label"] != errors["prediction"]).all()
    assert (successes["label"] == successes["prediction"]).all()
    assert set(errors["camera"]) == set(successes["camera"]) == {"night"}
    assert "Examples of the active slice" in texts(page)


def test_ticking_a_row_and_clicking_a_dot_make_the_slice_active(monkeypatch):
    from app import state
    from app.components.slices import forest
    from app.components.slices import table as slice_table

    value = MetricValue(name="accuracy", value=0.5, n=10)
    slices = [Slice(predicate=(Condition(column="a", op="==", value=n),), n=10, metric=value, rest=value, delta=None)
              for n in range(3)]  # fmt: skip
    told = []
    monkeypatch.setattr(state, "select", lambda **changes: told.append(changes["slice"]))
    monkeypatch.setattr(forest.st, "rerun", lambda: told.append("rerun"))
    monkeypatch.setattr(state, "widget", lambda _key, _default: {"selection": {"rows": [2]}})
    slice_table._ticked("key", slices)
    forest.chosen({"x": 0.4, "y": 1}, [one.predicate for one in slices], key="key")
    forest.chosen({"x": 0.4, "y": 9}, [one.predicate for one in slices], key="key")
    assert told == ['[["a","==",2]]', '[["a","==",1]]', "rerun"]


def test_a_slice_is_saved_measured_and_removed(project):
    page = draw("slices", project=project, slice=NIGHT)
    page.text_input(key="slice_name").set_value("Dark hours").run()
    page.button(key="save_slice").click().run()
    assert not page.exception
    assert loading.setting(project, "slices") == {"Dark hours": NIGHT}
    assert "Saved as Dark hours" in texts(page)
    page = draw("slices", project=project, show="own")
    assert page.dataframe[0].value["Slice"].tolist() == ["Dark hours"]
    page.selectbox(key="drop_slice").select("Dark hours").run()
    page.button(key="drop_slice_now").click().run()
    assert loading.setting(project, "slices") == {}


def test_a_saved_slice_that_fits_no_row_is_greyed(project):
    nobody = to_text((Condition(column="age", op=">", value=1000),))
    loading.keep_setting(project, "slices", {"Nobody": nobody})
    shown = draw("slices", project=project, show="own").dataframe[0].value
    assert shown["n"].tolist() == [0]
    assert shown["Accuracy"].isna().all()


def test_a_slice_is_put_together_from_conditions(project):
    page = draw("slices", project=project, show="own")
    page.multiselect(key="draft_values_camera").set_value(["night", "dusk"]).run()
    page.button(key="draft_add").click().run()
    page.selectbox(key="draft_column").select("age").run()
    page.selectbox(key="draft_op_age").select(">=").run()
    page.number_input(key="draft_low_age").set_value(50).run()
    page.button(key="draft_add").click().run()
    page.button(key="draft_use").click().run()
    assert not page.exception
    assert "".join(page.query_params["slice"]) == '[["camera","in",["night","dusk"]],["age",">=",50]]'


def test_one_column_by_ranges_and_own_cuts(project):
    page = draw("slices", project=project, show="column", column="age")
    assert page.dataframe[0].value["n"].sum() == 1500
    assert len(page.dataframe[0].value) == 4
    page.segmented_control(key="cutting").set_value("own").run()
    page.text_input(key="cuts").set_value("30; 50; x").run()
    assert page.dataframe[0].value["Slice"].tolist() == ["age < 30", "30 ≤ age < 50", "age ≥ 50"]
    assert "x is not a number" in texts(page)


def test_two_columns_are_a_heatmap(project):
    page = draw("slices", project=project, show="cross", first="camera", second="age")
    figure, data = charts(page)[0]
    assert len(figure["data"]) == 2
    assert "12 cells" in data["alt"] or "3 by 4 cells" in data["alt"]
    assert "night" in page.dataframe[0].value["Slice"][0]


def test_small_slices_are_greyed_below_the_size_that_is_asked_for(project):
    page = draw("slices", project=project, show="column", column="camera", least="510")
    shown = page.dataframe[0].value
    small = shown["n"] < 510
    assert small.any()
    assert shown["Accuracy"].isna().tolist() == small.tolist()
    assert page.number_input(key="least").value == 510


def test_where_two_sets_differ(store):
    project = store({"a.csv": table(weak=0.08), "b.csv": table(weak=0.6)})
    sets = {entry.name: entry.id for entry in loading.prediction_sets(project)}
    page = draw("slices", project=project, show="compare", predictions=sets["b"], against=sets["a"])
    assert "Slices that lost" in texts(page)
    assert page.dataframe[0].value["Slice"].tolist() == ["camera = night"]
    assert page.dataframe[0].value["Direction"].tolist() == ["▼ worse"]


def test_one_set_alone_cannot_be_compared(project):
    assert "no other prediction set" in texts(draw("slices", project=project, show="compare"))


def test_the_tree_asks_about_the_camera_first(project):
    page = draw("slices", project=project, show="tree")
    assert page.dataframe[0].value["Slice"][0] == "camera = night"
    assert "tree of" in charts(page)[0][1]["alt"]


def test_a_running_search_shows_progress_and_can_be_stopped(project, monkeypatch):
    import threading

    gate = threading.Event()

    def slow(predictions, *_arguments, progress, cancel):
        from diagnostics.slices.counting import Cancelled

        progress(0.25)
        gate.wait(20)
        if cancel.is_set():
            raise Cancelled
        return

    monkeypatch.setattr(search, "PATIENCE", 0.05)
    monkeypatch.setattr("app.components.slices.results.survey", slow)
    page = draw("slices", project=project)
    page.button(key="stop_search").click().run()
    gate.set()
    page.run()
    assert "The search was stopped" in texts(page)
    assert page.button(key="search_again")


def test_hostile_values_stay_letters(store):
    bad = "<img src=x>**b**"
    page = draw("slices", project=store({"a.csv": table().replace(b"night", bad.encode())}))
    assert "<img" not in str(charts(page)[0][0])
    assert page.dataframe[0].value["Slice"].tolist() == [f"camera = {bad}"]


def test_portuguese(project):
    page = draw("slices", project=project, lang="pt", slice=NIGHT)
    said = texts(page)
    assert "Fatias" in said or "Subgrupos" in said
    assert charts(page)[0][0]["layout"]["separators"] == ",."
    for word in ("Slices", "survive", "Examples of", "errors", "rows of"):
        assert word not in said


def test_the_triage_leads_to_the_slice(project):
    page = draw("", project=project)
    links = [link.proto for link in page.get("page_link")]
    assert any("slices" in link.page and "camera" in link.query_string for link in links)


def test_sets_without_a_common_row_say_what_to_do(store):
    other = table().replace(b"\n", b"\nx")
    page = draw("slices", project=store({"a.csv": table(), "b.csv": other}), show="compare")
    assert "no row in common" in texts(page)
