# ruff: noqa: E501 (lines of logs stay whole)
"""Whatever is in a file: a run or a named error, and nothing else; what was written is what is read."""

import json
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diagnostics.exceptions import UnreadableFile
from diagnostics.readers import names
from diagnostics.readers.assembly import assemble
from diagnostics.readers.draft import Draft
from diagnostics.readers.registry import read_file
from diagnostics.readers.segments import restarts
from diagnostics.types import Run, Split
from tests.readers.logs import source

QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NUMBERS = st.floats(allow_nan=True, allow_infinity=True, width=64)


def outcome(folder, content, name):
    """Runs, or the error that says why not."""
    try:
        found = read_file(source(folder, content, name))[1]
    except UnreadableFile as error:
        assert error.code and error.file == name
        return []
    runs = [assemble([d]) for d in found if isinstance(d, Draft)]
    for one in runs:
        assert isinstance(one, Run) and one.digest
        for curve in one.curves:
            assert len(curve.value) == len(curve.x) == len(curve.segment) > 0
            assert curve.value.dtype == np.float64
    return runs


@QUIET
@given(
    rows=st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=2, max_size=30),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    bom=st.booleans(),
)
def test_what_was_written_is_read(tmp_path, rows, separator, newline, bom):
    header = separator.join(["epoch", "train_loss", "val_loss", "val_acc"])
    body = [separator.join([str(i), *(repr(v) for v in row)]) for i, row in enumerate(rows)]
    text = newline.join([header, *body]) + newline
    (found,) = outcome(tmp_path, ("\ufeff" if bom else "").encode() + text.encode(), "metrics.csv")
    for place, (metric, split) in enumerate(
        [("loss", Split.TRAIN), ("loss", Split.VALIDATION), ("accuracy", Split.VALIDATION)]
    ):
        np.testing.assert_array_equal(found.curve(metric, split).value, [row[place] for row in rows])


@QUIET
@given(
    rows=st.lists(st.dictionaries(st.sampled_from(["train_loss", "val_loss", "lr"]), NUMBERS, min_size=1), min_size=2)
)
def test_json_lines_are_read_as_written(tmp_path, rows):
    text = "".join(json.dumps({"step": i, **row}) + "\n" for i, row in enumerate(rows))
    found = outcome(tmp_path, text, "log.jsonl")
    wanted = [(i, row["train_loss"]) for i, row in enumerate(rows) if "train_loss" in row]
    if wanted:
        curve = next(c for c in found[0].curves if c.source == "train_loss")
        np.testing.assert_array_equal(curve.value, [v for _, v in wanted])
        if len(wanted) > 1:
            assert list(curve.step) == [i for i, _ in wanted]


SAMPLES = {
    "metrics.csv": "epoch,step,train_loss_step,val_loss\n0,49,2.5,\n0,50,,1.9\n1,99,1.5,\n1,100,,1.1\n",
    "log.csv": "epoch;loss;val_loss\r\n0;0,9;1,1\r\n1;0,8;1,0\r\n2;0,7;0,9\r\n",
    "results.csv": "  epoch, train/box_loss, metrics/mAP50(B), val/box_loss, lr/pg0\n  1, 1.5, 0.1, 1.6, 0.1\n  2, 1.4, 0.2, 1.5, 0.1\n",
    "run-.-tag-loss.csv": "Wall time,Step,Value\n1589012062.5,0,2.3\n1589012063.5,1,2.1\n",
    "history.json": '{"loss": [1.5, NaN], "val_loss": [1.6, 1.2]}',
    "evals.json": '{"train": {"rmse": [0.9, 0.5]}, "val": {"rmse": [1.0, 0.7]}}',
    "trainer_state.json": '{"log_history": [{"loss": 1.5, "step": 5}, {"eval_loss": 1.2, "step": 5}], "max_steps": 5}',
    "a.log.json": '{"mode": "train", "epoch": 1, "iter": 10, "loss": 1.0}\n{"mode": "val", "epoch": 1, "iter": 2, "mAP": 0.5}\n',
    "log.jsonl": '{"epoch": 1, "train_loss": 0.9, "val_loss": null}\n{"epoch": 2, "train_loss": 0.8, "val_loss": 0.7}\n',
    "0.monitor.csv": '#{"t_start": 1.5, "env_id": "Ant"}\r\nr,l,t\r\n1.5,10,0.5\r\n2.5,20,1.5\r\n',
    "progress.txt": "Epoch\tAverageEpRet\tTotalEnvInteracts\n0\t-1.5\t400\n1\t2.5\t800\n",
    "out.html": "<table><tr><th>Step</th><th>Training Loss</th></tr><tr><td>5</td><td>0.9</td></tr></table>",
    "learn_error.tsv": "iter\tLogloss\n0\t0.6\n1\t0.5\n",
}  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_cut_at_every_byte(tmp_path, name):
    whole = SAMPLES[name].encode()
    assert outcome(tmp_path, whole, name)
    for end in range(1, len(whole)):
        outcome(tmp_path, whole[:end], name)


@QUIET
@given(name=st.sampled_from(sorted(SAMPLES)), data=st.data())
def test_bytes_changed_at_random(tmp_path, name, data):
    content = bytearray(SAMPLES[name].encode())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    outcome(tmp_path, bytes(content), name)


@QUIET
@given(content=st.binary(max_size=400), name=st.sampled_from(["a.csv", "a.json", "a.jsonl", "a.txt", "a", "a.html"]))
def test_noise(tmp_path, content, name):
    if content:
        outcome(tmp_path, content, name)


@QUIET
@given(text=st.text(alphabet='{}[]":,\n\t;aeloss01.-', max_size=200), name=st.sampled_from(["a.csv", "a.json"]))
def test_almost_logs(tmp_path, text, name):
    if text:
        outcome(tmp_path, text, name)


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.jsonl", "a.txt"])
def test_a_huge_line(tmp_path, name):
    outcome(tmp_path, "epoch,loss," * 50_000, name)
    outcome(tmp_path, '{"loss": [' + "1," * 200_000, name)
    outcome(tmp_path, "[" * 100_000, name)
    outcome(tmp_path, '{"a":' * 50_000, name)


@QUIET
@given(st.text(max_size=60))
def test_any_name_can_be_read(name):
    reading = names.parse(name)
    assert reading.metric and reading == names.parse(name)


@QUIET
@given(st.lists(st.integers(0, 50), min_size=1, max_size=60))
def test_stretches_between_restarts_only_hold_late_rows_back(counter):
    array = np.array(counter, dtype=float)
    breaks = restarts(array)
    assert all(0 < b < len(array) and array[b] < array[b - 1] for b in breaks)
    for part in np.split(array, breaks):
        drops = part[1:] < np.maximum.accumulate(part)[:-1]
        # A stretch never begins again from its own beginning.
        assert not (drops & (part[1:] < part[0])).any() or math.isfinite(part[0])
