# ruff: noqa: E501 (lines of logs stay whole)
"""Small logs as each tool writes them."""

import math

import numpy as np
import pytest

from diagnostics.readers.assembly import assemble
from diagnostics.types import Role, Setting, Split
from tests.readers.logs import codes, curve, drafts, places, run, values

T, V, S = Split.TRAIN, Split.VALIDATION, Split.TEST


def format_of(found):
    return found.sources[0].format


def test_keras_csvlogger(tmp_path):
    found = run(
        tmp_path, "epoch;accuracy;loss;lr;val_accuracy;val_loss\r\n0;0.1;2.3;0.01;NA;NA\r\n1;0.4;1.2;0.01;0.3;1.5\r\n"
    )
    assert format_of(found) == "keras_csv" and values(found, "loss", T) == [2.3, 1.2]
    assert curve(found, "loss", T).epoch.tolist() == [0, 1] and "learning_rate" in {c.role for c in found.curves}


@pytest.mark.parametrize("text", ["val_loss,val_acc,loss,acc\n1,0.1,2,0.2\n0.9,0.2,1.5,0.3\n",
                                  ",loss,acc,val_loss,val_acc\n0,2,0.2,1,0.1\n1,1.5,0.3,0.9,0.2\n"])  # fmt: skip
def test_keras_history_without_an_epoch_column(tmp_path, text):
    found = run(tmp_path, text, "history.csv")
    assert values(found, "loss", T) == [2, 1.5] and values(found, "accuracy", V) == [0.1, 0.2]
    assert curve(found, "loss", T).epoch.tolist() == [0, 1]


def test_empty_cells_of_a_dead_run_are_nan(tmp_path):
    found = run(tmp_path, "epoch,loss,val_loss,val_accuracy\n0,2.1,2.0,0.2\n1,,,0.1\n2,,,0.1\n", "training.log")
    assert np.isnan(values(found, "loss", T)).tolist() == [False, True, True]
    assert np.isnan(values(found, "loss", V)).tolist() == [False, True, True] and "empty_read_as_nan" in codes(found)


def test_validation_every_few_epochs_is_not_nan(tmp_path):
    rows = "".join(f"{e},{1 / (e + 1)},{'' if e % 5 else 0.5}\n" for e in range(12))
    found = run(tmp_path, "epoch,train_loss,val_loss\n" + rows)
    assert curve(found, "loss", V).epoch.tolist() == [0, 5, 10] and "empty_read_as_nan" not in codes(found)


def test_lightning_is_sparse(tmp_path):
    text = (
        "epoch,lr-Adam,step,train_loss_epoch,train_loss_step,val_acc,val_loss\n"
        "0,0.01,49,,2.0,,\n0,,99,,1.5,,\n0,,100,,,0.4,1.6\n0,,100,1.7,,,\n1,0.01,149,,1.2,,\n1,,201,,,0.6,1.1\n"
        "1,,201,1.2,,,\n2,,302,,,0.7,0.9\n2,,302,1.0,,,\n"
    )
    found = run(tmp_path, text, "lightning_logs/version_3/metrics.csv")
    assert found.name == "version_3" and format_of(found) == "lightning_csv"
    assert curve(found, "loss", T).source == "train_loss_epoch" and curve(found, "loss", T).step.tolist() == [
        100,
        201,
        302,
    ]
    assert values(found, "loss_step", T) == [2.0, 1.5, 1.2] and curve(found, "loss", V).epoch.tolist() == [0, 1, 2]


def test_lightning_with_an_empty_epoch_cell(tmp_path):
    found = run(tmp_path, "epoch,step,train_loss,val_loss\n,0,,0.9\n0,3,,0.8\n0,3,0.7,\n1,7,,0.6\n1,7,0.5,\n")
    assert curve(found, "loss", V).epoch.tolist() == [0, 0, 1] and len(found.segments) == 1


def test_lightning_test_only(tmp_path):
    found = run(tmp_path, "epoch,step,test_acc,test_loss\n0,0,0.9,0.3\n")
    assert values(found, "loss", S) == [0.3]


ULTRA = "epoch,time,train/box_loss,train/cls_loss,metrics/precision(B),metrics/mAP50(B),metrics/mAP50-95(B),val/box_loss,val/cls_loss,lr/pg0\n"


