# ruff: noqa: E501 (lines of logs stay whole)
"""Small JSON logs as each tool writes them."""

import json
import math

import numpy as np
import pytest

from diagnostics.exceptions import BrokenFile
from diagnostics.readers.assembly import assemble
from diagnostics.types import Role, Setting, Split
from tests.readers.logs import codes, curve, drafts, places, run, values

T, V, S = Split.TRAIN, Split.VALIDATION, Split.TEST
HISTORY = {"loss": [3.0, 2.0, 1.0], "val_loss": [3.5, 2.5, 2.2], "accuracy": [0.1, 0.2, 0.3], "lr": [0.1, 0.1, 0.01]}


def lines(*records):
    return "".join(json.dumps(r) + "\n" for r in records)


@pytest.mark.parametrize(
    "text",
    [json.dumps(HISTORY), json.dumps(HISTORY, indent=2), json.dumps({"params": {"epochs": 3}, "history": HISTORY}),
     str(HISTORY), json.dumps({k: [str(v) for v in x] for k, x in HISTORY.items()}),
     json.dumps({k: {str(i): v for i, v in enumerate(x)} for k, x in HISTORY.items()}),
     json.dumps({"columns": list(HISTORY), "data": list(zip(*HISTORY.values(), strict=True))}),
     str(HISTORY).replace("3.0", "np.float32(3.0)"), "defaultdict(<class 'list'>, " + str(HISTORY) + ")",
     json.dumps([dict(zip(HISTORY, row, strict=True)) for row in zip(*HISTORY.values(), strict=True)]),
     json.dumps({"epochs": [dict(zip(HISTORY, row, strict=True)) for row in zip(*HISTORY.values(), strict=True)]}),
     json.dumps({str(i): dict(zip(HISTORY, r, strict=True)) for i, r in enumerate(zip(*HISTORY.values(), strict=True))})],
)  # fmt: skip
def test_histories_in_every_dump(tmp_path, text):
    found = run(tmp_path, text, "history.json")
    assert values(found, "loss", T) == [3, 2, 1] and values(found, "loss", V) == [3.5, 2.5, 2.2]
    assert values(found, "accuracy", T) == [0.1, 0.2, 0.3]


def test_history_with_nan_and_infinity(tmp_path):
    for text in (
        '{"loss": [1.0, NaN, Infinity], "val_loss": [1, null, 2]}',
        "{'loss': [1.0, nan, inf], 'val_loss': [1, nan, 2]}",
    ):
        found = run(tmp_path, text, "history.json")
        loss, held = values(found, "loss", T), values(found, "loss", V)
        assert loss[0] == 1 and math.isnan(loss[1]) and loss[2] == math.inf and math.isnan(held[1])


def test_nested_by_split_and_by_run(tmp_path):
    nested = {"train": {"loss": [3, 2], "acc": [0.1, 0.2]}, "val": {"loss": [3.1, 2.2], "acc": [0.1, 0.3]}}
    found = run(tmp_path, json.dumps(nested), "log.json")
    assert values(found, "loss", V) == [3.1, 2.2] and values(found, "accuracy", T) == [0.1, 0.2]
    parts = drafts(tmp_path, json.dumps({"fold_1": HISTORY, "fold_2": HISTORY}), "cv.json")
    assert [p.name for p in parts] == ["cv · fold_1", "cv · fold_2"]


def test_validation_every_second_epoch(tmp_path):
    found = run(tmp_path, json.dumps({"loss": [4, 3, 2, 1], "val_loss": [3, 2]}), "history.json")
    assert curve(found, "loss", V).epoch.tolist() == [1, 3]
    found = run(tmp_path, json.dumps({"loss": [4, 3, 2, 1, 0.5], "val_loss": [3, 2, 1]}), "history.json")
    assert curve(found, "loss", V).epoch is None and "uneven_lists" in codes(found)


def test_the_watched_pair_is_the_loss(tmp_path):
    value = {"Train Loss": [2, 1], "Test Loss": [2, 1.5], "Train Robust Loss": [3, 2], "Test Robust Loss": [3, 2.5],
             "train_metric": "Train Robust Loss", "monitor_metric": "Test Robust Loss"}  # fmt: skip
    found = run(tmp_path, json.dumps(value), "h.json")
    assert [(c.source, c.split) for c in found.pick(role=Role.LOSS)] == [
        ("Train Robust Loss", T),
        ("Test Robust Loss", V),
    ]
    assert places(found)["Test Loss"] == ("plain_loss", "validation", "loss_term")


