import pytest

from diagnostics.readers import names
from diagnostics.types import Role, Split

T, V, S = Split.TRAIN, Split.VALIDATION, Split.TEST

LOSSES = {
    "loss": None, "Loss": None, "train_loss": T, "tr_loss": T, "trainLoss": T, "TrainLoss": T, "train.loss": T,
    "loss/train": T, "Training Loss": T, "perda_treino": T, "train/loss": T, "trainloss": T, "loss_train": T,
    "Loss (train)": T, "train_total_loss": T, "avg_train_loss": T, "training-loss": T, "TRAIN_LOSS": T,
    "loss/val": V, "val_loss": V, "valid/loss": V, "Validation Loss": V, "dev_loss": V, "eval_loss": V, "vl_loss": V,
    "valLoss": V, "ValidLoss": V, "validation_loss": V, "eval/loss": V, "Perda de validação": V, "val loss": V,
    "valloss": V, "mean_val_loss": V, "eval/val_loss": V, "loss_valid": V, "holdout_loss": V,
    "test_loss": S, "Test Loss": S, "testLoss": S, "epoch_loss": None, "total_loss": None, "custo": None,
}  # fmt: skip

METRICS = {
    "ValAcc": ("accuracy", V, True), "dev_acc": ("accuracy", V, True), "val_accuracy": ("accuracy", V, True),
    "eval_top1": ("accuracy", V, True), "test_acc1": ("accuracy", S, True), "Acc@1": ("accuracy", None, True),
    "acuracia_validacao": ("accuracy", V, True), "train_acc5": ("top5", T, True),
    "eval_f1_macro": ("f1_macro", V, True),
    "val_mae": ("mae", V, False), "val_root_mean_squared_error": ("rmse", V, False), "r2_score": ("r2", None, True),
    "metrics/mAP50(B)": ("map50", None, True), "metrics/mAP50-95(B)": ("map50_95", None, True),
    "metrics/mAP50(M)": ("map50_m", None, True), "metrics/mAP_0.5:0.95": ("map50_95", None, True),
    "mAP@.5": ("map50", None, True), "mAP@.5:.95": ("map50_95", None, True), "bbox/AP": ("map", None, True),
    "bbox/AP50": ("map50", None, True), "bbox/APs": ("map_small", None, True), "val_mIoU": ("iou", V, True),
    "val_dice_coef": ("dice", V, True), "Logloss": ("logloss", None, False), "val_perplexity": ("perplexity", V, False),
    "eval_wer": ("wer", V, False), "val_auc": ("auc", V, True), "val_roc_auc": ("auc", V, True),
    "train-mlogloss": ("logloss", T, False), "eval_top1 (EMA)": ("accuracy_ema", V, True),
    "val_get_categorical_accuracy_keras": ("accuracy", V, True), "Train Robust Acc": ("accuracy_robust", T, True),
    "val_sparse_categorical_accuracy": ("accuracy", V, True), "val_mean_io_u": ("iou", V, True),
    "val_psnr": ("psnr", V, True), "error": ("error", None, False), "kl": ("kl", None, False),
}  # fmt: skip

TERMS = {
    "train/box_loss": ("box_loss", T), "val/box_loss": ("box_loss", V), "loss_rpn_cls": ("rpn_cls_loss", None),
    "lm_loss": ("lm_loss", None), "eval_mlm_loss": ("mlm_loss", V), "valid_loss_0": ("loss_0", V),
    "Train Robust Loss": ("robust_loss", T), "d_loss": ("d_loss", None), "loss_box_reg": ("box_reg_loss", None),
    "val_age_output_loss": ("age_loss", V), "Loss_Data": ("data_loss", None), "value_loss": ("value_loss", None),
    "Train IoU Loss": ("iou_loss", T),
}  # fmt: skip

