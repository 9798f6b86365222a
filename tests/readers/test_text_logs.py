from pathlib import Path

import numpy as np
import pytest

from diagnostics.exceptions import NotALog, UnreadableFile
from diagnostics.readers.registry import read_file
from diagnostics.readers.text import cleaning, engine
from diagnostics.readers.text.grammars import GRAMMARS
from diagnostics.types import Setting, Split
from tests.readers.logs import curve, run, source, values

BAR = "━" * 12
KERAS_2 = (
    "Epoch 1/2\n"
    + "\r".join(f"{n}/4 [==>...] - ETA: {4 - n}s - loss: 0.{9 - n} - accuracy: 0.5" for n in range(1, 5))
    + "\r4/4 [====] - 3s 12ms/step - loss: 0.5 - accuracy: 0.6 - val_loss: 0.55 - val_accuracy: 0.61\n"
    "Epoch 00001: val_loss improved from inf to 0.55000, saving model to best.h5\n"
    "Epoch 2/2\n1/4 [=>..] - ETA: 0s - loss: 0.4\x08\x08\x08\x08\r"
    "4/4 [====] - 3s 12ms/step - loss: 0.3 - accuracy: 0.7 - val_loss: 0.45 - val_accuracy: 0.71\n"
    "10/10 [====] - 0s 2ms/step - loss: 9.9 - accuracy: 0.1\n"
)
KERAS_3 = "".join(
    f"Epoch {n}/2\n\x1b[1m1/9\x1b[0m \x1b[32m{BAR}\x1b[0m \x1b[1m3s\x1b[0m 400ms/step - loss: 2.0\x08\x08"
    f"\x1b[1m9/9\x1b[0m \x1b[32m{BAR}\x1b[0m\x1b[37m\x1b[0m \x1b[1m5s\x1b[0m 40ms/step - accuracy: 0.{n}"
    f" - loss: 1.{n} - val_loss: 1.{n} - learning_rate: 1.0e-0{n}\n"
    for n in (1, 2)
)
KERAS_QUIET = (
    "Epoch 1/3\n100/100 - 3s - loss: 0.5 - acc: 0.8 - val_loss: 0.6 - 3s/epoch - 30ms/step\n"
    "Epoch 2/3\n100/100 - 3s - loss: 0.4 - acc: 0.81 - val_loss: 0.5 - 3s/epoch - 30ms/step\n"
    "Epoch 3/3\n100/100 - 3s - 30ms/step - loss: 0.3 - acc: 0.82 - val_loss: nan\n"
)
NANOGPT = (
    "number of parameters: 10.65M\nstep 0: train loss 4.2874, val loss 4.2823\n"
    "iter 0: loss 4.2652, time 3234.55ms, mfu -100.00%\niter 10: loss 3.2438, time 120.2ms, mfu 3.1%\n"
    "step 250: train loss 1.98, val loss 2.07\n"
)
SPEEDRUN = (
    "import torch\nclass Muon:\n    def step(self):\n        loss = 0\nval_loss = 0\n"
    "optimizer = Adam(params, lr=0.008, betas=(0.8, 0.95), eps=1e-10, weight_decay=0.0)\n"
    "for step in range(train_steps + 1):\n    print0(f'step:{step}/{train_steps} val_loss:{val_loss:.4f}')\n"
    "====================\nstep:0/250 val_loss:10.8258 train_time:0ms step_avg:nanms\n"
    "step:125/250 val_loss:4.5 train_time:9000ms step_avg:72.1ms\n"
    "step:250/250 val_loss:3.9 train_time:18000ms step_avg:72.0ms\n"
)
LLMC = "s:0 tel:11.02\ns:0 trl:11.01\ns:1 trl:10.5\ns:250 tel:6.5\ns:250 eval:0.25\n"
XGBOOST = (
    "[0]\ttrain-mlogloss:1.0\tval-mlogloss:1.1\nWill train until val-mlogloss hasn't improved in 10 rounds.\n"
    "[1]\ttrain-mlogloss:0.9\tval-mlogloss:1.0\nStopping. Best iteration:\n[0]\ttrain-mlogloss:1.0\tval-mlogloss:1.1\n"
)
LIGHTGBM = (
    "[LightGBM] [Info] Total Bins 1234\n[100]\ttraining's binary_logloss: 0.1\tvalid_1's binary_logloss: 0.2\n"
    "[200]\ttraining's binary_logloss: 0.05\tvalid_1's binary_logloss: 0.19\nEarly stopping, best iteration is:\n"
    "[150]\ttraining's binary_logloss: 0.07\n"
)
CATBOOST = (
    "0:\tlearn: 0.6754\ttest: 0.6761\tbest: 0.6761 (0)\ttotal: 52.1ms\tremaining: 52s\n"
    "1:\tlearn: 0.65\ttest: 0.66\tbest: 0.66 (1)\ttotal: 60ms\tremaining: 50s\n\nbestTest = 0.66\n"
)
SKLEARN = "Iteration 1, loss = 0.69314718\nValidation score: 0.5\nIteration 2, loss = 0.6\nValidation score: 0.6\n"
BOOSTING_TABLE = (
    "      Iter       Train Loss   Remaining Time \n         1           1.2613            0.05s\n"
    "         2           1.1715            0.04s\n"
)
TORCHVISION = (
    "Epoch: [0]  [ 0/6]  eta: 0:00:11  lr: 0.002003  loss: 7.5953 (7.9363)  time: 1.2 data: 0.1 max mem: 3000\n"
    "Epoch: [0]  [ 5/6]  eta: 0:00:01  lr: 0.01  loss: 5.5 (6.5)  time: 1.2 data: 0.1 max mem: 3000\n"
    "Test:  [0/3]  eta: 0:00:03  loss: 3 (3)  acc1: 50 (50)\nTest: Acc@1 56.1 Acc@5 82.0\n"
    "Epoch: [1]  [ 0/6]  eta: 0:00:11  lr: 0.02  loss: 4.5 (4.5)  time: 1.2 data: 0.1 max mem: 3000\n"
    "Test: Acc@1 66.1 Acc@5 85.0\n"
)
MNIST = (
    "Train Epoch: 1 [0/60000 (0%)]\tLoss: 2.3\nTrain Epoch: 1 [640/60000 (1%)]\tLoss: 2.2\n\n"
    "Test set: Average loss: 0.0506, Accuracy: 9843/10000 (98%)\n\nTrain Epoch: 2 [0/60000 (0%)]\tLoss: 0.3\n\n"
    "Test set: Average loss: 0.04, Accuracy: 9900/10000 (99%)\n"
)
MMDETECTION = (
    "2021-05-01 10:00:00,123 - mmdet - INFO - Epoch [1][50/730]\tlr: 1.9e-03, eta: 1 day, 2:00:00, loss: 1.2\n"
    "2021-05-01 10:01:00,123 - mmdet - INFO - Epoch [1][100/730]\tlr: 3.9e-03, eta: 1 day, 1:00:00, loss: 1.1\n"
    "2021-05-01 11:01:00,123 - mmdet - INFO - Epoch(val) [1][625]\tbbox_mAP: 0.3000\n"
    "2021-05-01 12:01:00,123 - mmdet - INFO - Epoch [2][50/730]\tlr: 2e-02, eta: 20:00:00, loss: 0.9\n"
)
HF = (
    "{'loss': 0.5, 'grad_norm': 1.2, 'learning_rate': 1e-05, 'epoch': 0.1}\n"
    " 10%|█| 10/100 [00:10<01:30]{'eval_loss': 0.45, 'eval_runtime': 3.2, 'epoch': 0.2}\n"
    "{'loss': '0.4', 'grad_norm': 'nan', 'learning_rate': '9e-06', 'epoch': '0.2'}\n"
)
FAIRSEQ = "".join(
    f"2021-01-01 00:{n}0:00 | INFO | {split} | epoch 00{n} | loss {loss} | ppl 500 | num_updates {n}000\n"
    for n in (1, 2)
    for split, loss in (("train", 9.5 - n), ("valid", 9.0 - n))
)
DARKNET = (
    " 1: 2.5, 2.53 avg loss, 0.001000 rate, 3.1 seconds, 64 images, 12.3 hours left\nRegion 82 Avg IOU: -nan\n"
    " 2: 2.4, 2.50 avg loss, 0.001000 rate, 3.1 seconds, 128 images\n mean_average_precision (mAP@0.50) = 0.63 \n"
)
COQUI = "".join(
    f"\x1b[4m\x1b[1m > EPOCH: {n}/1000\x1b[0m\n\x1b[1m > TRAINING (2021-01-01 00:00:00) \x1b[0m\n"
    f"\x1b[1m   --> TIME: 2023-01-01 10:00:00 -- STEP: 50/249 -- GLOBAL_STEP: {50 + 249 * n}\x1b[0m\n"
    f"     | > loss: 0.0{6 - n}  (0.0569)\n     | > grad_norm: nan (nan)\n"
    f"\x1b[1m > EVALUATION \x1b[0m\n  \x1b[1m--> EVAL PERFORMANCE\x1b[0m\n     | > avg_loss: {4.9 - n} (+0)\n"
    for n in (0, 1)
)
TUTORIAL = "".join(
    f"Epoch {n}/24\n----------\ntrain Loss: 0.{6 - n} Acc: 0.{68 + n}\nval Loss: 0.{5 - n} Acc: 0.{90 + n}\n\n"
    for n in (0, 1)
)
INDENTED = "".join(
    f"Epoch: 0{n} | Epoch Time: 0m 12s\n\tTrain Loss: 0.{7 - n} | Train Acc: 6{n}.0%\n"
    f"\t Val. Loss: 0.{6 - n} |  Val. Acc: 7{n}%\n"
    for n in (1, 2)
)
LIGHTNING_BAR = (
    "Epoch 0: 100%|██| 100/100 [00:01<00:00, 80.1it/s, loss=0.5, v_num=1, train_loss=0.4, val_loss=0.3]\n"
    "Epoch 1:  50%|█ | 50/100 [00:01<00:00, 80it/s, loss=0.45, v_num=1, train_loss=0.35, val_loss=0.3]\r"
    "Epoch 1: 100%|██| 100/100 [00:01<00:00, 80.1it/s, loss=0.4, v_num=1, train_loss=0.3, val_loss=0.25]\n"
)
KEY_VALUE = "".join(
    f"2024-01-0{n} 00:00:00,000 INFO epoch={n} step={n}00 train/loss=0.{5 - n} val/loss=0.{6 - n} acc=9{n}.5%\n"
    for n in (1, 2)
)
PORTUGUESE = "".join(f"Época {n}: perda de treino = 0.{6 - n}, perda de validação = 0.{7 - n}\n" for n in (1, 2, 3))
YOLO = "".join(
    "      Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size\n"
    f"      {n}/100      2.45G      1.{n}         2.3       1.1        20        640: 100%|███| 8/8 [00:02<00:00]\n"
    "                 Class     Images  Instances      Box(P          R      mAP50  mAP50-95): 100%|██| 4/4\n"
    f"                   all        128        929      0.64      0.53      0.6{n}      0.44\n"
    for n in (1, 2)
)
BOX = "".join(
    f"---------------------------------\n| rollout/           |          |\n|    ep_rew_mean     | {n}2.4     |\n"
    f"| time/              |          |\n|    total_timesteps | {n * 2048}     |\n---------------------------------\n"
    for n in (1, 2)
)
T, V, E = Split.TRAIN, Split.VALIDATION, Split.TEST


