import collections
import io
import os
import pickle
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from diagnostics.exceptions import BrokenFile, RefusedFile
from diagnostics.readers import Source, arrays, read, unpickling

HISTORY = {"loss": [1.0, 0.5, 0.3], "val_loss": [1.1, 0.7, 0.6], "lr": [np.float32(0.1)] * 3}


def written(folder: Path, data: bytes, name: str = "history.pkl") -> Source:
    path = folder / "file"
    path.write_bytes(data)
    return Source(name=name, path=path)


@pytest.mark.parametrize("protocol", range(2, 6))
@pytest.mark.parametrize(
    "value",
    [
        HISTORY,
        {"loss": np.array([1.0, 0.5]), "n": np.int64(3), "name": np.str_("x")},
        collections.OrderedDict(loss=[1.0, float("nan")]),
        collections.defaultdict(list, loss=[1.0, 2.0]),
        [{"a": (1, 2), "b": {3}, "c": None, "d": True, "e": b"raw"}],
        {"grid": np.arange(6, dtype=np.int32).reshape(2, 3), "big": np.array([1.5], dtype=">f8")},
        np.array([{"loss": [1.0]}], dtype=object),
    ],
)
def test_plain_data_comes_back(value: Any, protocol: int) -> None:
    found = unpickling.loads(pickle.dumps(value, protocol=protocol))
    flat = arrays.plain(found)
    expected = arrays.plain(value if not isinstance(value, np.ndarray) else list(value))
    assert str(flat).replace("{3}", "[3]") == str(_listed(expected)).replace("{3}", "[3]")


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _listed(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set):
        return [_listed(v) for v in value]
    return value.item() if isinstance(value, np.generic) else value


class Runs:
    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


@pytest.mark.parametrize("protocol", range(2, 6))
@pytest.mark.parametrize("function", [os.system, subprocess.call, eval, exec, getattr, open, print, np.load, bytearray])
def test_a_payload_never_runs(tmp_path: Path, function: Any, protocol: int) -> None:
    witness = tmp_path / "witness"
    payload = pickle.dumps({"loss": Runs(function, f"touch {witness}")}, protocol=protocol)
    source = written(tmp_path, payload)
    failure = read([source]).failures[0]
    assert isinstance(failure, RefusedFile) and failure.code == "pickle_code"
    assert not witness.exists()


@pytest.mark.parametrize(
    "payload",
    [
        b"\x80\x02cnumpy\nndarray\n(cnumpy\ndtype\nX\x02\x00\x00\x00f8\x85Rtb.",
        b"\x80\x02cnumpy\nndarray\nN}X\x0c\x00\x00\x00__setstate__K\x01s\x86b.",
        b"\x80\x02c_codecs\nencode\n}X\x01\x00\x00\x00aK\x01sb.",
        b"\x80\x02cbuiltins\ndict\n}X\x06\x00\x00\x00updateK\x01sb.",
    ],
)
def test_state_is_given_to_stand_ins_only(payload: bytes) -> None:
    before = vars(unpickling._Array).copy()
    with pytest.raises(pickle.UnpicklingError):
        unpickling.loads(payload)
    assert vars(unpickling._Array) == before


def test_an_array_larger_than_its_bytes_is_refused() -> None:
    honest = pickle.dumps(np.zeros(3), protocol=2)
    with pytest.raises(pickle.UnpicklingError):
        unpickling.loads(honest.replace(b"K\x03\x85", b"J\xff\xff\xff\x7f\x85"))


def test_a_huge_memo_index_costs_nothing() -> None:
    assert unpickling.loads(b"\x80\x02}r\xff\xff\xff\xff.") == {}


def test_lists_nested_without_end_are_stopped() -> None:
    inner: list[Any] = []
    for _ in range(40):
        inner = [inner, inner]
    with pytest.raises(pickle.UnpicklingError):
        unpickling.loads(pickle.dumps(inner, protocol=4))


def test_every_truncation_and_flip_of_a_history_is_safe(tmp_path: Path) -> None:
    whole = pickle.dumps(HISTORY, protocol=4)
    for size in range(len(whole)):
        with pytest.raises(pickle.UnpicklingError):
            unpickling.loads(whole[:size])
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << (place % 8)
        try:
            unpickling.loads(bytes(damaged))
        except pickle.UnpicklingError:
            continue


def test_histories_become_runs(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.array(HISTORY, dtype=object), allow_pickle=True)
    for data, name in ((pickle.dumps(HISTORY), "history.pkl"), (buffer.getvalue(), "history.npy")):
        run = read([written(tmp_path, data, name)]).runs[0]
        assert [(c.metric, c.split and c.split.value, len(c)) for c in run.curves][:2] == [
            ("loss", "train", 3),
            ("loss", "validation", 3),
        ]


def test_a_column_of_numbers_is_named_by_its_file(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.array([3.0, 2.0, 1.0]))
    run = read([written(tmp_path, buffer.getvalue(), "val_loss.npy")]).runs[0]
    assert run.curves[0].source == "val_loss"


def test_an_npy_header_that_promises_too_much_is_broken(tmp_path: Path) -> None:
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }\n"
    data = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"\0" * 80
    failure = read([written(tmp_path, data, "loss.npy")]).failures[0]
    assert isinstance(failure, BrokenFile) and failure.code == "broken_array"


def test_evaluations_of_stable_baselines(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.savez(
        buffer, timesteps=np.array([10, 20]), results=np.array([[1.0, 3.0], [5.0, 7.0]]), ep_lengths=np.ones((2, 2))
    )
    run = read([written(tmp_path, buffer.getvalue(), "evaluations.npz")]).runs[0]
    assert run.setting.value == "reinforcement"
    assert list(run.curves[0].value) == [2.0, 6.0]
