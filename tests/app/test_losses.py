import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from app import loading
from tests.app import prediction_files as files
from tests.app.conftest import draw, texts
from tests.app.test_curves import charts


def test_an_empty_project_says_what_to_do(home):
    loading.create_project("Mine")
    assert "No prediction file in this project yet" in texts(draw("losses"))


@pytest.mark.parametrize(
    ("content", "name"),
    [(files.binary(), "Log loss"), (files.multiclass(), "Log loss"), (files.regression(), "Squared error")],
)
def test_costliest_rows_first(store, content, name):
    page = draw("losses", project=store({"p.csv": content}))
    assert name in texts(page)
    assert "The costliest" in texts(page)
    assert len(charts(page)) == 2
    assert page.dataframe[-1].value["__loss__"].is_monotonic_decreasing


def test_a_link_to_a_row_tells_its_story(store):
    project = store({"p.csv": files.multiclass()})
    page = draw("losses", project=project, row="7")
    said = texts(page)
    assert "Row 7" in said
    assert "The truth got a probability of" in said
    assert "It costs more than" in said
    assert page.query_params["row"] == "7"


def test_the_story_tells_what_a_right_answer_costs(store):
    rows = files.csv({"id": range(60), "label": ["a", "b"] * 30, "prediction": ["a", "b", "b"] * 20})
    said = texts(draw("losses", project=store({"p.csv": rows}), row="1"))
    assert "1 where it is wrong: **0**." in said
    assert "It costs more than 0% of the 60 rows" in said


def test_the_story_tells_a_small_loss_from_none(store):
    high = [0.99999, *[0.9, 0.2] * 20]
    rows = files.csv({
        "label": ["a", *["a", "b"] * 20], "prediction": ["a", *["a", "b"] * 20], "p_a": high,
        "p_b": [1 - p for p in high],
    })  # fmt: skip
    said = texts(draw("losses", project=store({"p.csv": rows}), row="1")).replace(chr(92), "")  # of Markdown
    assert "−ln(0.99999) = **1E-5**" in said


def test_the_weight_of_a_side_is_written_as_the_language_does(store):
    page = draw("losses", project=store({"p.csv": files.regression()}), alpha="0.9", row="1", lang="pt")
    assert "A perda é 0,1 ×" in texts(page) or "A perda é 0,9 ×" in texts(page)


def test_a_link_to_a_row_that_is_not_there(store):
    assert "a row that is not in this set" in texts(
        draw("losses", project=store({"p.csv": files.binary()}), row="99999")
    )


def test_alpha_changes_what_a_row_costs(store):
    page = draw("losses", project=store({"p.csv": files.regression()}), alpha="0.9")
    rows = page.dataframe[-1].value
    weight = np.where(rows["residual"] > 0, 0.9, 0.1)
    np.testing.assert_allclose(rows["__loss__"], weight * rows["residual"] ** 2)


def test_without_probabilities_a_mistake_costs_one(store):
    rows = files.csv({"id": range(60), "label": ["a", "b"] * 30, "prediction": ["a", "b", "b"] * 20})
    page = draw("losses", project=store({"p.csv": rows}))
    assert "Share of mistakes" in texts(page)
    assert set(page.dataframe[-1].value["__loss__"]) <= {0.0, 1.0}


def test_the_list_filters_sorts_and_pages(store):
    project = store({"p.csv": files.binary()})
    page = draw("losses", project=project)
    key = next(box.key for box in page.selectbox if box.key.endswith("-sort"))[: -len("-sort")]
    page.selectbox(key=f"{key}-column").set_value("site")
    page.selectbox(key=f"{key}-operator").set_value("is")
    page.text_input(key=f"{key}-text").set_value("north").run()
    assert set(page.dataframe[-1].value["site"]) == {"north"}
    page.selectbox(key=f"{key}-sort").set_value("p_sick").run()
    shown = page.dataframe[-1].value["p_sick"]
    assert shown.is_monotonic_decreasing
    assert len(shown) == 25
    page.text_input(key=f"{key}-text").set_value("nowhere").run()
    assert "No row passes the filter" in texts(page)


def test_pictures_of_an_uploaded_zip_are_shown(store):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for number in range(12):
            picture = io.BytesIO()
            Image.new("RGB", (40, 30), (20 * number, 80, 90)).save(picture, "PNG")
            archive.writestr(f"images/{number}.png", picture.getvalue())
    table = files.csv({
        "image": [f"images/{i}.png" for i in range(12)], "label": ["a", "b"] * 6, "prediction": ["a", "b", "b"] * 4,
    })  # fmt: skip
    page = draw("losses", project=store({"p.csv": table, "pictures.zip": held.getvalue()}))
    shown = page.dataframe[-1].value
    assert shown["__picture__"].str.startswith("data:image/png;base64,").all()


def test_a_ranking_is_sent_to_its_page(store):
    assert "The page Ranking shows it" in texts(draw("losses", project=store({"p.csv": files.ranking()})))


def test_portuguese(store):
    said = texts(draw("losses", project=store({"p.csv": files.multiclass()}), lang="pt", row="3"))
    assert "Explorador da perda" in said
    assert "A verdade recebeu probabilidade" in said