@pytest.mark.parametrize(
    ("text", "family", "expected"),
    [
        (KERAS_2, "keras", {("loss", T): [0.5, 0.3], ("loss", V): [0.55, 0.45], ("accuracy", V): [0.61, 0.71]}),
        (KERAS_3, "keras", {("loss", T): [1.1, 1.2], ("loss", V): [1.1, 1.2], ("learning_rate", None): [0.1, 0.01]}),
        (KERAS_QUIET, "keras", {("loss", T): [0.5, 0.4, 0.3], ("loss", V): [0.6, 0.5, np.nan]}),
        (SPEEDRUN, "log", {("loss", V): [10.8258, 4.5, 3.9]}),
        (LLMC, "llmc", {("loss", T): [11.01, 10.5], ("loss", V): [11.02, 6.5]}),
        (XGBOOST, "xgboost", {("logloss", T): [1.0, 0.9], ("logloss", V): [1.1, 1.0]}),
        (LIGHTGBM, "lightgbm", {("logloss", T): [0.1, 0.05], ("logloss", V): [0.2, 0.19]}),
        (SKLEARN, "sklearn", {("loss", T): [0.69314718, 0.6], ("score", V): [0.5, 0.6]}),
        (BOOSTING_TABLE, "table", {("loss", T): [1.2613, 1.1715]}),
        (TORCHVISION, "epoch_batch", {("loss", T): [7.5953, 5.5, 4.5]}),
        (MMDETECTION, "epoch_batch", {("loss", T): [1.2, 1.1, 0.9]}),
        (FAIRSEQ, "fairseq", {("loss", T): [8.5, 7.5], ("loss", V): [8.0, 7.0]}),
        (TUTORIAL, "log", {("loss", T): [0.6, 0.5], ("loss", V): [0.5, 0.4], ("accuracy", T): [0.68, 0.69]}),
        (INDENTED, "log", {("loss", T): [0.6, 0.5], ("loss", V): [0.5, 0.4], ("accuracy", V): [71, 72]}),
        (LIGHTNING_BAR, "tqdm", {("loss", V): [0.3, 0.25]}),
        (KEY_VALUE, "log", {("loss", T): [0.4, 0.3], ("loss", V): [0.5, 0.4]}),
        (PORTUGUESE, "log", {("loss", T): [0.5, 0.4, 0.3], ("loss", V): [0.6, 0.5, 0.4]}),
    ],
)
def test_each_family_is_read(
    tmp_path: Path, text: str, family: str, expected: dict[tuple[str, Split | None], list[float]]
) -> None:
    found = run(tmp_path, text, "train.log")
    assert found.sources[0].format == f"stdout_{family}"
    for (metric, split), numbers in expected.items():
        np.testing.assert_allclose(values(found, metric, split), numbers, err_msg=f"{metric} {split}")


