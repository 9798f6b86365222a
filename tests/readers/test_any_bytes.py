"""Whatever the bytes are, reading ends in runs or in failures that name the file; it never raises."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.readers import Source, read

MAGIC = [
    b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"\x80\x04\x95", b"\x93NUMPY\x01\x00", b":W&B\xe1\xbe\x00",
    b"SQLite format 3\x00",
    b"{", b"[", b"epoch,loss\n", b"Epoch 1/3\n", b"PAR1", b"!!python/", b"\xef\xbb\xbf", b"\xff\xfe", b"lr: &a [*a]\n",
    b"[0]\ttrain-auc:", b"\x18\x00\x00\x00\x00\x00\x00\x00\xa3\x7fK\"",
    b"#{\"t_start\": 1}\nr,l,t\n", b"\x89HDF\r\n\x1a\n",
]  # fmt: skip
NAMES = [
    "metrics.csv",
    "events.out.tfevents.1.h",
    "history.pkl",
    "hparams.yaml",
    "log.txt",
    "x.zip",
    "run-a.wandb",
    "a",
]
PIECES = st.one_of(
    st.binary(max_size=300),
    st.text(alphabet="0123456789.,;:-+eE naif\n\t\"'{}[]()=|%/\\", max_size=300).map(str.encode),
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(MAGIC), PIECES, st.sampled_from(NAMES))
def test_no_bytes_take_the_reading_down(magic: bytes, rest: bytes, name: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(magic + rest)
        result = read([Source(name=name, path=path)], scratch=Path(folder) / "scratch")
    assert all(error.code != "reader_failed" for error in result.failures), (magic, rest)
    assert all(error.file.startswith(name.removesuffix(".zip")) for error in result.failures)
    assert all(len(curve) for run in result.runs for curve in run.curves)


@pytest.mark.parametrize("size", [1 << 20])
def test_a_huge_line_and_many_columns(tmp_path: Path, size: int) -> None:
    for name, data in {
        "line.log": b"x" * size,
        "wide.csv": b",".join(b"c%d" % n for n in range(10_000)) + b"\n" + b",".join(b"1" for _ in range(10_000)),
        "zeros.bin": b"\0" * size,
    }.items():
        path = tmp_path / name
        path.write_bytes(data)
        result = read([Source(name=name, path=path)])
        assert len(result.failures) == 1 and result.failures[0].file == name
