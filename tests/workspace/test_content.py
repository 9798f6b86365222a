import os

import pytest

from diagnostics.exceptions import NotFound, TooLarge
from diagnostics.workspace import Limits, Workspace
from diagnostics.workspace.content import ContentStore


@pytest.fixture
def store(tmp_path):
    return ContentStore(tmp_path)


def files(store):
    return [p for root in (store.root, store.incoming) for p in root.rglob("*") if p.is_file()]


def test_the_same_content_is_one_file(store):
    first, second = store.add_bytes(b"same"), store.add_bytes(b"same")
    assert first == second
    assert files(store) == [first.path]
    assert first.path.read_bytes() == b"same"


def test_an_upload_that_breaks_off_leaves_nothing(store):
    with pytest.raises(OSError, match="gone"), store.receive() as incoming:
        incoming.write(b"half")
        raise OSError("gone")
    assert files(store) == []


@pytest.mark.parametrize("digest", ["../../etc/passwd", "", "a" * 63, "A" * 64, "/" + "a" * 63, "a" * 64 + "\n"])
def test_only_digests_are_paths(store, digest):
    with pytest.raises(NotFound):
        store.path(digest)


def test_old_files_that_nothing_refers_to_are_swept(store):
    kept, lost, fresh = (store.add_bytes(data) for data in (b"kept", b"lost", b"fresh"))
    for stored in (kept, lost):
        os.utime(stored.path, (1, 1))
    assert store.sweep({kept.digest}, older_than=3600) == 4
    assert not lost.path.exists()
    assert kept.path.exists()
    assert fresh.path.exists()


def test_leftovers_of_interrupted_work_are_cleared_when_old(store):
    (store.incoming / "read-1").mkdir()
    (store.incoming / "read-1" / "member").write_bytes(b"x")
    (store.incoming / "part-1").write_bytes(b"x")
    (store.incoming / "part-2").write_bytes(b"x")
    for name in ("read-1", "part-1"):
        os.utime(store.incoming / name, (1, 1))
    store.clear_stale()
    assert [p.name for p in store.incoming.iterdir()] == ["part-2"]


def test_caps_are_held_for_a_file_a_project_and_all(home, database):
    opened = Workspace.open(home, database, limits=Limits(file_bytes=10, project_bytes=15, total_bytes=22))
    one, two = opened.create_project("one").id, opened.create_project("two").id
    opened.add_upload(one, "a", b"x" * 10)
    for project, size, code in ((one, 11, "file_over_limit"), (one, 6, "project_full")):
        with pytest.raises(TooLarge) as raised:
            opened.add_upload(project, "b", b"y" * size)
        assert (raised.value.code, raised.value.file) == (code, "b")
    opened.add_upload(two, "c", b"z" * 10)
    with pytest.raises(TooLarge) as raised:
        opened.add_upload(two, "d", b"w" * 3)
    assert raised.value.code == "workspace_full"
    assert opened.used_bytes() == 20
    # Deleting makes room.
    opened.delete_upload(opened.uploads(two)[0].id)
    opened.add_upload(two, "d", b"w" * 3)
    opened.close()


@pytest.mark.parametrize("language", ["en", "pt_BR"])
def test_every_error_of_the_workspace_has_its_sentence(language):
    from pathlib import Path
    from re import findall

    from diagnostics import workspace
    from diagnostics.knowledge.loader import entry

    folder = Path(workspace.__file__).parent
    text = "".join(path.read_text() for path in folder.glob("*.py"))
    raised = findall(r'(?:NotFound|Conflict|TooLarge|RunClinicError)\("(\w+)"', text)
    tables = ("project", "run", "prediction", "upload")
    codes = {*raised, *(f"no_such_{table}" for table in tables)}
    assert len(codes) > 8
    assert [code for code in codes if entry(language, "errors", code) is None] == []
    remedies = set(findall(r'remedy="(\w+)"', text))
    assert [code for code in remedies if entry(language, "remedies", code) is None] == []
