import gzip
import io
import stat
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from diagnostics.exceptions import BrokenFile, NotALog, RefusedFile, TooLarge
from diagnostics.readers import Source, archives, read, sources
from diagnostics.readers.archives import unsafe_name

CSV = b"epoch,loss,val_loss\n0,1.0,1.1\n1,0.8,0.9\n2,0.6,0.8\n3,0.5,0.7\n"


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def as_source(path: Path, name: str = "") -> Source:
    return Source(name=name or path.name, path=path)


def test_a_zip_of_runs_is_read_in_its_folders(tmp_path: Path) -> None:
    path = zipped(tmp_path / "sweep.zip", {"a/metrics.csv": CSV, "b/metrics.csv": CSV, "__MACOSX/._a": b"junk"})
    result = read([as_source(path)], scratch=tmp_path / "scratch")
    assert sorted(run.name for run in result.runs) == ["a", "b"]
    assert {run.sources[0].name for run in result.runs} == {"sweep/a/metrics.csv", "sweep/b/metrics.csv"}
    assert not result.failures
    assert all(len(p.name) == 64 for p in (tmp_path / "scratch").iterdir())


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_tar_is_read_as_well(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "runs.tar"
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        entry = tarfile.TarInfo("./run1/metrics.csv")
        entry.size = len(CSV)
        archive.addfile(entry, io.BytesIO(CSV))
    assert [run.name for run in read([as_source(path)]).runs] == ["run1"]


def test_a_single_gzip_keeps_the_inner_name(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv.gz"
    path.write_bytes(gzip.compress(CSV))
    run = read([as_source(path, "exp/metrics.csv.gz")]).runs[0]
    assert run.sources[0].name == "exp/metrics.csv"


def test_a_zip_inside_a_zip_is_opened_but_not_deeper(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"metrics.csv": CSV}).read_bytes()
    middle = zipped(tmp_path / "middle.zip", {"inner.zip": inner})
    assert len(read([as_source(middle)]).runs) == 1
    outer = zipped(tmp_path / "outer.zip", {"middle.zip": middle.read_bytes()})
    result = read([as_source(outer)])
    assert not result.runs
    assert isinstance(result.failures[0], RefusedFile) and result.failures[0].code == "nested_archive"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../evil.csv", "traversal_name"),
        ("a/../../evil.csv", "traversal_name"),
        ("..\\evil.csv", "traversal_name"),
        ("%2e%2e/evil.csv", "traversal_name"),
        ("%252e%252e%252fevil.csv", "traversal_name"),
        ("/etc/passwd", "absolute_name"),
        ("C:\\evil.csv", "absolute_name"),
        ("\\\\host\\share.csv", "absolute_name"),
        ("ok\x00.csv", "control_name"),
        ("a%00b.csv", "control_name"),
        ("line\nbreak.csv", "control_name"),
        ("fine/..hidden/metrics.csv", ""),
        ("100%/metrics.csv", ""),
    ],
)
def test_names_that_climb_out_are_known(name: str, code: str) -> None:
    assert unsafe_name(name) == code


@pytest.mark.parametrize("name", ["../evil.csv", "/abs.csv", "..\\evil.csv", "%252e%252e/evil.csv"])
def test_a_hostile_member_is_refused_and_the_others_are_read(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "runs.zip", {name: CSV, "good/metrics.csv": CSV})
    result = read([as_source(path)], scratch=tmp_path / "deep" / "scratch")
    assert [run.name for run in result.runs] == ["good"]
    assert isinstance(result.failures[0], RefusedFile)
    assert {p.name for p in tmp_path.iterdir()} == {"runs.zip", "deep"}


def test_links_in_archives_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "runs.zip"
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert read([as_source(path)]).failures[0].code == "symlink_member"
    tar = tmp_path / "runs.tar"
    with tarfile.open(tar, "w") as packed:
        entry = tarfile.TarInfo("link.csv")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        packed.addfile(entry)
    assert read([as_source(tar)]).failures[0].code == "symlink_member"


