"""Labels of a second file, joined on Runs & files."""

import pytest

from app import access, loading
from tests.app.conftest import draw, texts

N = 120


def answers(n=N):
    lines = ["image_id,prediction,p_ant,p_bee"]
    for i in range(n):
        ant = i % 3 != 0
        lines.append(f"img{i},{'ant' if ant else 'bee'},{0.8 if ant else 0.3},{0.2 if ant else 0.7}")
    return "\n".join(lines).encode()


def truth(first=0, extra=""):
    rows = [f"img{i},{'ant' if i % 2 else 'bee'}" for i in range(first, N)]
    return ("name,label\n" + "\n".join(rows) + extra).encode()


@pytest.fixture
def project(store):
    return store({"answers.csv": answers(), "truth.csv": truth(20)})


def entry(project, name="answers"):
    return next(one for one in loading.prediction_sets(project) if one.name == name)


def button(page, label):
    return next((one for one in page.button if one.label == label), None)


def test_a_page_without_labels_says_where_to_join_them(project):
    said = texts(draw("confusion", project=project, predictions=entry(project).id))
    assert "This set has answers and no true labels" in said


def test_counts_are_said_before_the_labels_are_joined(project):
    page = draw("files", project=project)
    said = texts(page)
    assert "100 of 120 rows find their label" in said
    assert "left out of every count: 20" in said.replace("\\", "")
    chosen = {box.label: box.value for box in page.selectbox}
    assert (chosen["Id among the answers"], chosen["Id among the labels"], chosen["Label"]) == (
        "image_id", "name", "label",
    )  # fmt: skip
    button(page, "Join the labels").click().run()
    assert not page.exception
    given = loading.predictions(entry(project))
    assert given.roles.truth == "y_true" and given.roles.probabilities == {"ant": "p_ant", "bee": "p_bee"}
    counted = loading.confusion(given)
    assert counted.n == 100 and counted.missing == 20


def test_a_join_is_made_again_when_the_file_is_read_again(project):
    button(draw("files", project=project), "Join the labels").click().run()
    before = loading.predictions(entry(project))
    loading.ingest(project, entry(project).uploads)
    again = loading.predictions(entry(project))
    assert loading.has_joined(again) and again.digest == before.digest
    loading.answer_roles(entry(project), {"positive": "bee"})
    told = loading.predictions(entry(project))
    assert loading.has_joined(told) and told.roles.positive == "bee" and told.roles.truth == "y_true"


def test_joined_labels_are_taken_off_again(project):
    button(draw("files", project=project), "Join the labels").click().run()
    loading.take_labels_off(entry(project))
    assert loading.predictions(entry(project)).roles.truth is None
    loading.ingest(project, entry(project).uploads)
    assert loading.predictions(entry(project)).roles.truth is None


def test_contradicting_labels_cannot_be_joined(store):
    project = store({"answers.csv": answers(), "truth.csv": truth(extra="\nimg4,ant")})
    page = draw("files", project=project)
    assert any("1 id has several different labels" in error.value for error in page.error)
    assert button(page, "Join the labels").disabled


def test_without_a_second_file_the_form_says_what_to_upload(store):
    page = draw("files", project=store({"answers.csv": answers()}))
    assert "Upload the file that holds the true labels" in texts(page)


def test_who_may_only_look_sees_no_form(project, monkeypatch):
    monkeypatch.setattr(access, "may", lambda action, _project="": action == access.READ)
    assert button(draw("files", project=project), "Join the labels") is None
