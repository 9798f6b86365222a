"""Pictures that rows name: their brightness is an attribute, dark ones are found to fail, and every page knows them."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from app import loading
from app.loading.store import workspace
from diagnostics.rules.slices.weak_slice import WeakSlice
from diagnostics.slices.nature import pattern
from diagnostics.slices.notation import to_text
from diagnostics.types import Condition
from tests.app.conftest import draw, texts

N = 600
DARK = to_text((Condition(column="brightness(photo)", op="<", value=0.2),))


@pytest.fixture(scope="module")
def files():
    """Answers that fail on dark pictures; one picture in fifty is missing."""
    random = np.random.default_rng(2)
    level, truth = random.integers(10, 250, N), random.choice(["cat", "dog"], N)
    wrong = random.random(N) < np.where(level < 70, 0.6, 0.08)
    answer = np.where(wrong, np.where(truth == "cat", "dog", "cat"), truth)
    rows = [f"{n},{truth[n]},{answer[n]},photos/{n}.png" for n in range(N)]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as held:
        for n in range(N):
            if n % 50:
                picture = io.BytesIO()
                Image.new("L", (16, 16), int(level[n])).save(picture, "PNG")
                held.writestr(f"photos/{n}.png", picture.getvalue())
    return {"a.csv": "\n".join(["id,label,prediction,photo", *rows]).encode(), "photos.zip": stream.getvalue()}


@pytest.fixture
def project(store, files):
    return store(files)


@pytest.fixture
def measured(project):
    (entry,) = loading.prediction_sets(project)
    assert workspace().measure_pictures(entry.id)
    return project


def test_the_page_measures_and_finds_the_dark_ones(project):
    (entry,) = loading.prediction_sets(project)
    assert loading.measuring(entry).ready(60)
    page = draw("slices", project=project)
    said = texts(page)
    assert "brightness" in said
    shown = page.dataframe[0].value
    assert shown["Slice"][0].startswith("brightness(photo) < 0.2")
    assert loading.measuring(loading.prediction_sets(project)[0]) is None
    # All are square and of one size: nothing is said about that.
    assert "width" not in said


def test_stopped_it_says_so_and_starts_again_on_request(project, monkeypatch):
    (entry,) = loading.prediction_sets(project)
    with monkeypatch.context() as patched:
        patched.setattr("app.loading.pictures._measure", lambda store, id, *, progress, cancel: not cancel.wait(60))
        job = loading.measuring(entry)
        job.stop()
        page = draw("slices", project=project)
        assert "were not measured" in texts(page)
    page.button(key="measure_pictures").click().run()
    again = loading.measuring(loading.prediction_sets(project)[0])
    assert again is None or again.ready(60)
    assert "brightness" in texts(draw("slices", project=project))


def test_it_is_stored_with_the_set_and_survives_reading_again(measured):
    (entry,) = loading.prediction_sets(measured)
    found = loading.predictions(entry)
    assert found.roles.attributes[-1] == "brightness(photo)"
    assert found.digest == entry.digest_of_table != entry.digest
    loading.ingest(measured, entry.uploads)
    (again,) = loading.prediction_sets(measured)
    assert (again.digest_of_table, workspace().pictures_waiting(again.id)) == (entry.digest_of_table, False)
    assert workspace().prediction_set(entry.id, as_read=True).digest == entry.digest
    workspace()._store.sweep(set(), older_than=1e9)
    workspace().purge(older_than_days=0)
    assert loading.predictions(again).path.exists()


def test_more_pictures_are_measured_anew(measured, files):
    (entry,) = loading.prediction_sets(measured)
    picture = io.BytesIO()
    Image.new("L", (16, 16), 3).save(picture, "PNG")
    loading.add_files(measured, [("photos/0.png", picture.getvalue())])
    assert workspace().pictures_waiting(entry.id)
    assert workspace().measure_pictures(entry.id)
    (again,) = loading.prediction_sets(measured)
    assert again.digest_of_table != entry.digest_of_table
    assert again.digest == entry.digest


def test_the_rule_sees_low_light(measured):
    (entry,) = loading.prediction_sets(measured)
    _subject, outcomes, _slices = loading.examine_predictions(entry)
    findings = [finding for outcome in outcomes for finding in outcome.findings if finding.id == WeakSlice.id]
    assert findings[0].params["predicate"][0].column == "brightness(photo)"
    assert findings[0].params["pattern"] == "quality"
    assert findings[0].hypotheses[0].id == "inputs_degraded"


def test_every_page_is_narrowed_by_it(measured):
    (entry,) = loading.prediction_sets(measured)
    inside = loading.narrowed(loading.predictions(entry), DARK)
    assert 0 < inside.n_rows < N / 3
    page = draw("confusion", project=measured, predictions=entry.id, slice=DARK)
    assert f"n = {inside.n_rows}" in texts(page)


@pytest.mark.parametrize(
    ("column", "op", "kind"),
    [
        ("brightness(camera_image)", "<", "quality"), ("brightness(camera_image)", ">=", "general"),
        ("megapixels(photo)", "<", "quality"), ("width(source_file)", "<", "quality"),
        ("length(source_text)", ">=", "length"), ("hour(camera_time)", "==", "general"),
    ],
)  # fmt: skip
def test_what_is_measured_tells_the_pattern_not_the_name_of_the_column(column, op, kind):
    assert pattern([Condition(column=column, op=op, value=1)])[0] == kind


def test_an_answer_about_the_file_keeps_what_was_measured(measured):
    (entry,) = loading.prediction_sets(measured)
    (question,) = loading.predictions(entry).questions
    other = next(option for option in question.options if option != question.guess)
    loading.answer_roles(entry, {question.code: other})
    (again,) = loading.prediction_sets(measured)
    assert again.digest != entry.digest
    found = loading.predictions(again)
    assert (found.roles.positive, found.questions) == (other, ())
    assert found.roles.attributes.count("brightness(photo)") == 1
    assert not workspace().pictures_waiting(again.id)


def test_pictures_are_measured_in_the_background_once_they_arrive(home, files):
    page = draw("files")
    page.file_uploader[0].upload("a.csv", files["a.csv"], "text/csv").run()
    (project,) = [one for one in loading.projects() if one.id != loading.DEMO_ID]
    (entry,) = loading.prediction_sets(project.id)
    assert not _running(entry)
    page.file_uploader[0].upload("photos.zip", files["photos.zip"], "application/zip").run()
    assert not page.exception
    # Nobody opened the page of slices: the work is there by itself, under the name that page asks for.
    job = _running(entry)
    assert job is None or job.ready(60)
    (again,) = loading.prediction_sets(project.id)
    assert loading.predictions(again).roles.attributes[-1] == "brightness(photo)"
    assert not workspace().pictures_waiting(again.id)
    page = draw("slices", project=project.id)
    assert page.dataframe[0].value["Slice"][0].startswith("brightness(photo) < 0.2")


def test_pictures_that_come_after_a_measuring_start_another(project):
    (entry,) = loading.prediction_sets(project)
    first = loading.measuring(entry)
    assert first.ready(60)
    picture = io.BytesIO()
    Image.new("L", (16, 16), 3).save(picture, "PNG")
    loading.add_files(project, [("photos/0.png", picture.getvalue())])
    loading.measure_uploaded(project)
    second = _running(entry)
    assert second is not first
    assert second is None or second.ready(60)
    assert not workspace().pictures_waiting(entry.id)


def test_what_somebody_stopped_is_not_started_by_another_upload(project, monkeypatch):
    (entry,) = loading.prediction_sets(project)
    monkeypatch.setattr("app.loading.pictures._measure", lambda store, id, *, progress, cancel: not cancel.wait(60))
    job = loading.measuring(entry)
    job.stop()
    loading.measure_uploaded(project)
    assert loading.measuring(entry) is job


def _running(entry):
    from app import jobs
    from app.loading import pictures

    return jobs._slow._known.get(pictures._key(entry))
