import pytest

from diagnostics.exceptions import Conflict, NotFound
from diagnostics.workspace import Workspace
from diagnostics.workspace.names import clean, logical_name, slug


def test_a_project_gets_a_slug_and_a_number_where_it_is_taken(workspace):
    first = workspace.create_project("Detecção de lesões (v2)")
    second = workspace.create_project("Deteccao de lesoes v2")
    assert (first.id, second.id) == ("deteccao-de-lesoes-v2", "deteccao-de-lesoes-v2-2")
    assert first.name == "Detecção de lesões (v2)"
    assert {p.id for p in workspace.projects()} == {first.id, second.id}


def test_what_is_stored_is_there_after_opening_again(workspace, home, database):
    id = workspace.create_project("Kept", settings={"note": "ä\x00\ud800", "rate": float("inf")}).id
    workspace.close()
    again = Workspace.open(home, database)
    assert again.project(id).settings == {"note": "ä\x00\ud800", "rate": float("inf")}
    again.close()


def test_a_change_from_an_old_version_is_refused_and_writes_nothing(workspace):
    seen = workspace.create_project("First")
    workspace.rename_project(seen.id, "Second", version=seen.version)
    with pytest.raises(Conflict):
        workspace.rename_project(seen.id, "Third", version=seen.version)
    assert workspace.project(seen.id).name == "Second"
    assert workspace.rename_project(seen.id, "Fourth").version == seen.version + 2


def test_deletion_is_taken_back(workspace):
    id = workspace.create_project("Gone").id
    workspace.delete_project(id)
    assert workspace.projects() == ()
    with pytest.raises(NotFound):
        workspace.project(id)
    with pytest.raises(NotFound):
        workspace.runs(id)
    assert [p.id for p in workspace.projects(deleted=True)] == [id]
    assert workspace.restore_project(id).deleted is None
    assert workspace.create_project("Gone").id == "gone-2"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("..\\..\\windows\\system32", "windows/system32"),
        ("C:\\logs\\run.csv", "logs/run.csv"),
        ("/absolute/run.csv", "absolute/run.csv"),
        ("a//./b/../c.csv", "a/b/c.csv"),
        ("%2e%2e%2frun.csv", "%2e%2e%2frun.csv"),
        ("nul\x00byte.csv", "nulbyte.csv"),
        ("right\u202eto left.csv", "rightto left.csv"),
        ("lone\ud800surrogate", "lonesurrogate"),
        ("line\nbreak\ttab.csv", "line break tab.csv"),
        ("", "file"),
        ("../..", "file"),
        ("\u0000", "file"),
        ("épocas/ção.csv", "épocas/ção.csv"),
    ],
)
def test_hostile_file_names_become_harmless_labels(given, kept):
    assert logical_name(given) == kept


def test_names_are_bounded_and_one_line():
    assert len(logical_name("x" * 5000)) <= 1000
    assert len(clean("y" * 5000)) == 200
    assert clean("<b>\n\x1b[31mred\u200b") == "<b> [31mred"
    assert slug("日本語") == "project"
    assert slug("a" * 300) == "a" * 60


def test_mappings_of_a_project_overrule_those_for_all(workspace):
    id = workspace.create_project("One").id
    workspace.remember_mapping("shape", {"col": "train/loss"})
    assert workspace.mappings(id) == {"shape": {"col": "train/loss"}}
    version = workspace.remember_mapping("shape", {"col": "validation/loss"}, project=id, version=0)
    assert workspace.mappings(id) == {"shape": {"col": "validation/loss"}}
    with pytest.raises(Conflict):
        workspace.remember_mapping("shape", {}, project=id, version=version + 1)
    workspace.forget_mapping("shape", project=id)
    assert workspace.mappings(id) == {"shape": {"col": "train/loss"}}


def test_derived_results_are_kept_by_key(workspace):
    assert workspace.result("digest:1") is None
    workspace.keep_result("digest:1", {"value": [1, None]})
    workspace.keep_result("digest:1", {"value": [2]})
    assert workspace.result("digest:1") == {"value": [2]}
