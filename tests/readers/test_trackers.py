import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from diagnostics.exceptions import BrokenFile, NotALog, UnreadableFile
from diagnostics.readers import Source, read, sources, wandb
from diagnostics.types import Split
from tests.readers.wire import wandb_config, wandb_history, wandb_log


def mlflow(root: Path) -> Path:
    folder = root / "mlruns" / "1" / "ed05"
    for name, text in {
        "metrics/loss": "1628697792090 3.0 0\n1628697795789 2.0 1\n1628697799319 nan 2\n",
        "metrics/val/loss": "1628697792090 3.5 0 data abc\n1628697795789 2.5 1 data abc\n",
        "params/lr": "0.01",
        "params/opt": "adam",
        "tags/mlflow.runName": "bold-cat",
        "meta.yaml": "run_id: ed05\nstatus: 4\nartifact_uri: file:///somewhere\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root / "mlruns"


def test_an_mlflow_folder_is_one_run(tmp_path: Path) -> None:
    result = read(sources([mlflow(tmp_path)]))
    assert not result.failures and len(result.runs) == 1
    run = result.runs[0]
    assert run.name == "bold-cat" and run.config == {"lr": 0.01, "opt": "adam"}
    train, validation = run.curve("loss", Split.TRAIN), run.curve("loss", Split.VALIDATION)
    assert train is not None and validation is not None
    np.testing.assert_array_equal(train.value, [3.0, 2.0, np.nan])
    assert train.wall_time is not None and train.wall_time[0] == pytest.approx(1628697792.09)
    assert list(validation.step or []) == [0, 1] if validation.step is None else list(validation.step) == [0, 1]
    assert [n.params["status"] for n in run.notes if n.code == "run_ended"] == ["failed"]
    assert "somewhere" not in repr(run)


def test_a_damaged_metric_names_its_line(tmp_path: Path) -> None:
    root = mlflow(tmp_path)
    (root / "1" / "ed05" / "metrics" / "loss").write_text("1628697792090 3.0 0\nnonsense\n1628697792090 3.0 0\n")
    result = read(sources([root]))
    assert result.failures[0].params["place"] == "line 2" and len(result.runs) == 1


def test_a_metric_without_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "val_loss"
    path.write_text("1628697792090 3.0 0\n1628697795789 2.0 1\n")
    assert read(sources([path])).runs[0].curves[0].source == "val_loss"


def database(path: Path, *statements: str) -> Source:
    connection = sqlite3.connect(path)
    connection.executescript(";".join(statements))
    connection.commit()
    connection.close()
    return Source(name=path.name, path=path)


def test_an_mlflow_database(tmp_path: Path) -> None:
    source = database(
        tmp_path / "mlflow.db",
        "create table runs(run_uuid text, name text)",
        "create table params(key text, value text, run_uuid text)",
        "create table metrics(key text, value double, timestamp bigint, run_uuid text, step bigint, is_nan boolean)",
        "insert into runs values('a', 'bold-cat'), ('b', 'calm-dog')",
        "insert into params values('lr', '0.1', 'b')",
        "insert into metrics values('loss', 3, 1700000000000, 'a', 0, 0), ('loss', 0, 1700000001000, 'a', 1, 1),"
        "('loss', 2, 1700000000000, 'b', 0, 0), ('loss', 1, 1700000001000, 'b', 1, 0)",
    )
    before = set(tmp_path.iterdir())
    runs = {run.name: run for run in read([source]).runs}
    assert set(runs) == {"bold-cat", "calm-dog"} and runs["calm-dog"].config["lr"] == 0.1
    np.testing.assert_array_equal(runs["bold-cat"].curves[0].value, [3.0, np.nan])
    assert set(tmp_path.iterdir()) == before


def test_a_trackio_database(tmp_path: Path) -> None:
    rows = [(f"r{n}", s, json.dumps({"train": {"loss": 3 - s}, "note": "x"})) for n in range(2) for s in range(3)]
    values = ",".join(f"(null, '', '{name}', {step}, '{text}')" for name, step, text in rows)
    source = database(
        tmp_path / "project.db",
        "create table metrics(id integer primary key, timestamp text, run_name text, step integer, metrics text)",
        "create table configs(run_name text, config text)",
        """insert into configs values('r0', '{"lr": 0.1}')""",
        f"insert into metrics values {values}",
    )
    runs = {run.name: run for run in read([source]).runs}
    assert list(runs["r1"].curves[0].value) == [3, 2, 1] and runs["r0"].config == {"lr": 0.1}


def test_other_databases_and_hostile_ones_are_refused(tmp_path: Path) -> None:
    other = database(tmp_path / "x.db", "create table people(name text)")
    assert isinstance(read([other]).failures[0], NotALog)
    endless = (
        "with recursive n(i) as (select 1 union all select i + 1 from n) "
        "select i as key, i as value, i as run_uuid, i as step from n"
    )
    view = database(tmp_path / "view.db", f"create view metrics as {endless}")
    assert isinstance(read([view]).failures[0], NotALog)
    whole = other.path.read_bytes()
    broken = tmp_path / "broken.db"
    broken.write_bytes(whole[: len(whole) // 2] + b"\xff" * 100)
    assert isinstance(read([Source(name="broken.db", path=broken)]).failures[0], UnreadableFile)


HISTORY = [
    wandb_history(n, **{"train/loss": str(3 - n / 10), "lr": "0.1", "_timestamp": str(1.7e9 + n)}) for n in range(9)
]


def wandb_source(folder: Path, data: bytes) -> Source:
    path = folder / "run"
    path.write_bytes(data)
    return Source(name="wandb/run-1/run-abc123.wandb", path=path)


def test_a_wandb_log_is_decoded(tmp_path: Path) -> None:
    data = wandb_log(wandb_config(lr="0.1", arch='"resnet"'), *HISTORY, wandb_history(9, **{"val/loss": "NaN"}))
    run = read([wandb_source(tmp_path, data)]).runs[0]
    assert run.name == "brave-fox-1" and run.config == {"lr": 0.1, "arch": "resnet"}
    train = run.curve("loss", Split.TRAIN)
    assert train is not None and len(train) == 9 and train.value[-1] == pytest.approx(2.2)
    validation = run.curve("loss", Split.VALIDATION)
    assert validation is not None and np.isnan(validation.value).all()


def test_records_that_cross_blocks_are_joined() -> None:
    big = wandb_history(0, loss="1", text=json.dumps("x" * 100_000))
    log = wandb.parse(wandb_log(big, *HISTORY))
    assert len(log.rows) == 10 and log.damaged is None and not log.truncated


def test_pictures_are_not_series() -> None:
    row = wandb_history(0, loss="1", image='{"_type": "image-file", "width": 5}')
    assert set(wandb.parse(wandb_log(row)).rows[0]) == {"loss", "_step"}


def test_every_truncation_and_flip_of_a_wandb_log() -> None:
    whole = wandb_log(*HISTORY[:4])
    good = wandb.parse(whole).rows
    for size in range(7, len(whole)):
        rows = wandb.parse(whole[:size]).rows
        assert rows == good[: len(rows)]
    for place in range(7, len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << (place % 8)
        log = wandb.parse(bytes(damaged))
        assert log.rows == good[: len(log.rows)]
        assert log.damaged is not None or log.truncated or place >= len(whole)


def test_a_wandb_log_damaged_at_its_first_record(tmp_path: Path) -> None:
    data = bytearray(wandb_log(*HISTORY))
    data[10] ^= 0xFF
    assert isinstance(read([wandb_source(tmp_path, bytes(data))]).failures[0], BrokenFile)


def test_a_wandb_folder_is_one_run(tmp_path: Path) -> None:
    files = tmp_path / "wandb" / "run-1" / "files"
    files.mkdir(parents=True)
    (files.parent / "run-abc.wandb").write_bytes(wandb_log(wandb_config(lr="0.1"), *HISTORY))
    (files / "output.log").write_text("".join(f"Step {n} -- Train loss: {3 - n / 10:.3f}\n" for n in range(9)))
    (files / "config.yaml").write_text(
        "wandb_version: 1\n_wandb:\n  value:\n    t: 1\nbatch:\n  desc: null\n  value: 32\n"
    )
    (files / "wandb-summary.json").write_text('{"train/loss": 2.2, "_step": 8, "_runtime": 3}')
    result = read(sources([tmp_path / "wandb"]))
    assert len(result.runs) == 1 and not result.failures
    assert result.runs[0].config == {"lr": 0.1, "batch": 32}
    assert {error.code for error in result.ignored} == {"wandb_summary"}