def test_json_lines(tmp_path):
    text = lines(
        {"epoch": 1, "train_loss": 0.9, "val_loss": 1.0, "lr": 0.1},
        {"epoch": 2, "train_loss": 0.8, "val_loss": 0.9, "lr": 0.1},
    )
    found = run(tmp_path, text + '{"epoch": 3, "train_lo', "log.jsonl")
    assert values(found, "loss", T) == [0.9, 0.8] and "cut_last_line" in codes(found)


def test_null_is_nan_only_where_something_was_measured(tmp_path):
    text = lines({"epoch": 0, "train_loss": 0.9, "val_loss": None}, {"epoch": 1, "train_loss": 0.8, "val_loss": 0.7},
                 {"epoch": 2, "train_loss": None, "val_loss": None, "val_acc": 0.1})  # fmt: skip
    found = run(tmp_path, text, "log.jsonl")
    assert np.isnan(values(found, "loss", T)).tolist() == [False, False, True]
    assert curve(found, "loss", V).epoch.tolist() == [1, 2] and math.isnan(values(found, "loss", V)[1])
    assert "null_read_as_nan" in codes(found)


def test_json_lines_with_a_split_key_and_nesting(tmp_path):
    text = lines(*({"step": i, "split": s, "metrics": {"loss": 1 / i}} for i in (1, 2, 3) for s in ("train", "valid")))
    found = run(tmp_path, text, "log.jsonl")
    assert len(curve(found, "loss", T)) == len(curve(found, "loss", V)) == 3


def state(folder, n, name="out/checkpoint-10/trainer_state.json"):
    history = [
        {"loss": 2 / i, "grad_norm": 1.0, "learning_rate": 0.1, "epoch": i / 2, "step": 5 * i} for i in range(1, n + 1)
    ]
    history += [{"eval_loss": 1.0, "eval_accuracy": 0.5, "eval_runtime": 2.0, "epoch": n / 2, "step": 5 * n}]
    value = {"log_history": history, "max_steps": 100, "global_step": 5 * n, "best_metric": None}
    return drafts(folder, json.dumps(value), name)[0]


def test_trainer_state(tmp_path):
    history = [{"loss": 1.5, "learning_rate": 0.1, "epoch": 0.5, "step": 5}, {"loss": 1.0, "learning_rate": 0.05, "epoch": 1.0, "step": 10},
               {"eval_loss": 1.2, "eval_f1": 0.5, "epoch": 1.0, "step": 10},
               {"train_loss": 1.25, "train_runtime": 9.0, "total_flos": 1e9, "epoch": 1.0, "step": 10}]  # fmt: skip
    found = run(tmp_path, json.dumps({"log_history": history, "num_train_epochs": 1}), "trainer_state.json")
    assert values(found, "loss", T) == [1.5, 1.0] and curve(found, "loss", T).epoch.tolist() == [0.5, 1.0]
    assert values(found, "loss", V) == [1.2] and places(found)["eval_f1"] == ("f1", "validation", "metric")
    assert found.config == {"num_train_epochs": 1, "train_loss": 1.25, "train_runtime": 9.0, "total_flos": 1e9}


def test_checkpoints_of_one_run_are_a_family(tmp_path):
    a, b = state(tmp_path, 4), state(tmp_path, 8, "out/checkpoint-20/trainer_state.json")
    other = state(tmp_path, 4, "other/checkpoint-10/trainer_state.json")
    assert a.extends == b.extends != other.extends and a.extends and a.name == "out"


def test_trainer_state_without_history(tmp_path):
    with pytest.raises(BrokenFile) as error:
        run(tmp_path, '{"best_model_checkpoint": null, "global_step": 3}', "trainer_state.json")
    assert error.value.code == "missing_key"


