import numpy as np
import pytest

from diagnostics.exceptions import Conflict, NotFound
from diagnostics.types import Split
from diagnostics.workspace import UploadState, ingest
from tests.workspace import logs

pytestmark = pytest.mark.usefixtures("simple_logs")


@pytest.fixture
def project(workspace):
    return workspace.create_project("Project").id


def give(workspace, project, *files):
    """Upload and read files given as (name, content); returns the ids of the uploads and the result."""
    ids = [workspace.add_upload(project, name, content).id for name, content in files]
    return ids, workspace.ingest(project, ids)


def names(workspace, project):
    return [entry.name for entry in workspace.runs(project)]


def test_a_run_is_listed_and_loaded_as_it_was_read(workspace, project):
    (upload,), result = give(workspace, project, ("a.csv", logs.line("one", "train", 3, 2, 1.5)))
    (entry,) = workspace.runs(project)
    run = workspace.run(entry.id)
    assert result.runs == (entry.id,)
    assert entry.uploads == (upload,)
    assert entry.digest == run.digest
    assert entry.summary.sparklines[0].values == (3.0, 2.0, 1.5)
    np.testing.assert_array_equal(run.curve("loss", Split.TRAIN).value, [3, 2, 1.5])
    assert workspace.upload(upload).state is UploadState.READ


def test_a_validation_file_that_comes_later_joins_its_run(workspace, project):
    give(workspace, project, ("train.csv", logs.line("one", "train", 3, 2)))
    (before,) = workspace.runs(project)
    workspace.rename_run(before.id, "My run")
    workspace.set_group(before.id, "sweep")
    give(workspace, project, ("val.csv", logs.line("one", "validation", 4, 3)))
    (after,) = workspace.runs(project)
    assert (after.id, after.name, after.group, after.n_curves) == (before.id, "My run", "sweep", 2)
    assert len(after.uploads) == 2
    assert workspace.run(after.id).name == "My run"
    assert workspace.run(after.id).digest == after.digest
    assert workspace.rename_run(after.id, "").name == "one"


def test_runs_that_turn_out_to_be_one_become_one(workspace, project):
    give(workspace, project, ("r/a.csv", logs.line("one", "train", 3, 2)))
    give(workspace, project, ("r/b.csv", logs.line("two", "train", 5, 4)))
    assert names(workspace, project) == ["one", "two"]
    workspace.delete_run(workspace.runs(project)[1].id)
    assert names(workspace, project) == ["one"]
    # The file that named "two" is read again with its folder, but stays deleted.
    give(workspace, project, ("r/c.csv", logs.line("one", "validation", 3, 2)))
    assert names(workspace, project) == ["one"]


def test_the_same_file_again_changes_nothing(workspace, project):
    first, _ = give(workspace, project, ("a.csv", logs.line("one", "train", 3, 2)))
    (before,) = workspace.runs(project)
    again, result = give(workspace, project, ("a.csv", logs.line("one", "train", 3, 2)))
    assert again == first
    assert result.runs == ()
    assert workspace.runs(project) == (before,)


def test_another_file_of_the_same_name_is_another_run_not_a_replacement(workspace, project):
    give(workspace, project, ("train.csv", logs.line("a", "train", 1)), ("val.csv", logs.line("a", "validation", 1)))
    give(workspace, project, ("train.csv", logs.line("b", "train", 2)), ("val.csv", logs.line("b", "validation", 2)))
    assert [(e.name, e.n_curves) for e in workspace.runs(project)] == [("a", 2), ("b", 2)]
    assert [u.label for u in workspace.uploads(project)] == [
        "train.csv", "val.csv", "upload-2/train.csv", "upload-2/val.csv",
    ]  # fmt: skip


def test_a_log_that_went_on_replaces_its_beginning(workspace, project):
    start = logs.line("one", "train", 3, 2)
    give(workspace, project, ("log.csv", start))
    (before,) = workspace.runs(project)
    give(workspace, project, ("log.csv", start + logs.line("one", "validation", 4, 3)))
    (after,) = workspace.runs(project)
    assert (after.id, after.n_curves) == (before.id, 2)
    assert [u.label for u in workspace.uploads(project)] == ["log.csv"]


def test_a_file_that_cannot_be_read_leaves_what_is_stored_untouched(workspace, project):
    give(workspace, project, ("r/a.csv", logs.line("one", "train", 3, 2)))
    before = workspace.runs(project)
    (bad,), result = give(workspace, project, ("r/b.csv", b"broken"))
    assert workspace.runs(project) == before
    assert [(f.code, f.file, f.params["place"], f.remedy) for f in result.failures] == [
        ("broken_table", "r/b.csv", "row 1", "export_again")
    ]
    stored = workspace.upload(bad)
    assert stored.state is UploadState.REFUSED
    assert str(stored.failures[0]) == str(result.failures[0])
    assert type(stored.failures[0]) is type(result.failures[0])


def test_what_is_no_log_is_told_apart_from_failures(workspace, project):
    (readme,), result = give(workspace, project, ("r/README", b"readme"))
    assert (result.failures, [e.code for e in result.ignored]) == ((), ["not_a_log"])
    assert workspace.upload(readme).state is UploadState.REFUSED


