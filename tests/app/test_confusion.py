import json

import pytest

from app import loading
from tests.app import prediction_files
from tests.app.conftest import draw, texts
from tests.app.test_curves import charts

ROWS = (
    [("cat", "cat")] * 40 + [("cat", "dog")] * 20 + [("dog", "dog")] * 30 + [("dog", "cat")] * 3 + [("emu", "cat")] * 4
)


def table(rows=ROWS):
    return "\n".join(["id,label,prediction", *(f"{i},{a},{b}" for i, (a, b) in enumerate(rows))]).encode()


def test_an_empty_project_says_what_to_do(home):
    loading.create_project("Mine")
    assert "No prediction file in this project yet" in texts(draw("confusion"))


def test_matrix_mistakes_and_classes(store):
    page = draw("confusion", project=store({"predictions.csv": table()}))
    figure, data = charts(page)[0]
    assert figure["layout"]["xaxis"]["ticktext"] == ["cat", "dog", "emu"]
    assert "20 rows of cat answered dog" in data["alt"]
    mistakes, classes = page.dataframe[0].value, page.dataframe[1].value
    assert mistakes.iloc[0].tolist()[:2] == ["cat → dog", 20]
    assert classes["Class"].tolist() == ["emu", "cat", "dog"]
    assert classes["Recall"].tolist() == pytest.approx([0, 0.667, 0.909])
    assert classes["Precision"].isna().tolist() == [True, False, False]
    assert classes["Precision, 95 %"][0] == "– (never predicted)"


def test_classes_with_few_rows_are_named_as_such(store):
    page = draw("confusion", project=store({"predictions.csv": table()}))
    assert "1 of 3 classes have fewer than 30 true rows" in texts(page)


def test_a_cell_leads_to_its_rows(store):
    project = store({"predictions.csv": table()})
    page = draw("confusion", project=project)
    entry = loading.prediction_sets(project)[0]
    page.session_state[f"rc_{project}_cell-{entry.digest[:12]}"] = ("cat", "dog")
    page.run()
    assert not page.exception
    shown = page.dataframe[1].value
    assert set(shown["label"]) == {"cat"}
    assert set(shown["prediction"]) == {"dog"}
    assert len(shown) == 20
    assert "**Truth cat, predicted dog**" in texts(page)


def test_a_link_restores_how_the_matrix_is_read(store):
    project = store({"predictions.csv": table()})
    figure, _ = charts(draw("confusion", project=project, share="counts", order="recall"))[0]
    assert figure["layout"]["xaxis"]["ticktext"] == ["emu", "cat", "dog"]
    assert figure["layout"]["coloraxis"]["cmax"] == 20


def test_many_classes_open_with_those_that_are_mixed_up_most(store):
    rows = [(f"class {i:03d}", f"class {i:03d}") for i in range(60) for _ in range(5)]
    rows += [("class 007", "class 041")] * 9
    project = store({"predictions.csv": table(rows)})
    figure, _ = charts(draw("confusion", project=project))[0]
    assert figure["layout"]["xaxis"]["ticktext"] == ["class 007", "class 041"]
    whole, _ = charts(draw("confusion", project=project, whole="true"))[0]
    assert len(whole["layout"]["xaxis"]["ticktext"]) == 60


def test_a_regression_says_where_to_look(store):
    page = draw("confusion", project=store({"p.csv": prediction_files.regression()}))
    assert "The page Regression shows it" in texts(page)
    assert not charts(page)


def test_the_demo_set_is_told(demo):
    entry = next(entry for entry in loading.prediction_sets("demo") if entry.task != "regression")
    page = draw("confusion", project="demo", predictions=entry.id)
    assert "Accuracy" in texts(page)
    assert json.dumps(charts(page)[0][0]["layout"]["coloraxis"])


def test_hostile_names_stay_letters(store):
    rows = [("<img src=x>", "**b**"), ("**b**", "**b**"), ("<img src=x>", "<img src=x>")] * 10
    page = draw("confusion", project=store({"predictions.csv": table(rows)}))
    assert "<img" not in json.dumps(charts(page)[0][0])


def test_portuguese(store):
    page = draw("confusion", project=store({"predictions.csv": table()}), lang="pt")
    assert charts(page)[0][0]["layout"]["separators"] == ",."


def test_a_project_with_a_broken_file_still_draws_the_rest(home):
    made = loading.create_project("Mine")
    stored, _ = loading.add_files(made.id, {"predictions.csv": table(), "bad.csv": b"\x00\x01\x02"}.items())
    loading.ingest(made.id, stored)
    page = draw("confusion", project=made.id)
    assert charts(page) and not page.error


def test_only_a_broken_file_says_what_to_do(home):
    made = loading.create_project("Mine")
    stored, _ = loading.add_files(made.id, [("bad.csv", b"\x00\x01\x02")])
    loading.ingest(made.id, stored)
    assert "No prediction file in this project yet" in texts(draw("confusion", project=made.id))


def test_no_step_of_the_headings_is_left_out(demo):
    said = draw("confusion", project="demo")
    assert {"Most frequent mistakes", "Per class"} <= {header.value for header in said.header}


def mark(page, **chosen):
    for code, value in chosen.items():
        page.selectbox(f"critical-{code}").select(value).run()
        assert not page.exception
    return page


def test_a_critical_metric_and_class_are_kept_and_lead_every_list(store):
    project = store({"predictions.csv": table()})
    mark(draw("confusion", project=project, order="support"), metric="precision", **{"class": "dog"})
    assert loading.setting(project, "critical") == {"metric": "precision", "class": "dog"}
    page = draw("confusion", project=project)
    figure, _ = charts(page)[0]
    assert figure["layout"]["xaxis"]["ticktext"][0] == "dog"
    mistakes, classes = page.dataframe[0].value, page.dataframe[1].value
    assert mistakes.iloc[0].tolist()[:2] == ["cat → dog", 20]
    assert classes["Class"].tolist() == ["★ dog", "cat", "emu"]
    assert page.selectbox("class").value == "dog"
    assert "Precision of dog **0\\.6" in texts(page)
    mark(page, metric="recall")
    assert draw("confusion", project=project).dataframe[0].value.iloc[0].tolist()[:2] == ["dog → cat", 3]


def test_a_mark_of_a_class_that_a_set_does_not_have_changes_nothing(store):
    project = store({"predictions.csv": table()})
    loading.keep_setting(project, "critical", {"metric": "", "class": "yak"})
    page = draw("confusion", project=project)
    assert page.dataframe[1].value["Class"].tolist() == ["emu", "cat", "dog"]
    assert "★" not in texts(page)


def test_who_may_only_look_sees_the_mark_and_no_form(store, monkeypatch):
    from app import access

    project = store({"predictions.csv": table()})
    loading.keep_setting(project, "critical", {"metric": "recall", "class": "emu"})
    monkeypatch.setattr(access, "may", lambda action, _project="": action == access.READ)
    page = draw("confusion", project=project)
    assert "Recall of emu" in texts(page)
    assert not [box for box in page.selectbox if (box.key or "").startswith("critical-")]