def test_mmdetection_counts_on(tmp_path):
    rows = [{"env_info": "x", "seed": 0}]
    for epoch in (1, 2, 3):
        rows += [
            {
                "mode": "train",
                "epoch": epoch,
                "iter": i,
                "lr": 0.1,
                "loss": 1.0,
                "loss_cls": 0.5,
                "acc": 90.0,
                "time": 0.1,
            }
            for i in (10, 20, 30)
        ]
        rows.append(
            {"mode": "val", "epoch": epoch, "iter": 7, "lr": 0.1, "bbox_mAP": 0.2, "bbox_mAP_copypaste": "0.2 0.1"}
        )
    found = run(tmp_path, lines(*rows), "20220101_log.json")
    assert curve(found, "loss", T).step.tolist() == [10, 20, 30, 40, 50, 60, 70, 80, 90] and len(found.segments) == 1
    assert curve(found, "map", V).step.tolist() == [30, 60, 90] and curve(found, "accuracy", T).unit == "percent"
    again = run(tmp_path, lines(*rows, *rows[1:]), "None.log.json")
    assert [s.overlap for s in again.segments] == [None, 80]


def test_mmengine_validation_steps_are_epochs(tmp_path):
    rows = []
    for epoch in (1, 2):
        rows += [
            {
                "lr": 0.1,
                "data_time": 0.1,
                "loss": 1.0,
                "time": 0.1,
                "epoch": epoch,
                "iter": 50 * i,
                "memory": 1,
                "step": 50 * i,
            }
            for i in (2 * epoch - 1, 2 * epoch)
        ]
        rows.append({"coco/bbox_mAP": 0.3, "coco/bbox_mAP_50": 0.5, "data_time": 0.1, "time": 0.1, "step": epoch})
    found = run(tmp_path, lines(*rows), "vis_data/scalars.json")
    assert curve(found, "loss", T).step.tolist() == [50, 100, 150, 200] and curve(found, "map", V).step.tolist() == [
        100,
        200,
    ]
    assert places(found)["coco/bbox_mAP_50"][:2] == ("map50", "validation")


def test_detectron2(tmp_path):
    rows = [
        {"iteration": 19, "total_loss": 2.0, "loss_cls": 1.0, "lr": 0.1, "eta_seconds": 9.0},
        {
            "iteration": 39,
            "total_loss": 1.0,
            "loss_cls": 0.5,
            "bbox/AP": 27.6,
            "bbox/APl": float("nan"),
            "validation_loss": 1.1,
        },
    ]
    found = run(tmp_path, lines(*rows), "output/metrics.json")
    assert (
        values(found, "loss", T) == [2, 1]
        and values(found, "map", V) == [27.6]
        and curve(found, "map", V).unit == "percent"
    )
    assert values(found, "loss", V) == [1.1]


def test_deit_and_detr(tmp_path):
    rows = [
        {
            "train_lr": 0.1,
            "train_loss": 2.0 - e,
            "test_loss": 1.9 - e,
            "test_acc1": 50.0,
            "epoch": e,
            "n_parameters": 5,
            "test_coco_eval_bbox": [0.1] * 12,
        }
        for e in (0, 1)
    ]
    found = run(tmp_path, lines(*rows), "log.txt")
    assert values(found, "loss", V) == pytest.approx([1.9, 0.9]) and places(found)["test_acc1"] == (
        "accuracy",
        "validation",
        "metric",
    )
    assert places(found)["test_coco_eval_bbox/AP50"][1] == "validation"


def test_llama_factory(tmp_path):
    rows = [
        {
            "current_steps": 5 * i,
            "total_steps": 20,
            "loss": 2.0 / i,
            "lr": 0.1,
            "epoch": i / 4,
            "percentage": 25.0 * i,
            "elapsed_time": f"0:0{i}:00",
            "remaining_time": "0:09:00",
        }
        for i in (1, 2, 3)
    ]
    rows.append(
        {
            "current_steps": 15,
            "total_steps": 20,
            "eval_loss": 0.9,
            "epoch": 0.75,
            "percentage": 75.0,
            "elapsed_time": "0:03:10",
            "remaining_time": "0:09:00",
        }
    )
    found = run(tmp_path, lines(*rows), "trainer_log.jsonl")
    assert curve(found, "loss", T).step.tolist() == [5, 10, 15] and values(found, "loss", V) == [0.9]
    assert curve(found, "loss", T).wall_time.tolist() == [60, 120, 180] and not found.unplaced