def test_ultralytics(tmp_path):
    found = run(
        tmp_path,
        ULTRA
        + "1,10.5,1,2,0.5,0.4,0.3,1.5,2.5,0.1\n2,20.5,0.9,1.9,0.6,0.5,0.4,1.4,2.4,0.1\n3,30.5,0.8,1.8,0.6,0.5,0.4,1.4,2.4,0.1\n",
        "runs/train7/results.csv",
    )
    assert found.name == "train7" and curve(found, "loss", T).value == pytest.approx([3, 2.8, 2.6])
    assert places(found)["metrics/mAP50-95(B)"] == ("map50_95", "validation", "metric")
    assert curve(found, "loss", V).wall_time.tolist() == [10.5, 20.5, 30.5] and codes(found) == {"derived_total_loss"}


def test_padded_yolov5(tmp_path):
    text = "               epoch,      train/box_loss,      train/obj_loss,   metrics/mAP_0.5,        val/box_loss,        val/obj_loss,               x/lr0\r\n"
    text += (
        "                   0,            0.077,            0.046,     0.4127,            0.064772,             0.02345,            0.070769\r\n"
        * 1
    )
    found = run(tmp_path, text + text.splitlines()[1].replace("   0,", "   1,", 1) + "\r\n", "results.csv")
    assert (
        curve(found, "box_loss", V).value.tolist() == [0.064772] * 2 and places(found)["metrics/mAP_0.5"][0] == "map50"
    )


def test_a_newer_version_under_an_older_header(tmp_path):
    old = ULTRA.replace("time,", "")
    text = (
        old
        + "1,1,2,0.5,0.4,0.3,1.5,2.5,0.1\n2,0.9,1.9,0.6,0.5,0.4,1.4,2.4,0.1\n1,33.5,0.8,1.8,0.7,0.6,0.5,1.3,2.3,0.05\n"
    )
    found = run(tmp_path, text, "results.csv")
    assert values(found, "box_loss", T) == [1, 0.9, 0.8] and values(found, "cls_loss", V) == [2.5, 2.4, 2.3]
    assert "moved_cells" in codes(found) and len(found.segments) == 2 and not found.unplaced


def test_yolov7_results_txt(tmp_path):
    line = "{e}/299 5.1G 0.05 0.03 0.01 {t} 48 640 0.5 0.4 0.45 0.25 0.04 0.02 0.005\n"
    found = run(tmp_path, "".join("     " + line.format(e=e, t=0.09 - e / 100) for e in range(4)), "exp3/results.txt")
    assert format_of(found) == "yolov7_txt" and curve(found, "loss", T).value == pytest.approx([0.09, 0.08, 0.07, 0.06])
    assert values(found, "box_loss", V) == [0.04] * 4 and values(found, "map50_95", V) == [0.25] * 4


def test_timm_epochs_without_evaluation_are_put_right(tmp_path):
    text = (
        "epoch,train_loss,eval_loss,eval_top1,eval_top5,lr\n0,6.9,6.8,0.5,2.1,0.1\n1,6.5,0.09\n2,6.1,6.2,3.5,9.1,0.08\n"
    )
    found = run(tmp_path, text, "summary.csv")
    assert curve(found, "loss", V).epoch.tolist() == [0, 2] and "moved_cells" in codes(found)
    assert [c.value.tolist() for c in found.pick(role=Role.LEARNING_RATE)] == [[0.1, 0.09, 0.08]]
    assert curve(found, "accuracy", V).unit == "percent" and values(found, "top5", V) == [2.1, 9.1]


def test_simpletransformers(tmp_path):
    found = run(
        tmp_path,
        "global_step,tp,tn,fp,fn,mcc,train_loss,eval_loss\r\n100,5,5,1,1,0.5,0.7,0.6\r\n200,6,5,1,0,0.7,0.2,0.5\r\n",
    )
    assert curve(found, "loss", V).step.tolist() == [100, 200] and places(found)["mcc"] == (
        "mcc",
        "validation",
        "metric",
    )


@pytest.mark.parametrize("names", [("learn_error.tsv", "test_error.tsv")])
def test_catboost_files_of_one_folder_are_one_run(tmp_path, names):
    rows = "iter\tLogloss\tAUC\n0\t0.6\t0.7\n1\t0.5\t0.8\n"
    parts = [drafts(tmp_path, rows, f"model/catboost_info/{n}")[0] for n in names]
    assert parts[0].run == parts[1].run
    found = assemble(parts)
    assert found.name == "model" and found.setting is Setting.BOOSTING
    assert [(c.metric, c.split) for c in found.pick(role=Role.LOSS)] == [("logloss", T), ("logloss", V)]
    assert curve(found, "auc", V).greater_is_better


