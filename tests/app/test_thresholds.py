import json

import numpy as np
import pytest

from app import loading
from tests.app import prediction_files as files
from tests.app.conftest import draw, texts
from tests.app.test_curves import charts


def names(page):
    return [data["alt"].split(" ")[0] for _, data in charts(page)]


def test_an_empty_project_says_what_to_do(home):
    loading.create_project("Mine")
    assert "No prediction file in this project yet" in texts(draw("thresholds"))


def test_curves_counts_and_calibration_of_a_binary_set(store):
    page = draw("thresholds", project=store({"predictions.csv": files.binary()}))
    said = texts(page)
    assert "Area under ROC" in said
    assert "Calibration error" in said
    figures = charts(page)
    assert len(figures) == 5
    roc, pr = figures[0][0], figures[1][0]
    assert [trace.get("mode") for trace in roc["data"]] == ["lines", "lines", "markers"]
    assert "prevalence" in json.dumps(pr["layout"]["annotations"])
    assert all(data["alt"] for _, data in figures)


def test_the_slider_moves_the_point_and_the_counts_at_once(store):
    project = store({"predictions.csv": files.binary()})
    low, high = (
        draw("thresholds", project=project, threshold="0.1"),
        draw("thresholds", project=project, threshold="0.9"),
    )
    point = lambda page: charts(page)[0][0]["data"][-1]  # noqa: E731
    assert point(low)["y"][0] > point(high)["y"][0]
    table = lambda page: next(m.value for m in page.markdown if m.value.startswith("| Truth |"))  # noqa: E731
    assert table(low) != table(high)
    low.slider[0].set_value(0.9).run()
    assert table(low) == table(high)
    assert low.query_params["threshold"] == "0.900"


def test_a_link_restores_threshold_and_goal(store):
    project = store({"predictions.csv": files.binary()})
    page = draw("thresholds", project=project, threshold="0.250", goal="cost", miss_cost="20")
    assert page.slider[0].value == pytest.approx(0.25)
    assert [field.value for field in page.number_input] == [1.0, 20.0]
    assert "Mean cost a row there" in texts(page)


def test_a_moved_threshold_is_found_and_told_with_its_gain(store):
    page = draw("thresholds", project=store({"predictions.csv": files.binary(n=3000, cut=0.85)}))
    said = texts(page)
    assert "moving gains" in said
    before = page.slider[0].value
    next(button for button in page.button if button.label == "Move to the best").click().run()
    assert not page.exception
    assert page.slider[0].value < before == pytest.approx(0.85, abs=0.02)


def test_a_goal_that_nothing_reaches(store):
    rows = files.csv({"id": range(40), "label": ["no", "yes"] * 20, "prediction": ["yes", "no"] * 20,
                      "p_yes": np.tile([0.9, 0.1], 20)})  # fmt: skip
    page = draw(
        "thresholds", project=store({"p.csv": rows}), goal="precision_at_least", least_precision="0.99"
    )  # fmt: skip
    assert "No threshold reaches this goal" in texts(page)


@pytest.mark.parametrize("target", ["class:bee", "micro", "macro"])
def test_classes_and_averages_of_a_multiclass_set(store, target):
    page = draw("thresholds", project=store({"p.csv": files.multiclass()}), target=target)
    assert page.selectbox(key="target").value == target
    areas = page.dataframe[-1].value
    assert set(areas["Class"]) == {"ant", "bee", "cow"}
    assert areas["Area under ROC"].is_monotonic_increasing
    assert bool(page.slider) == (target != "macro")


def test_the_rows_behind_a_count(store):
    project = store({"predictions.csv": files.binary()})
    page = draw("thresholds", project=project, threshold="0.5", side="alarms")
    shown = page.dataframe[-1].value
    assert set(shown["label"]) == {"well"}
    assert (shown["p_sick"] >= 0.5).all()


def test_one_class_only_is_said(store):
    rows = files.csv({"id": range(40), "label": ["yes"] * 39 + ["no"], "prediction": ["yes"] * 40,
                      "p_yes": np.linspace(0.2, 0.9, 40)})  # fmt: skip
    project = store({"p.csv": rows})
    page = draw("thresholds", project=project, slice="")
    assert not page.exception


def test_a_file_without_scores_says_what_to_save(store):
    rows = files.csv({"id": range(60), "label": ["a", "b"] * 30, "prediction": ["a", "b", "b"] * 20})
    assert "decisions but no scores" in texts(draw("thresholds", project=store({"p.csv": rows})))


def test_a_regression_is_sent_to_its_page(store):
    page = draw("thresholds", project=store({"p.csv": files.regression()}))
    assert "The page Regression shows it" in texts(page)
    assert not charts(page)


def test_portuguese(store):
    page = draw("thresholds", project=store({"p.csv": files.binary()}), lang="pt")
    said = texts(page)
    assert "Limiares" in said
    assert "Melhor limiar" in said
    assert charts(page)[0][0]["layout"]["separators"] == ",."


def test_hostile_names_stay_letters(store):
    rows = files.csv({"id": range(60), "label": ["<img src=x>", "**b**"] * 30, "prediction": ["**b**"] * 60,
                      "p_**b**": np.linspace(0, 1, 60)})  # fmt: skip
    page = draw("thresholds", project=store({"p.csv": rows}))
    assert all("<img" not in json.dumps(figure) for figure, _ in charts(page))
