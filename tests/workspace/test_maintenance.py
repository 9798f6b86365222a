import shutil
from pathlib import Path

import pytest

from diagnostics.exceptions import RunClinicError
from diagnostics.workspace import Workspace, maintenance
from tests.workspace import logs

DEMO = Path(__file__).resolve().parents[2] / "demo_data" / "runs"


@pytest.fixture
def little_demo(tmp_path, simple_logs):
    folder = tmp_path / "runs"
    folder.mkdir()
    (folder / "a.csv").write_bytes(logs.line("one", "train", 2, 1))
    return folder


def test_the_demo_is_made_once_and_follows_its_files(workspace, little_demo):
    assert workspace.ensure_demo(little_demo, "Demo").demo
    (before,) = workspace.runs("demo")
    workspace.rename_run(before.id, "mine")
    workspace.ensure_demo(little_demo, "Demo")
    assert [e.name for e in workspace.runs("demo")] == ["mine"]
    (little_demo / "b.csv").write_bytes(logs.line("two", "train", 3, 1))
    workspace.ensure_demo(little_demo, "Demo")
    assert sorted(e.name for e in workspace.runs("demo")) == ["mine", "two"]


def test_a_deleted_demo_does_not_come_back_by_itself(workspace, little_demo):
    workspace.ensure_demo(little_demo, "Demo")
    workspace.delete_project("demo")
    assert workspace.ensure_demo(little_demo, "Demo") is None
    assert workspace.projects() == ()
    workspace.restore_project("demo")
    assert len(workspace.runs("demo")) == 1


def test_a_project_of_the_users_that_is_called_demo_is_left_alone(workspace, little_demo):
    workspace.create_project("Demo")
    workspace.ensure_demo(little_demo, "Demo")
    assert workspace.runs("demo") == ()


def test_the_real_demo_is_read_without_failure(workspace):
    workspace.ensure_demo(DEMO, "Demo")
    assert len(workspace.runs("demo")) >= 6
    assert len(workspace.predictions("demo")) >= 3
    failures = {u.label: {failure.code for failure in u.failures} for u in workspace.uploads("demo") if u.failures}
    # Models and pictures are no logs; pages of their own use them.
    assert failures == {
        "digits-cnn/model.onnx": {"seems_onnx_model"},
        "digits-cnn/pictures.zip": {"seems_image"},
        "tumours-boosted/model.txt": {"seems_lightgbm_model"},
    }


def test_a_purge_removes_rows_and_files_for_good(workspace, little_demo, monkeypatch):
    monkeypatch.setattr(maintenance, "_GRACE", -60.0)
    workspace.ensure_demo(little_demo, "Demo")
    kept = workspace.create_project("kept").id
    keep = workspace.add_upload(kept, "same.csv", (little_demo / "a.csv").read_bytes())
    workspace.delete_project("demo")
    assert workspace.purge() == 0
    assert workspace.purge(older_than_days=0) > 0
    assert workspace.projects(deleted=True) == ()
    assert workspace.upload_path(keep.id).read_bytes() == (little_demo / "a.csv").read_bytes()


def test_a_backup_of_a_live_database_opens(workspace, database, tmp_path):
    id = workspace.create_project("saved").id
    target = tmp_path / "backup" / "workspace.sqlite"
    target.parent.mkdir()
    if database is not None:
        with pytest.raises(RunClinicError):
            workspace.backup(target)
        return
    workspace.backup(target)
    shutil.rmtree(workspace.home)
    saved = Workspace.open(target.parent)
    assert saved.project(id).name == "saved"
    saved.close()