OTHERS = {
    "lr": Role.LEARNING_RATE, "learning_rate": Role.LEARNING_RATE, "lr-Adam": Role.LEARNING_RATE,
    "lr/pg0": Role.LEARNING_RATE, "x/lr0": Role.LEARNING_RATE, "train_lr": Role.LEARNING_RATE,
    "taxa_de_aprendizado": Role.LEARNING_RATE, "LearningRate": Role.LEARNING_RATE,
    "grad_norm": Role.GRADIENT_NORM, "train/grad_norm": Role.GRADIENT_NORM, "grad_2.0_norm_total": Role.GRADIENT_NORM,
    "gnorm": Role.GRADIENT_NORM, "gradients/norm": Role.GRADIENT_NORM, "total_grad_norm": Role.GRADIENT_NORM,
    "time": Role.TIMING, "eval_runtime": Role.TIMING, "eval_samples_per_second": Role.TIMING, "data_time": Role.TIMING,
    "Train Time": Role.TIMING, "memory": Role.SYSTEM, "loss_scale": Role.SYSTEM,
    "rollout/ep_rew_mean": Role.REWARD, "AverageEpRet": Role.REWARD, "average-episode-return": Role.REWARD,
    "episode_reward_mean": Role.REWARD, "max-episode-return": Role.OTHER,
    "best_val_so_far": Role.OTHER, "best_val_loss": Role.OTHER, "val_loss_std": Role.OTHER, "total_flos": Role.OTHER,
}  # fmt: skip


@pytest.mark.parametrize(("name", "split"), LOSSES.items())
def test_the_loss_in_any_spelling(name, split):
    reading = names.parse(name)
    assert (reading.metric, reading.split, reading.role) == ("loss", split, Role.LOSS)
    assert reading.greater_is_better is False and reading.certain


@pytest.mark.parametrize(("name", "expected"), METRICS.items())
def test_metrics_have_one_name_and_a_direction(name, expected):
    reading = names.parse(name)
    assert (reading.metric, reading.split, reading.greater_is_better) == expected
    assert reading.role is Role.METRIC and reading.certain


@pytest.mark.parametrize(("name", "expected"), TERMS.items())
def test_parts_of_a_loss_are_terms(name, expected):
    reading = names.parse(name)
    assert (reading.metric, reading.split) == expected and reading.role is Role.LOSS_TERM


@pytest.mark.parametrize(("name", "role"), OTHERS.items())
def test_other_roles(name, role):
    assert names.parse(name).role is role


@pytest.mark.parametrize(("name", "split"), [("train", T), ("val", V), ("Validation", V), ("test", S)])
def test_a_bare_split_is_a_loss_by_guess_only(name, split):
    reading = names.parse(name)
    assert (reading.split, reading.role, reading.certain) == (split, Role.LOSS, False)


@pytest.mark.parametrize("name", ["matches", "mean_cosine_sim_10", "foo", "column 3", "", "損失", "¿?"])
def test_unknown_names_are_not_certain(name):
    assert not names.parse(name).certain


@pytest.mark.parametrize(
    ("name", "variant"), [("train_loss_step", "step"), ("train_loss_epoch", "epoch"), ("epoch_loss", "epoch"),
                          ("train_loss", ""), ("batch_loss", "step")]
)  # fmt: skip
def test_rhythm(name, variant):
    assert names.parse(name).variant == variant


@pytest.mark.parametrize(
    ("name", "kind"),
    [("epoch", "epoch"), ("Epoch", "epoch"), ("época", "epoch"), ("global_step", "step"),
     ("trainer/global_step", "step"),
     ("Step", "step"), ("iter", "step"), ("time/total_timesteps", "step"), ("total-env-interacts", "step"),
     ("TotalEnvInteracts", "step"), ("current_steps", "step"), ("batch_idx", "batch"), ("Wall time", "wall_time"),
     ("timestamp", "wall_time"), ("", "index"), ("Unnamed: 0", "index"), ("loss", None), ("train_loss_epoch", None)],
)  # fmt: skip
def test_counters(name, kind):
    assert names.counter(name) == kind


@pytest.mark.parametrize(
    ("text", "split"), [("train", T), ("Validation", V), ("val_", V), ("valid_0", V), ("dev", V), ("test", S),
                        ("treino", T), ("adam", None), ("train val", None), ("train_fast", None)]
)  # fmt: skip
def test_split_words(text, split):
    assert names.split_word(text) is split


def test_percent_in_the_name_is_the_unit():
    assert names.parse("val_acc (%)").unit == "percent" and names.parse("Accuracy_pct").unit == "percent"
    assert names.parse("val_acc").unit == ""
