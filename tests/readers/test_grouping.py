import json
from pathlib import Path

import numpy as np
import pytest

from diagnostics.readers import ReadResult, read, sources
from diagnostics.readers.settings import from_name, without_seed
from diagnostics.types import Run, Split
from tests.readers.wire import event, simple, version

CSV = "epoch,loss,val_loss\n0,1.0,1.1\n1,0.8,0.9\n2,0.6,0.8\n3,0.5,0.7\n"


def tree(root: Path, files: dict[str, str | bytes]) -> ReadResult:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(sources([root]))


def only(result: ReadResult) -> Run:
    assert [str(error) for error in result.failures] == []
    assert len(result.runs) == 1, [(r.name, [s.name for s in r.sources]) for r in result.runs]
    return result.runs[0]


def by_name(result: ReadResult) -> dict[str, Run]:
    return {run.name: run for run in result.runs}


def events(tag: str, numbers: list[float], start: int = 0, wall: float = 1.7e9) -> bytes:
    points = (event(start + i, simple(tag, v), wall=wall + i) for i, v in enumerate(numbers))
    return version() + b"".join(points)


def test_keras_train_and_validation_folders_are_one_run(tmp_path: Path) -> None:
    run = only(
        tree(
            tmp_path / "fit",
            {
                "logs/train/events.out.tfevents.1.h.2.0.v2": events("epoch_loss", [3, 2, 1]),
                "logs/validation/events.out.tfevents.9.h.2.1.v2": events("epoch_loss", [3.5, 2.5, 2]),
            },
        )
    )
    assert {(c.split, len(c)) for c in run.curves} == {(Split.TRAIN, 3), (Split.VALIDATION, 3)}
    assert run.name == "fit"


def test_a_folder_that_is_merely_called_train_is_a_run(tmp_path: Path) -> None:
    data = events("loss", [3, 2, 1])
    assert len(tree(tmp_path, {"a/train/events.out.tfevents.1.h": data, "b/x/events.out.tfevents.1.h": data}).runs) == 2


def test_estimator_writes_eval_below_the_run(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "m/events.out.tfevents.1.h": events("loss", [3, 2, 1]),
        "m/eval/events.out.tfevents.2.h": events("loss", [3.3, 2.2]),
    }
    run = only(tree(tmp_path, files))
    assert {(c.split, len(c)) for c in run.curves} == {(Split.TRAIN, 3), (Split.VALIDATION, 2)}


def test_add_scalars_folders_belong_to_their_run(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "r/events.out.tfevents.1.h": version(),
        "r/loss_train/events.out.tfevents.1.h": events("loss", [3, 2, 1]),
        "r/loss_val/events.out.tfevents.1.h": events("loss", [3, 2.5, 2]),
    }
    run = only(tree(tmp_path, files))
    assert {(c.metric, c.split) for c in run.curves} == {("loss", Split.TRAIN), ("loss", Split.VALIDATION)}


def test_event_files_of_one_folder_continue_each_other(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "r/events.out.tfevents.20.h": events("loss", [3.5, 3.1], start=1, wall=1.8e9),
        "r/events.out.tfevents.10.h": events("loss", [5, 4, 3]),
    }
    run = only(tree(tmp_path, files))
    assert list(run.curves[0].value) == pytest.approx([5, 4, 3, 3.5, 3.1])
    assert list(run.curves[0].segment) == [0, 0, 0, 1, 1]
    assert len(run.sources) == 2


def test_train_csv_beside_val_csv(tmp_path: Path) -> None:
    table = "epoch,loss,accuracy\n0,{}.0,0.1\n1,{}.5,0.2\n2,{}.2,0.3\n"
    files: dict[str, str | bytes] = {"run/train.csv": table.format(3, 2, 1), "run/val.csv": table.format(4, 3, 2)}
    run = only(tree(tmp_path, files))
    assert {(c.metric, c.split) for c in run.curves} == {
        ("loss", Split.TRAIN), ("loss", Split.VALIDATION), ("accuracy", Split.TRAIN), ("accuracy", Split.VALIDATION)
    }  # fmt: skip


def test_one_file_a_series(tmp_path: Path) -> None:
    np.save(tmp_path / "loss.npy", np.array([3.0, 2.0, 1.0]))
    np.save(tmp_path / "val_loss.npy", np.array([3.5, 2.5, 1.5]))
    run = only(read(sources([tmp_path])))
    assert {(c.metric, c.split) for c in run.curves} == {("loss", Split.TRAIN), ("loss", Split.VALIDATION)}


def test_history_and_history2_are_two_phases(tmp_path: Path) -> None:
    first, second = {"loss": [3, 2, 1.5], "val_loss": [3, 2.5, 2]}, {"loss": [1.4, 1.2], "val_loss": [1.9, 1.8]}
    run = only(tree(tmp_path, {"m/history.json": json.dumps(first), "m/history2.json": json.dumps(second)}))
    assert list(run.curves[0].value) == [3, 2, 1.5, 1.4, 1.2]
    assert len(run.segments) == 2


def state(steps: int) -> str:
    history = [{"loss": 3 / (n + 1), "epoch": n / 10, "step": n * 10} for n in range(1, steps + 1)]
    return json.dumps({"log_history": history, "global_step": steps * 10, "best_model_checkpoint": None})


def test_of_checkpoints_the_longest_is_kept(tmp_path: Path) -> None:
    run = only(tree(tmp_path / "out", {f"checkpoint-{n}0/trainer_state.json": state(n) for n in (5, 15, 10)}))
    assert len(run.curves[0]) == 15 and len(run.sources) == 3
    assert any(note.code == "prefixes_left_out" for note in run.notes)
    assert run.name == "out"


