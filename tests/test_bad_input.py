"""Bad files from the command line and into a project: one clear sentence each, and nothing stored is touched."""

import io
import json
import pickle
import random
import zipfile

import numpy as np
import pytest

from app import cli
from diagnostics.knowledge import error_text
from diagnostics.workspace import UploadState, Workspace
from tests.readers.wire import event, simple, version

GOOD = "epoch,loss,val_loss\n" + "".join(f"{n},{2 * 0.9**n:.4f},{2 * 0.9**n + 0.1:.4f}\n" for n in range(12))
LANGUAGES = ("en", "pt_BR")


def zipped(**members: bytes) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return body.getvalue()


def saved(array) -> bytes:
    body = io.BytesIO()
    np.save(body, array)
    return body.getvalue()


BAD = {
    "empty.csv": b"",
    "blank.log": b"\n \n\t\n",
    "noise.csv": random.Random(7).randbytes(4096),
    "events.out.tfevents.1.host": random.Random(8).randbytes(4096),
    "line.log": b"x" * (2 << 20),
    "line.json": b"[" + b"1," * 400_000,
    "deep.json": b"[" * 100_000,
    "wide.csv": b",".join(b"c%d" % n for n in range(10_000)) + b"\n" + b",".join(b"1" for _ in range(10_000)) + b"\n",
    "quote.csv": b'epoch,loss\n0,"' + b"1,2\n" * 50_000,
    "wrong.csv": "época;perda\n".encode("cp500") * 200,
    "half.csv": "época,perda\n1,2\n".encode("utf-16-le")[1:],
    "weights.pkl": b"\x80\x04\x95\x1e\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.",
    "bomb.zip": zipped(**{"loss.csv": b"0" * (300 << 20)}),
    "climbs.zip": zipped(**{"../../outside.csv": GOOD.encode()}),
    "rooted.zip": zipped(**{"/etc/outside.csv": GOOD.encode()}),
    "drive.zip": zipped(**{"C:\\outside.csv": GOOD.encode()}),
    "cut.zip": zipped(**{"a.csv": GOOD.encode()})[:-30],
}
SMALL = {
    "metrics.csv": GOOD[:120].encode(),
    "history.json": json.dumps({"loss": [1.5, 1.25], "val_loss": [1.75, 1.5]}).encode(),
    "trainer_state.json": json.dumps(
        {"global_step": 2, "log_history": [{"loss": 0.9, "step": 1}, {"loss": 0.8, "step": 2}]}
    ).encode(),
    "log.txt": b"Epoch 1/2\n - loss: 0.9 - val_loss: 0.8\nEpoch 2/2\n - loss: 0.8 - val_loss: 0.7\n",
    "events.out.tfevents.1.h": version() + event(1, simple("loss", 2.0)) + event(2, simple("loss", 1.0)),
    "history.npy": saved(np.array([2.0, 1.5, 1.25])),
    "history.pkl": pickle.dumps({"loss": [2.0, 1.5], "val_loss": [2.0, 1.75]}, protocol=4),
    "runs.zip": zipped(**{"a/metrics.csv": GOOD[:80].encode()}),
}


@pytest.fixture
def workspace(tmp_path):
    opened = Workspace.open(tmp_path / "home")
    yield opened
    opened.close()


def sentence(text: str, name: str) -> None:
    """A sentence for people: names the file, is filled in, and is no trace."""
    stem = name.partition(".")[0]
    assert stem in text and "Traceback" not in text and "Error" not in text.replace("ERROR", "")
    assert not any(mark in text for mark in ("{", "}", "[[", "None"))
    assert text.rstrip().endswith((".", ")", "»", '"'))


def stored(workspace, project):
    """What a project holds: its runs to the last digit, and the bytes of its files."""
    runs = {entry.id: (entry, workspace.run(entry.id).digest) for entry in workspace.runs(project)}
    files = [(file, workspace.upload_path(file.id).read_bytes()) for file in workspace.uploads(project)]
    return runs, files


