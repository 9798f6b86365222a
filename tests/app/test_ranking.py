import pytest

from app import loading
from tests.app import prediction_files as files
from tests.app.conftest import draw, texts
from tests.app.test_curves import charts


def test_an_empty_project_says_what_to_do(home):
    loading.create_project("Mine")
    assert "No prediction file in this project yet" in texts(draw("ranking"))


def test_groups_sizes_and_worst_groups(store):
    page = draw("ranking", project=store({"p.csv": files.ranking()}))
    said = texts(page)
    assert "NDCG@10" in said
    assert "1 without a relevant row" in said
    sizes, worst = page.dataframe[0].value, page.dataframe[1].value
    assert sizes["Groups"].sum() == 60
    assert worst["NDCG@10"].is_monotonic_increasing
    assert "0" not in worst["Group"].tolist()
    assert len(charts(page)) == 2


def test_a_link_restores_k(store):
    page = draw("ranking", project=store({"p.csv": files.ranking()}), k="3")
    assert page.number_input[0].value == 3
    assert "NDCG@3" in texts(page)


@pytest.mark.parametrize("k", ["0", "x", "-4"])
def test_an_odd_k_in_a_link_is_left_alone(store, k):
    assert "NDCG@10" in texts(draw("ranking", project=store({"p.csv": files.ranking()}), k=k))


def test_a_regression_is_sent_to_its_page(store):
    assert "The page Regression shows it" in texts(draw("ranking", project=store({"p.csv": files.regression()})))


def test_portuguese(store):
    said = texts(draw("ranking", project=store({"p.csv": files.ranking()}), lang="pt"))
    assert "Ordenação" in said
    assert "Piores grupos" in said


def test_the_demo_has_a_ranking_whose_dark_queries_come_out_worst(demo):
    (entry,) = [one for one in loading.prediction_sets("demo") if one.task == "ranking"]
    page = draw("ranking", project="demo", predictions=entry.id)
    worst = next(frame.value for frame in page.dataframe if "NDCG@10" in frame.value.columns and "Group" in frame.value)
    dark = [int(name.removeprefix("q")) % 4 == 0 for name in worst["Group"][:20]]
    assert sum(dark) > len(dark) / 2
