import json

import numpy as np
import pytest

from app import loading
from tests.app.conftest import draw, keras, texts


def charts(page):
    """Figures of the page's charts with their data."""
    found = []
    for element in page.get("bidi_component"):
        data = json.loads(element.proto.json) if element.proto.json else json.loads(element.proto.mixed.json)
        if "figure" in data:
            found.append((json.loads(data["figure"]), data))
    return found


def runs_of(project, *names):
    return [run.id for run in loading.runs(project) if run.name in names]


def drawn_runs(figure):
    return {trace["meta"]["run"] for trace in figure["data"] if trace.get("meta", {}).get("run")}


def test_an_empty_project_says_what_to_do(home):
    loading.create_project("Mine")
    said = texts(draw("curves"))
    assert "No runs in this project yet" in said


def test_all_runs_of_the_demo_are_drawn_with_what_was_found(demo):
    page = draw("curves", project="demo")
    figure, data = charts(page)[0]
    assert len(drawn_runs(figure)) == len(loading.runs("demo"))
    assert data["rail"]
    assert data["plotly"].startswith("/_stcore/bidi-components/run_clinic.plotly/")
    assert page.dataframe


def test_a_link_restores_run_axis_metrics_and_switches(demo):
    run = runs_of("demo", "digits-overfitting")
    page = draw("curves", project="demo", run=run, metrics=["loss"], smooth="0.6", gaps="true")
    figure, data = charts(page)[0]
    assert drawn_runs(figure) == {"digits-overfitting"}
    titles = [note["text"] for note in figure["layout"]["annotations"] if note["name"] == "title"]
    assert len(titles) == 2
    assert "gap" in titles[1]
    assert any("smoothed" in trace.get("name", "") for trace in figure["data"])
    assert "digits-overfitting" not in data["alt"]
    assert "validation from" in data["alt"]


def test_an_axis_nobody_logged_falls_back(demo):
    run = runs_of("demo", "digits-overfitting")
    page = draw("curves", project="demo", run=run, axis="step")
    assert page.get("button_group")
    assert charts(page)[0][0]["layout"]["xaxis"]["title"]["text"] == "epoch"


def test_overfitting_points_at_its_turn(demo):
    run = runs_of("demo", "digits-overfitting")
    figure, data = charts(draw("curves", project="demo", run=run))[0]
    lit = {shape["name"] for shape in figure["layout"]["shapes"]}
    assert "mark:0" in lit
    assert data["rail"][0]["severity"] == "high"


def test_restarts_are_drawn_and_said(demo):
    run = runs_of("demo", "digits-restarted")
    page = draw("curves", project="demo", run=run)
    assert "never joined" in texts(page)
    assert charts(page)[0][0]["layout"]["shapes"]


def test_nan_and_far_points_are_said_and_marked(store):
    rows = ["epoch,loss,val_loss"]
    for epoch in range(60):
        loss = "nan" if epoch > 50 else 5000 if epoch == 30 else 2 * 0.9**epoch
        rows.append(f"{epoch},{loss},{2 * 0.9**epoch + 0.1}")
    project = store({"run/training.csv": "\n".join(rows).encode()})
    page = draw("curves", project=project)
    said = texts(page)
    assert "Outside the vertical range" in said
    assert "NaN or infinite" in said
    edges = {trace["meta"].get("edge") for trace in charts(page)[0][0]["data"]}
    assert {"nan", "above"} <= edges
    assert "Outside" not in texts(draw("curves", project=project, full="true"))


def test_long_runs_are_thinned_and_it_is_said(store):
    noise = np.random.default_rng(0).normal(size=6000)
    rows = "\n".join(["step,loss", *(f"{step},{2 + value:.5f}" for step, value in enumerate(noise))])
    project = store({"run/log.csv": rows.encode()})
    page = draw("curves", project=project)
    data = charts(page)[0][1]
    assert "points are drawn" in texts(page)
    assert len(data["figure"]) < 200_000


def test_the_best_epoch_is_in_the_table(store):
    project = store({"run/training.csv": keras(30)})
    table = draw("curves", project=project).dataframe[0].value
    row = table[(table["Metric"] == "Loss") & (table["Split"] == "validation")].iloc[0]
    values = [2.0 * 0.85**e + 0.05 * max(0, e - 10) + 0.3 for e in range(30)]
    assert row["at epoch"] == np.argmin(values)
    assert row["Best value"] == pytest.approx(min(values), rel=1e-3)


def test_portuguese(demo):
    page = draw("curves", project="demo", lang="pt")
    figure, _data = charts(page)[0]
    assert figure["layout"]["separators"] == ",."


def test_a_project_with_a_broken_file_still_draws_the_rest(home):
    made = loading.create_project("Mine")
    stored, _ = loading.add_files(made.id, {"good.csv": keras(), "bad.csv": b"\x00\x01\x02"}.items())
    loading.ingest(made.id, stored)
    assert len(charts(draw("curves", project=made.id))) == 1