def test_catboost_without_its_name_is_asked_about(tmp_path):
    found = run(tmp_path, "iter\tRMSE\n0\t0.6\n1\t0.5\n", "part1.tsv")
    assert found.unplaced == ("RMSE",) and "learn_or_test" in codes(found)


def test_tensorboard_downloads(tmp_path):
    text = "Wall time,Step,Value\n1589012062.5,0,2.3\n1589012157.1,1,2.1\n"
    a = drafts(tmp_path, text, "run-resnet_train-tag-epoch_loss.csv")[0]
    b = drafts(tmp_path, text, "run-resnet_validation-tag-epoch_loss.csv")[0]
    found = assemble([a, b])
    assert a.run == b.run and a.name == "resnet"
    assert [(c.metric, c.split) for c in found.curves] == [("loss", T), ("loss", V)]
    assert curve(found, "loss", T).wall_time[0] == 1589012062.5
    found = run(tmp_path, '[[1589012062.5, 0, 2.3], [1589012157.1, 1, "NaN"]]', "run-.-tag-val_loss.json")
    assert curve(found, "loss", V).step.tolist() == [0, 1] and math.isnan(values(found, "loss", V)[1])


def test_wandb_chart_over_several_runs(tmp_path):
    text = '"Step","brisk - 1 - train/loss","brisk - 1 - train/loss__MIN","brisk - 1 - train/loss__MAX","calm-2 - train/loss","calm-2 - train/loss__MIN","calm-2 - train/loss__MAX"\n"1","0.9","0.9","0.9","","",""\n"2","0.8","0.8","0.8","1.1","1.1","1.1"\n'
    first, second = drafts(tmp_path, text, "wandb_export.csv")
    held = drafts(tmp_path, text.replace("train/loss", "val/loss"), "wandb_export_2.csv")
    assert (first.name, second.name) == ("brisk - 1", "calm-2") and held[0].run == first.run
    found = assemble([first, held[0]])
    assert values(found, "loss", T) == [0.9, 0.8] and curve(assemble([second]), "loss", T).step.tolist() == [2]
    assert len(found.pick(role=Role.LOSS)) == 2


def test_wandb_runs_table(tmp_path):
    text = '"Name","State","Notes","User","Tags","Created","Runtime","Sweep","lr","batch_size","val_loss","val_acc"\n"a-1","finished","-","me","","2022","12","s1","0.01","32","0.5","0.8"\n"b-2","crashed","-","me","","2022","3","s1","0.1","32","",""\n'
    first, second = drafts(tmp_path, text, "wandb_export.csv")
    assert first.config["lr"] == 0.01 and first.group == "s1" and second.series == ()
    found = assemble([first])
    assert values(found, "loss", V) == [0.5] and "summary_only" in codes(found)


def test_dvclive_and_dagshub(tmp_path):
    rows = "timestamp\tstep\tloss\n1650000000000\t0\t0.9\n1650000001000\t1\t0.8\n"
    parts = [drafts(tmp_path, rows, f"exp/dvclive/plots/metrics/{s}/loss.tsv")[0] for s in ("train", "val")]
    found = assemble(parts)
    assert parts[0].run == parts[1].run and [c.split for c in found.pick(role=Role.LOSS)] == [T, V]
    text = "Name,Value,Timestamp,Step\ntrain_loss,0.9,1600,1\nval_loss,1.0,1601,1\ntrain_loss,0.8,1602,2\nval_loss,0.9,1603,2\n"
    found = run(tmp_path, text)
    assert values(found, "loss", T) == [0.9, 0.8] and curve(found, "loss", V).step.tolist() == [1, 2]


def test_aim_explorer(tmp_path):
    rows = [(r, n, s, i) for r in ("a1", "b2") for n in ("loss", "acc") for s in ("train", "val") for i in range(3)]
    text = "run.hash,metric.name,context.subset,step,value\n" + "".join(
        f"{r},{n},{s},{i},{i / 4}\n" for r, n, s, i in rows
    )
    found = [assemble([d]) for d in drafts(tmp_path, text)]
    assert len(found) == 2 and all(len(f.curves) == 4 and f.curve("loss", V) for f in found)