@pytest.mark.parametrize(
    ("value", "train", "held"),
    [({"train": {"mlogloss": [0.9, 0.5]}, "val": {"mlogloss": [1.0, 0.7]}}, [0.9, 0.5], [1.0, 0.7]),
     ({"training": {"binary_logloss": [0.9, 0.5]}, "valid_1": {"binary_logloss": [1.0, 0.7]}}, [0.9, 0.5], [1.0, 0.7]),
     ({"validation_0": {"rmse": [0.9, 0.5]}, "validation_1": {"rmse": [1.0, 0.7]}}, [0.9, 0.5], [1.0, 0.7]),
     ({"validation_0": {"rmse": [1.0, 0.7]}, "validation_1": {"rmse": [0.9, 0.5]}}, [0.9, 0.5], [1.0, 0.7]),
     ({"learn": {"RMSE": [0.9, 0.5]}, "validation": {"RMSE": [1.0, 0.7]}}, [0.9, 0.5], [1.0, 0.7])],
)  # fmt: skip
@pytest.mark.parametrize("dump", [json.dumps, str])
def test_boosting_results(tmp_path, value, train, held, dump):
    found = run(tmp_path, dump(value), "evals_result.json")
    losses = found.pick(role=Role.LOSS)
    assert [list(c.value) for c in losses] == [train, held] and [c.split for c in losses] == [T, V]
    assert found.setting is Setting.BOOSTING and losses[0].step.tolist() == [0, 1]


def test_boosting_as_printed(tmp_path):
    text = "{'training': OrderedDict([('auc', [0.7, 0.8]), ('binary_logloss', [0.6, 0.5])]), 'valid_1': OrderedDict([('auc', [0.6, 0.7]), ('binary_logloss', [0.65, 0.6])])}"
    found = run(tmp_path, text, "evals.txt")
    assert [c.metric for c in found.pick(role=Role.LOSS)] == ["logloss", "logloss"] and values(found, "auc", V) == [
        0.6,
        0.7,
    ]


def test_catboost_training_json(tmp_path):
    value = {"meta": {"test_sets": ["test"], "learn_metrics": [{"best_value": "Min", "name": "Logloss"}],
                      "test_metrics": [{"best_value": "Min", "name": "Logloss"}, {"best_value": "Max", "name": "AUC"}]},
             "iterations": [{"learn": [0.6], "test": [0.65, 0.7], "iteration": 0}, {"learn": [0.5], "test": [0.6, 0.8], "iteration": 1}]}  # fmt: skip
    found = run(tmp_path, json.dumps(value), "catboost_info/catboost_training.json")
    assert [list(c.value) for c in found.pick(role=Role.LOSS)] == [[0.6, 0.5], [0.65, 0.6]]
    assert curve(found, "auc", V).greater_is_better


def test_sklearn_curves(tmp_path):
    found = run(tmp_path, json.dumps({"loss_curve_": [0.7, 0.5], "validation_scores_": [0.5, 0.6]}), "mlp.json")
    assert values(found, "loss", T) == [0.7, 0.5] and places(found)["validation_scores_"][1] == "validation"


def test_ray_result(tmp_path):
    rows = [
        {
            "training_iteration": i,
            "timesteps_total": 100 * i,
            "episode_reward_mean": float(i),
            "info": {"learner": {"loss": 0.5}},
            "hist_stats": {"r": [1, 2]},
            "config": {"lr": 1},
        }
        for i in (1, 2)
    ]
    found = run(tmp_path, lines(*rows), "result.json")
    assert found.setting is Setting.REINFORCEMENT and found.pick(role=Role.REWARD)[0].value.tolist() == [1, 2]


def test_notebook_table(tmp_path):
    text = """<div><progress></progress></div><table border="1" class="dataframe"><thead><tr style="x"><th>Step</th>
    <th>Training Loss</th><th>Validation Loss</th><th>Accuracy</th></tr></thead><tbody>
    <tr><td>500</td><td>No log</td><td>0.9</td><td>0.5</td></tr><tr><td>1000</td><td>0.7</td><td>0.8</td><td>0.6</td></tr></tbody></table>"""
    found = run(tmp_path, text, "out.html")
    assert curve(found, "loss", T).step.tolist() == [1000] and values(found, "loss", V) == [0.9, 0.8]
    assert values(found, "accuracy", V) == [0.5, 0.6]


def test_damaged_json_names_the_place(tmp_path):
    with pytest.raises(BrokenFile) as error:
        run(tmp_path, '{"log_history": [{"loss": 1.0,\n "step": 5}, {"loss": ', "trainer_state.json")
    assert error.value.params["place"] == "line 2, column 23" and error.value.remedy


def test_two_files_of_a_run_keep_their_notes(tmp_path):
    found = assemble([state(tmp_path, 4)])
    assert found.sources[0].format == "hf_trainer_state" and found.sources[0].name.endswith("trainer_state.json")