def test_bombs_stop_before_they_expand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "RATIO_FROM", 1 << 20)
    path = zipped(tmp_path / "bomb.zip", {f"{n}.csv": b"0" * (1 << 20) for n in range(8)})
    result = read([as_source(path)], scratch=tmp_path / "scratch")
    assert isinstance(result.failures[0], TooLarge) and result.failures[0].code == "archive_expands"
    assert not list((tmp_path / "scratch").iterdir())


def test_a_bomb_that_lies_about_its_size_stops_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "RATIO_FROM", 1 << 20)
    packed = tmp_path / "log.csv.gz"
    packed.write_bytes(gzip.compress(b"0" * (8 << 20)))
    result = read([as_source(packed)], scratch=tmp_path / "scratch")
    assert isinstance(result.failures[0], TooLarge)
    assert not list((tmp_path / "scratch").iterdir())


def test_too_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_FILES", 5)
    path = zipped(tmp_path / "many.zip", {f"{n}.csv": CSV for n in range(9)})
    assert read([as_source(path)]).failures[0].code == "archive_members"


def test_every_truncation_of_a_zip_is_a_clear_error(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "runs.zip", {"a/metrics.csv": CSV}).read_bytes()
    for size in range(1, len(whole)):
        path = tmp_path / "cut.zip"
        path.write_bytes(whole[:size])
        result = read([as_source(path)])
        assert not result.runs and len(result.failures) == 1
        assert result.failures[0].file == "cut.zip"


def test_a_damaged_member_is_a_broken_archive(tmp_path: Path) -> None:
    path = zipped(tmp_path / "runs.zip", {"a/metrics.csv": CSV * 40})
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(bytes(data))
    assert isinstance(read([as_source(path)]).failures[0], BrokenFile)


def test_folders_are_walked_without_links_hidden_files_and_caches(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    for name in ("a/metrics.csv", ".git/metrics.csv", "__pycache__/x.csv", "b/.hidden.csv"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(CSV)
    (root / "link.csv").symlink_to(root / "a/metrics.csv")
    (root / "loop").symlink_to(root)
    assert [source.name for source in sources([root])] == ["runs/a/metrics.csv"]


def test_files_given_one_by_one_keep_what_tells_them_apart(tmp_path: Path) -> None:
    paths = [tmp_path / "one" / "metrics.csv", tmp_path / "two" / "metrics.csv"]
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(CSV)
    assert [source.name for source in sources(paths)] == ["one/metrics.csv", "two/metrics.csv"]
    assert [source.name for source in sources(paths[:1])] == ["metrics.csv"]


def test_models_are_not_opened_as_archives(tmp_path: Path) -> None:
    path = zipped(tmp_path / "model.pt", {"model/data.pkl": b"\x80\x02.", "model/version": b"3", "model/data/0": b"0"})
    failure = read([as_source(path)]).failures[0]
    assert isinstance(failure, NotALog) and failure.code == "seems_torch_model"


def test_missing_and_empty_files_are_failures_not_crashes(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()
    found = read([as_source(empty), as_source(tmp_path / "gone.csv")]).failures
    assert [error.code for error in found] == ["empty_file", "cannot_open"]
    assert str(tmp_path) not in " ".join(map(str, found))


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_SPARSE])
def test_a_header_that_would_fill_the_memory_is_not_read(tmp_path: Path, kind: bytes) -> None:
    header = tarfile.TarInfo("huge")
    header.type, header.size = kind, 64 << 20
    tar = tmp_path / "runs.tar.gz"
    with gzip.open(tar, "wb", compresslevel=1) as stream:
        stream.write(header.tobuf())
        stream.write(bytes(header.size))
    tracemalloc.start()
    try:
        found = read([as_source(tar)])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [failure.code for failure in found.failures] == ["broken_archive"]
    assert peak < 16 << 20


def test_a_map_of_holes_is_not_read(tmp_path: Path) -> None:
    tar = tmp_path / "runs.tar"
    with tarfile.open(tar, "w", format=tarfile.PAX_FORMAT) as archive:
        entry = tarfile.TarInfo("metrics.csv")
        entry.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "metrics.csv",
                             "GNU.sparse.realsize": "512"}  # fmt: skip
        entry.size = 512
        archive.addfile(entry, io.BytesIO(b"1\n0\n512\n".ljust(512, b"\0")))
    assert [failure.code for failure in read([as_source(tar)]).failures] == ["broken_archive"]