def test_a_split_column_and_a_run_column(tmp_path):
    text = "epoch,phase,loss,acc\n" + "".join(
        f"{e},{p},{1 / (e + 1)},0.5\n" for e in range(3) for p in ("train", "val")
    )
    found = run(tmp_path, text)
    assert len(curve(found, "loss", T)) == len(curve(found, "loss", V)) == 3 and len(found.segments) == 1
    text = "fold,epoch,train_loss,val_loss\n" + "".join(f"{f},{e},{f + e},{f}\n" for f in (1, 2, 3) for e in range(4))
    parts = drafts(tmp_path, text)
    assert [p.name for p in parts] == ["metrics · fold 1", "metrics · fold 2", "metrics · fold 3"]
    assert len({p.run for p in parts}) == 3 and parts[0].config == {"fold": "1"} and parts[0].group


def test_bare_columns(tmp_path):
    found = run(tmp_path, "0.9\n0.7\n0.5\n0.4\n", "val_loss.txt")
    assert values(found, "loss", V) == [0.9, 0.7, 0.5, 0.4]
    found = run(tmp_path, "0.9\n0.7\n0.5\n0.4\n", "numbers.csv")
    assert values(found, "loss", T)[0] == 0.9 and found.unplaced == ("column 1",)
    found = run(tmp_path, "1,.56,.71,0.5\n5,.66,.60,0.5\n10,.72,.53,0.5\n", "epochdata.csv")
    assert found.unplaced == ("column 2", "column 3", "column 4") and found.curves[0].step.tolist() == [1, 5, 10]


def test_a_bare_column_header(tmp_path):
    found = run(tmp_path, "loss\n0.9\n0.7\n0.5\n", "anything.csv")
    assert values(found, "loss", T) == [0.9, 0.7, 0.5]


def test_reinforcement_logs(tmp_path):
    text = '#{"t_start": 100.0, "env_id": "Ant"}\r\nr,l,t\r\n-1.5,10,0.5\r\n2.5,20,1.5\r\n'
    found = run(tmp_path, text, "0.monitor.csv")
    assert found.setting is Setting.REINFORCEMENT and found.config["env_id"] == "Ant"
    assert found.curves[0].metric == "reward" and found.curves[0].step.tolist() == [10, 30]
    assert found.curves[0].wall_time.tolist() == [100.5, 101.5]
    text = "train/loss,rollout/ep_rew_mean,time/total_timesteps\n,,100\n0.5,10,200\n0.7,12,300\n"
    found = run(tmp_path, text, "progress.csv")
    assert found.setting is Setting.REINFORCEMENT and found.pick(role=Role.REWARD)[0].step.tolist() == [200, 300]
    text = "Epoch\tAverageEpRet\tStdEpRet\tLossPi\tTotalEnvInteracts\n0\t-10\t1\t0.1\t4000\n1\t5\t1\t0.2\t8000\n"
    found = run(tmp_path, text, "ppo_s0/progress.txt")
    assert found.name == "ppo_s0" and found.pick(role=Role.REWARD)[0].value.tolist() == [-10, 5] and not found.unplaced
    text = "episode_reward_mean,training_iteration,timesteps_total,done\n1,1,100,False\n2,2,200,False\n"
    assert format_of(run(tmp_path, text, "progress.csv")) == "rllib_progress_csv"


@pytest.mark.parametrize(
    "preamble", ["Training time: 812.5,,\n", "Val samples: 12, batches: 3\n\n", "took 5 s\nFinal accuracy: 0.9\n"]
)
def test_prose_above_the_header(tmp_path, preamble):
    found = run(tmp_path, preamble + "Epoch,Train Loss,Val Loss\n1,0.9,1.0\n2,0.8,0.9\n3,0.7,0.8\n", "log.csv")
    assert values(found, "loss", T) == [0.9, 0.8, 0.7] and values(found, "loss", V) == [1.0, 0.9, 0.8]


def test_runs_told_apart_by_two_columns(tmp_path):
    rows = [f"{c},{s},{e},{1 / e},{1.1 / e}\n" for c in (1, 2) for s in (0, 1) for e in (1, 2, 3)]
    parts = drafts(tmp_path, "config_id,seed,epoch,train_loss,val_loss\n" + "".join(rows), "sweep.csv")
    assert [p.name for p in parts] == [f"sweep · config_id {c} seed {s}" for c in (1, 2) for s in (0, 1)]
    assert parts[3].config == {"config_id": "2", "seed": "1"} and len(parts[0].series[0].value) == 3
