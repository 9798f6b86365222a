"""The overview of all labels on the confusion page."""

import pytest

from app import loading
from tests.app import prediction_files as files
from tests.app.conftest import draw, texts


@pytest.fixture
def project(store):
    return store({"p.csv": files.multilabel()})


def labels_table(page):
    return next(frame for frame in page.dataframe if "Prevalence" in frame.value.columns)


def test_all_labels_stand_in_one_table_worst_recall_first(project):
    (entry,) = loading.prediction_sets(project)
    assert entry.task == "multilabel"
    page = draw("confusion", project=project)
    table = labels_table(page).value
    assert sorted(table["Label"]) == ["red", "ripe", "round"]
    assert table["Recall"].is_monotonic_increasing
    assert table["Area under ROC"].between(0.5, 1).all() and (table["Rows"] == 300).all()
    said = texts(page)
    for name in ("Rows right in every label", "Decisions wrong \\(Hamming loss\\)", "Micro F1", "Macro F1"):
        assert name in said


def test_errors_that_come_together_are_named(project):
    page = draw("confusion", project=project)
    table = next(f.value for f in page.dataframe if "Rows wrong in both" in f.value.columns)
    assert {table.iloc[0, 0], table.iloc[0, 1]} == {"red", "round"} and len(table) == 1


def test_a_link_opens_the_matrix_of_a_label(project):
    page = draw("confusion", project=project, label="ripe")
    assert page.selectbox("label").value == "ripe"
    classes = next(f.value for f in page.dataframe if "Class" in f.value.columns)
    assert sorted(classes["Class"]) == ["0", "1"]


def test_portuguese(project):
    said = texts(draw("confusion", project=project, lang="pt"))
    assert "Todos os rótulos" in said and "Linhas certas em todos os rótulos" in said
