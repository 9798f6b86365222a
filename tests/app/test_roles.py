"""Roles that the reader of a prediction file is not sure of: asked, answered, remembered for files of the shape."""

import numpy as np

from app import loading
from app.components.files import roles
from tests.app import prediction_files as files
from tests.app.conftest import draw, texts


def unsure(seed: int = 0) -> bytes:
    """Two columns that could be the truth, and no name that tells."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, 3, 90)
    return files.csv({"a": truth, "prediction": truth, "c": random.integers(0, 3, 90)})


def test_only_answers_and_changes_are_kept():
    values = {"truth": "a", "positive": None, "score": "", "predicted": "b"}
    now = {"score": "s", "predicted": "b"}
    assert roles.collected(values, ["truth", "positive"], now) == {"truth": "a", "score": ""}


def test_an_open_question_is_asked_on_the_page_and_the_answer_reads_the_file_again(store):
    project = store({"p.csv": unsure()})
    entry = loading.prediction_sets(project)[0]
    given = loading.predictions(entry)
    assert [question.code for question in given.questions] == ["truth"]
    page = draw("thresholds", project=project)
    assert any("question" in expander.label for expander in page.expander)
    box = next(box for box in page.selectbox if box.key and box.key.endswith("-truth"))
    box.set_value("c")
    next(button for button in page.button if button.label == "Remember and read again").click().run()
    assert not page.exception
    after = loading.prediction_sets(project)
    assert len(after) == 1
    assert loading.predictions(after[0]).roles.truth == "c"
    assert after[0].n_questions == 0
    assert not any("question" in expander.label for expander in draw("thresholds", project=project).expander)


def test_the_answer_holds_for_the_next_file_of_the_shape(store):
    project = store({"p.csv": unsure()})
    loading.answer_roles(loading.prediction_sets(project)[0], {"truth": "c"})
    stored, _refused = loading.add_files(project, {"q.csv": unsure(5)}.items())
    loading.ingest(project, stored)
    sets = loading.prediction_sets(project)
    assert len(sets) == 2
    assert {loading.predictions(one).roles.truth for one in sets} == {"c"}


def test_a_role_can_be_changed_though_nobody_asked(store):
    project = store({"p.csv": files.binary()})
    entry = loading.prediction_sets(project)[0]
    loading.answer_roles(entry, {"score": ""})
    assert loading.predictions(loading.prediction_sets(project)[0]).roles.score is None
    assert "decisions but no scores" in texts(draw("thresholds", project=project))