def raw(text: str) -> dict[str, tuple[list[float], list[float] | None, list[float] | None]]:
    lines = cleaning.prepare(cleaning.lines(text))
    best = max(GRAMMARS, key=lambda g: engine.amount(g, lines)[0] * (1 if g.general else 1.5))
    return {
        s.name: (
            list(s.value),
            None if s.step is None else list(s.step),
            None if s.epoch is None else list(s.epoch),
        )
        for s in engine.series(best, engine.rows(best, lines))
    }


def test_counters_of_interleaved_lines() -> None:
    found = raw(NANOGPT)
    assert found["train loss"] == ([4.2874, 1.98], [0, 250], None)
    assert found["loss"] == ([4.2652, 3.2438], [0, 10], None)


def test_steps_inside_an_epoch_are_laid_end_to_end() -> None:
    assert raw(MMDETECTION)["loss"][1] == [50, 100, 780]
    assert raw(MMDETECTION)["val bbox_mAP"] == ([0.3], [730], [1])
    assert raw(TORCHVISION)["test Acc@1"] == ([56.1, 66.1], [6, 12], [0, 1])


def test_ratios_become_percent() -> None:
    found = raw(MNIST)
    assert found["test Accuracy"][0] == [98.43, 99.0]
    assert found["train Loss"][1] == [0, 640, 60000]