def test_two_loggers_of_one_run_are_one_run(tmp_path: Path) -> None:
    numbers = [3.123456, 2.23456, 1.5, 1.25]
    csv = "epoch,train_loss,val_loss\n" + "".join(f"{i},{v},{v + 1}\n" for i, v in enumerate(numbers))
    log = "".join(f"Epoch {i}: train_loss={v:.4f}, val_loss={v + 1:.4f}\n" for i, v in enumerate(numbers))
    run = only(tree(tmp_path, {"r/metrics.csv": csv, "r/train.log": log}))
    assert [s.format for s in run.sources][1] == "stdout_log"
    assert any(note.code == "second_logger" for note in run.notes)


def test_repetitions_with_one_seed_stay_runs_of_their_own(tmp_path: Path) -> None:
    result = tree(tmp_path / "e", {"train1/results.csv": CSV, "train2/results.csv": CSV})
    assert sorted(by_name(result)) == ["train1", "train2"]


def test_versions_are_runs_of_one_group_with_their_own_settings(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {}
    for n in range(3):
        files[f"lightning_logs/version_{n}/metrics.csv"] = CSV
        files[f"lightning_logs/version_{n}/hparams.yaml"] = f"lr: 0.{n}1\nmodel:\n  dim: {n}\n"
    result = tree(tmp_path, files)
    assert sorted(by_name(result)) == ["version_0", "version_1", "version_2"]
    assert len({run.group for run in result.runs} - {""}) == 1
    assert by_name(result)["version_2"].config == {"lr": 0.21, "model.dim": 2}


def test_seeds_are_a_group(tmp_path: Path) -> None:
    names = ["a_lr0.1_seed1", "a_lr0.1_seed2", "b_lr0.1_seed1", "b_lr0.1_seed2"]
    result = tree(tmp_path, {f"{name}/metrics.csv": CSV for name in names})
    groups = {run.name: run.group for run in result.runs}
    assert groups["a_lr0.1_seed1"] == groups["a_lr0.1_seed2"] != groups["b_lr0.1_seed1"] == groups["b_lr0.1_seed2"]
    assert by_name(result)["b_lr0.1_seed2"].config == {"learning_rate": 0.1, "seed": 2}


def test_the_run_without_a_seed_folder_joins_its_seeds(tmp_path: Path) -> None:
    result = tree(tmp_path / "g", {f"hot/{sub}trainer_state.json": state(9) for sub in ("", "seed43/", "seed44/")})
    assert len(result.runs) == 3 and len({run.group for run in result.runs}) == 1


def test_equal_names_get_the_folders_that_tell_them_apart(tmp_path: Path) -> None:
    result = tree(tmp_path / "all", {f"{d}/version_0/metrics.csv": CSV for d in ("vgg", "resnet")})
    assert sorted(by_name(result)) == ["resnet/version_0", "vgg/version_0"]


def test_a_configuration_above_holds_for_all_and_a_nearer_one_wins(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "exp/config.yaml": "lr: 0.1\nbatch_size: 8\n",
        "exp/a/metrics.csv": CSV,
        "exp/b/metrics.csv": CSV,
        "exp/b/config.yaml": "lr: 0.5\n",
    }
    found = by_name(tree(tmp_path, files))
    assert found["a"].config == {"lr": 0.1, "batch_size": 8}
    assert found["b"].config == {"lr": 0.5, "batch_size": 8}


def test_a_configuration_named_after_a_run_is_that_run_s(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "e/one.csv": CSV, "e/two.csv": CSV.replace("1.0", "2.0"), "e/one_config.json": '{"lr": 0.1, "epochs": 3}'
    }  # fmt: skip
    found = by_name(tree(tmp_path, files))
    assert found["one"].config == {"lr": 0.1, "epochs": 3} and found["two"].config == {}


def test_latest_run_is_not_read_twice(tmp_path: Path) -> None:
    result = tree(tmp_path, {"wandb/run-1/files/output.csv": CSV, "wandb/latest-run/files/output.csv": CSV})
    assert len(result.runs) == 1


def test_what_a_folder_holds_besides_logs_is_no_failure(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "r/metrics.csv": CSV,
        "r/README.md": "# Experiments\n\nSome words.\n",
        "r/model.py": "import torch\n\nclass Net:\n    pass\n",
        "r/plot.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        "r/model.safetensors": (20).to_bytes(8, "little") + b'{"a":{"dtype":"F32"}' + b"\0" * 40,
    }
    result = tree(tmp_path, files)
    assert len(result.runs) == 1 and not result.failures and len(result.ignored) == 4


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("linear_mask60_bs32_dim256_lr0.0001", {"mask": 60, "batch_size": 32, "dim": 256, "learning_rate": 1e-4}),
        ("wd5e-05_ep100_seed67", {"weight_decay": 5e-5, "epochs": 100, "seed": 67}),
        ("lr=1e-3,bs=64", {"learning_rate": 1e-3, "batch_size": 64}),
        ("ppo_s3", {"seed": 3}),
        ("resnet50_lr0.1", {"learning_rate": 0.1}),
        ("version_3", {}), ("train99", {}), ("exp5", {}), ("checkpoint-500", {}), ("yolov8n", {}),
        ("2024-01-01_12-00", {}),
    ],
)  # fmt: skip
def test_folder_names_as_settings(name: str, expected: dict[str, float]) -> None:
    assert from_name(name) == expected


def test_a_name_without_its_seed() -> None:
    assert without_seed("a_lr0.1_seed67") == without_seed("a_lr0.1_seed2") == "a_lr0.1"
    assert without_seed("seed43") == "" and without_seed("resnet") == "resnet"