def test_a_reader_that_crashes_rolls_everything_back(workspace, project, monkeypatch):
    give(workspace, project, ("a.csv", logs.line("one", "train", 3, 2)))
    before = workspace.runs(project)
    upload = workspace.add_upload(project, "b.csv", logs.line("two", "train", 1))
    monkeypatch.setattr(ingest.merging, "merge", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        workspace.ingest(project, [upload.id])
    assert workspace.runs(project) == before
    assert workspace.upload(upload.id).state is UploadState.RECEIVED
    monkeypatch.undo()


def test_an_ingest_that_was_overtaken_reads_again(workspace, project, monkeypatch):
    late = workspace.add_upload(project, "val.csv", logs.line("one", "validation", 4))
    early = workspace.add_upload(project, "train.csv", logs.line("one", "train", 3))
    calls = []

    def slow(sources, **options):
        calls.append(len(sources))
        if len(calls) == 1:
            workspace.ingest(project, [early.id])
        return logs.read(sources, **options)

    monkeypatch.setattr(ingest, "read", slow)
    workspace.ingest(project, [late.id])
    (entry,) = workspace.runs(project)
    assert entry.n_curves == 2
    assert calls == [1, 1, 2]


def test_a_deleted_run_comes_back_with_undo(workspace, project):
    ids, _ = give(workspace, project, ("a.csv", logs.line("one", "train", 3)))
    (entry,) = workspace.runs(project)
    workspace.delete_run(entry.id, version=entry.version)
    assert workspace.runs(project) == workspace.uploads(project) == ()
    assert [e.id for e in workspace.runs(project, deleted=True)] == [entry.id]
    restored = workspace.restore_run(entry.id)
    assert (restored.name, restored.deleted) == ("one", None)
    assert [u.id for u in workspace.uploads(project)] == ids


def test_deleting_a_file_deletes_what_was_read_from_it_until_undone(workspace, project):
    (upload,), _ = give(workspace, project, ("all.csv", logs.line("one", "train", 3) + logs.line("two", "train", 2)))
    workspace.delete_upload(upload)
    assert workspace.runs(project) == ()
    workspace.restore_upload(upload)
    assert names(workspace, project) == ["one", "two"]


def test_changes_from_an_old_version_are_refused(workspace, project):
    give(workspace, project, ("a.csv", logs.line("one", "train", 3)))
    (seen,) = workspace.runs(project)
    workspace.rename_run(seen.id, "new", version=seen.version)
    for change in (
        lambda: workspace.rename_run(seen.id, "x", version=seen.version),
        lambda: workspace.set_group(seen.id, "x", version=seen.version),
        lambda: workspace.delete_run(seen.id, version=seen.version),
    ):
        with pytest.raises(Conflict):
            change()
    assert workspace.run_entry(seen.id).name == "new"


def test_a_prediction_set_is_kept_with_its_roles(workspace, project):
    give(workspace, project, ("preds.csv", b"predictions"))
    (entry,) = workspace.predictions(project)
    stored = workspace.prediction_set(entry.id)
    assert stored.path.is_file()
    assert (stored.roles.probabilities, stored.roles.attributes) == ({"a": "p_a"}, ("x", "y"))
    assert (stored.classes, stored.part, stored.digest) == (("a", "b"), {"model": "first"}, entry.digest)
    renamed = workspace.rename_predictions(entry.id, "Test set")
    assert workspace.prediction_set(entry.id).name == "Test set"
    assert workspace.rename_predictions(entry.id, "", version=renamed.version).name == "preds"
    workspace.delete_predictions(entry.id)
    assert workspace.predictions(project) == ()
    assert workspace.restore_predictions(entry.id).name == "preds"


def test_answers_about_roles_stay_when_the_file_is_read_again(workspace, project):
    from dataclasses import replace

    ids, _ = give(workspace, project, ("preds.csv", b"predictions"))
    (entry,) = workspace.predictions(project)
    stored = workspace.prediction_set(entry.id)
    chosen = replace(stored, roles=replace(stored.roles, predicted="truth"), digest="f" * 64)
    assert workspace.answer_predictions(entry.id, chosen, version=entry.version).answered
    workspace.ingest(project, ids)
    again = workspace.prediction_set(entry.id)
    assert (again.roles.predicted, again.digest) == ("truth", "f" * 64)


def test_unknown_things_are_not_found(workspace, project):
    for call in (
        lambda: workspace.run("nothing"),
        lambda: workspace.upload("nothing"),
        lambda: workspace.prediction_set("nothing"),
        lambda: workspace.add_upload("nothing", "a", b""),
        lambda: workspace.ingest(project, ["nothing"]),
        lambda: workspace.restore_run("nothing"),
    ):
        with pytest.raises(NotFound):
            call()


def test_an_upload_of_another_project_is_not_read_into_this_one(workspace, project):
    other = workspace.create_project("Other").id
    foreign = workspace.add_upload(other, "a.csv", logs.line("one", "train", 3))
    with pytest.raises(NotFound):
        workspace.ingest(project, [foreign.id])
    assert workspace.runs(project) == ()