def test_blocks_and_boxes() -> None:
    assert raw(COQUI)["eval avg_loss"][0] == [4.9, pytest.approx(3.9)]
    assert raw(COQUI)["train loss"] == ([0.06, 0.05], [50, 299], [0, 1])
    assert np.isnan(raw(COQUI)["train grad_norm"][0]).all()
    assert raw(BOX)["rollout/ep_rew_mean"] == ([12.4, 22.4], [2048, 4096], None)
    assert raw(YOLO)["metrics/mAP50(B)"] == ([0.61, 0.62], None, [1, 2])
    assert raw(YOLO)["box_loss"] == ([1.1, 1.2], None, [1, 2])
    assert raw(DARKNET)["mAP@0.50"] == ([0.63], [2], None)
    assert raw(HF)["grad_norm"][0][0] == 1.2 and np.isnan(raw(HF)["grad_norm"][0][1])
    assert raw(HF)["eval_loss"] == ([0.45], None, [0.2])


def test_boosting_says_which_split_and_setting(tmp_path: Path) -> None:
    found = run(tmp_path, CATBOOST, "train.log")
    assert found.setting is Setting.BOOSTING
    assert {(c.source, c.split) for c in found.curves} == {("learn", T), ("test", V)}


def test_dates_become_wall_time(tmp_path: Path) -> None:
    found = curve(run(tmp_path, KEY_VALUE, "train.log"), "loss", T)
    assert found.wall_time is not None and np.diff(found.wall_time).tolist() == [86400.0]