@pytest.mark.parametrize("name", BAD)
def test_from_the_command_line_a_bad_file_is_one_sentence_and_2(tmp_path, capsys, name):
    (tmp_path / name).write_bytes(BAD[name])
    told = {}
    for language in LANGUAGES:
        assert cli.main(["diagnose", str(tmp_path / name), "--language", language]) == 2
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 1, lines
        sentence(lines[0], name)
        told[language] = lines[0]
    assert told["en"] != told["pt_BR"]


@pytest.mark.parametrize("name", BAD)
def test_in_a_project_a_bad_file_changes_nothing_that_is_stored(workspace, name, tmp_path):
    project = workspace.create_project("Mine").id
    good = workspace.add_upload(project, "good.csv", GOOD.encode())
    workspace.ingest(project, [good.id])
    before = stored(workspace, project)
    bad = workspace.add_upload(project, name, BAD[name])
    result = workspace.ingest(project, [bad.id])
    failures = [*result.failures, *result.ignored]
    assert failures and not result.runs
    for failure in failures:
        told = [error_text(failure, language) for language in LANGUAGES]
        assert failure.remedy and told[0] != told[1]
        for text in told:
            assert len(text) > 20 and "{" not in text
    assert workspace.upload(bad.id).state is UploadState.REFUSED
    runs, files = stored(workspace, project)
    assert (runs, [file for file in files if file[0].id != bad.id]) == before
    assert not list(tmp_path.rglob("outside*"))
    again = workspace.add_upload(project, "second.csv", GOOD.replace("0.9", "0.8").encode())
    assert workspace.ingest(project, [again.id]).runs


@pytest.mark.parametrize("name", SMALL)
def test_cut_at_every_byte_the_command_line_answers_for_each(tmp_path, capsys, name):
    content = SMALL[name]
    paths = []
    for end in range(len(content)):
        path = tmp_path / f"cut{end:04}" / name
        path.parent.mkdir()
        path.write_bytes(content[:end])
        paths.append(str(path))
    assert cli.main(["diagnose", *paths, "--json"]) == 2
    said = capsys.readouterr()
    assert isinstance(json.loads(said.out)["findings"], list)
    lines = said.err.splitlines()
    assert 0 < len(lines) <= len(paths)
    for line in lines:
        sentence(line, name)
        assert "nobody foresaw" not in line


@pytest.mark.parametrize("name", ["metrics.csv", "history.json", "events.out.tfevents.1.h", "runs.zip"])
def test_cut_at_every_byte_a_project_keeps_what_it_has(workspace, name):
    project = workspace.create_project("Mine").id
    good = workspace.add_upload(project, "good.csv", GOOD.encode())
    workspace.ingest(project, [good.id])
    ((id, held),) = stored(workspace, project)[0].items()
    cut = [
        workspace.add_upload(project, f"cut{end:04}/{name}", SMALL[name][:end]).id
        for end in range(1, len(SMALL[name]), 7)
    ]
    workspace.ingest(project, cut)
    assert stored(workspace, project)[0][id] == held
    assert all(workspace.upload(one).state is not UploadState.RECEIVED for one in cut)


def test_another_encoding_is_read_where_it_can_be_told(tmp_path, capsys):
    text = GOOD.replace("loss", "perda").replace("epoch", "época")
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(text.encode(encoding))
        assert cli.main(["diagnose", str(path)]) == 0, encoding
        assert "12" in capsys.readouterr().out


def test_names_of_uploads_cannot_leave_the_home(workspace, tmp_path):
    project = workspace.create_project("Mine").id
    for name in ("../../outside.csv", "/etc/outside.csv", "C:\\outside.csv", "a\x00b.csv", "x" * 5000 + ".csv"):
        upload = workspace.add_upload(project, name, GOOD.encode())
        assert ".." not in upload.label.split("/") and not upload.label.startswith("/")
        assert workspace.upload_path(upload.id).resolve().is_relative_to(tmp_path / "home")
    assert not list(tmp_path.rglob("outside*"))
