import pytest

from app import loading
from tests.app import prediction_files as files
from tests.app.conftest import draw, texts
from tests.app.test_curves import charts


def test_an_empty_project_says_what_to_do(home):
    loading.create_project("Mine")
    assert "No prediction file in this project yet" in texts(draw("regression"))


def test_metrics_pictures_and_worst_rows(store):
    page = draw("regression", project=store({"p.csv": files.regression()}))
    said = texts(page)
    for name in ("MAE", "RMSE", "Median absolute error", "R²", "MAPE", "Mean residual"):
        assert name in said
    assert len(charts(page)) == 3
    rows = page.dataframe[-1].value
    assert rows["__loss__"].is_monotonic_decreasing
    assert rows["__loss__"].iloc[0] == pytest.approx(rows["residual"].iloc[0] ** 2)
    ranges = page.dataframe[0].value
    assert ranges["Rows"].sum() == 500


def test_mape_is_undefined_where_a_truth_is_zero(store):
    said = texts(draw("regression", project=store({"p.csv": files.regression(zero=True)})))
    assert "MAPE **–**" in said


@pytest.mark.parametrize(("column", "kind"), [("length", "quantity"), ("kind", "groups")])
def test_residuals_against_an_attribute_and_a_link_to_it(store, column, kind):
    page = draw("regression", project=store({"p.csv": files.regression()}), against=column)
    assert page.selectbox(key="against").value == column
    figure, data = charts(page)[0]
    if kind == "groups":
        assert sorted(figure["layout"]["yaxis"]["ticktext"]) == ["a", "b", "c"]
    else:
        assert f"against {column}" in data["alt"]


def test_a_link_restores_alpha_and_the_shift_follows(store):
    project = store({"p.csv": files.regression()})
    even, low = draw("regression", project=project), draw("regression", project=project, alpha="0.90")
    assert low.slider[0].value == pytest.approx(0.9)
    shift = lambda page: next(m.value for m in page.markdown if "expectile" in m.value)  # noqa: E731
    assert shift(even) != shift(low)


def test_a_classification_is_sent_to_its_page(store):
    page = draw("regression", project=store({"p.csv": files.binary()}))
    assert "The page Confusion matrix shows it" in texts(page)


def test_portuguese(store):
    said = texts(draw("regression", project=store({"p.csv": files.regression()}), lang="pt"))
    assert "Regressão" in said
    assert "Erro absoluto mediano" in said


def test_a_page_about_quantities_picks_a_set_of_quantities(store):
    project = store({"a_classes.csv": files.binary(), "b_amounts.csv": files.regression()})
    sets = {entry.name: entry.id for entry in loading.prediction_sets(project)}
    page = draw("regression", project=project, predictions=sets["a_classes"])
    assert page.selectbox(key="pick_predictions").value == sets["b_amounts"]
    assert "MAE" in texts(page)
    assert (
        draw("losses", project=project, predictions=sets["a_classes"]).selectbox(key="pick_predictions").value
        == sets["a_classes"]
    )