def test_a_second_fit_is_a_restart(tmp_path: Path) -> None:
    assert len(run(tmp_path, KERAS_QUIET * 2, "train.log").segments) == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Model: x\nEpoch 1/100\n", "log_without_values"),
        ("[2026-02-27 17:27:43,786][main][INFO] - Starting\n" * 5, "log_without_values"),
        ("2021-08-23 10:17:39,758 - checker - WARNING - Features seem unnormalized: 0.5\n" * 5, "seems_report"),
    ],
)
def test_logs_without_numbers_say_so(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(NotALog) as caught:
        read_file(source(tmp_path, text, "train.log"))
    assert caught.value.code == code


@pytest.mark.parametrize(
    "text",
    [
        "In epoch 3 the loss was 0.5 and the accuracy 0.9.\nWe trained for 10 epochs.\n",
        "import torch\nfor epoch in range(10):\n    loss = 0\n    step = 0\n",
        "a b c d e f g h\n" * 500,
        "x" * 100_000,
        "epoch " * 3000,
        "= " * 50_000,
        "\x1b[" * 50_000,
    ],
)
def test_other_text_is_refused_and_fast(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableFile):
        read_file(source(tmp_path, text, "notes.txt"))


def test_overwritten_lines_are_lines() -> None:
    assert list(cleaning.lines("\x1b[32mone\x1b[0m\rtwo\x08\x08\x08three\r\nfour")) == ["one", "two", "three", "four"]


@pytest.mark.parametrize(
    ("first", "second"),
    [("Epoch 1: top5 0.50, loss 0.7", "Epoch 2: top1 0.25, loss 0.6"),
     ("Epoch: 01 | acc: 90/100 (90%)", "Epoch: 12 | acc: 80/100 (80%)"),
     ("epoch 007 loss=1.0e-03", "epoch 010 loss=2.5e-04")],
)  # fmt: skip
def test_lines_of_one_layout_are_read_by_their_own_numbers_and_names(first, second):
    """What is remembered of a layout is where things stand, never what they are."""
    family = next(grammar for grammar in GRAMMARS if grammar.id == "log")
    together = engine.rows(family, cleaning.prepare([first, second]))
    alone = [engine.rows(family, cleaning.prepare([line]))[0] for line in (first, second)]
    assert [(row.epoch, row.step, row.values) for row in together] == [
        (row.epoch, row.step, row.values) for row in alone
    ]
    assert together[0].epoch != together[1].epoch


def test_what_was_found_about_layouts_is_forgotten_before_it_grows():
    kept = cleaning.Remembered()
    for number in range(3 * kept.MOST):
        kept.keep(str(number), number)
    assert 0 < len(kept) <= kept.MOST and kept.keep("a", 1) == 1
