import math

import numpy as np
import pytest

from diagnostics.readers.assembly import assemble, shape_key
from diagnostics.readers.draft import Draft, Series
from diagnostics.types import Role, Setting, SourceFile, Split
from tests.readers.logs import codes, curve, drafts, places, run, values

T, V, S = Split.TRAIN, Split.VALIDATION, Split.TEST


def draft(columns, **kw):
    """A draft of series that share an epoch counter."""
    series = []
    for name, column in columns.items():
        n = len(column)
        series.append(
            Series(name=name, value=np.array(column, float), epoch=np.arange(n, dtype=float), row=np.arange(n))
        )
    file = SourceFile(name="a.csv", format="csv", digest="0", size=1)
    return Draft(run="a", name="a", series=tuple(series), source=file, **kw)


def table(**columns):
    return assemble([draft({k.replace("__", "/"): v for k, v in columns.items()})])


FALL, RISE = [3.0, 2.0, 1.0], [0.1, 0.2, 0.3]


@pytest.mark.parametrize(
    "pair",
    [("loss", "val_loss"), ("train_loss", "valid_loss"), ("train_loss", "eval_loss"), ("loss", "eval_loss"),
     ("train/loss", "val/loss"), ("Training Loss", "Validation Loss"), ("train", "val"), ("tr_loss", "dev_loss"),
     ("trainLoss", "valLoss"), ("perda_treino", "perda_validacao"), ("train_loss", "test_loss"), ("loss", "test_loss"),
     ("train_total_loss", "val_total_loss"), ("avg_loss", "val_avg_loss"), ("loss_train", "loss_val"),
     ("train_mlm_loss", "eval_mlm_loss"), ("train_mse", "val_mse"), ("mae", "val_mae"), ("train-rmse", "test-rmse"),
     ("Train Loss", "Test Loss"), ("loss_epoch", "val_loss_epoch"), ("train_nll", "valid_nll"),
     ("train_ppl", "val_ppl"),
     ("train_error", "val_error"), ("L1_train", "L1_val"), ("train_elbo_loss", "val_elbo_loss")],
)  # fmt: skip
def test_training_and_validation_pair(pair):
    found = assemble([draft({pair[0]: FALL, pair[1]: [3.5, 2.5, 2.0]})])
    losses = found.pick(role=Role.LOSS)
    assert [(c.source, c.split) for c in losses] == [(pair[0], T), (pair[1], V)]
    assert losses[0].metric == losses[1].metric and not found.unplaced


def test_losses_come_first_training_before_validation():
    found = table(val_acc=RISE, val_loss=FALL, acc=RISE, loss=FALL)
    assert [(c.metric, c.split) for c in found.curves[:2]] == [("loss", T), ("loss", V)]


def test_metrics_pair_like_losses():
    found = table(loss=FALL, accuracy=RISE, val_loss=FALL, val_accuracy=RISE)
    assert places(found)["accuracy"] == ("accuracy", "train", "metric")
    assert places(found)["val_accuracy"] == ("accuracy", "validation", "metric")


def test_an_unsaid_metric_beside_two_named_losses_is_validation():
    found = table(train_loss=FALL, valid_loss=FALL, accuracy=RISE)
    assert places(found)["accuracy"][1] == "validation" and "metric_on_validation" in codes(found)


def test_an_unsaid_metric_beside_a_named_training_loss_is_asked_about():
    found = table(train_loss=FALL, accuracy=RISE)
    assert curve(found, "accuracy", None) and found.unplaced == ("accuracy",)


def test_metrics_nobody_measures_on_training_data_are_validation():
    found = table(loss=FALL, mAP50=RISE, bleu=RISE, accuracy=RISE)
    assert [places(found)[n][1] for n in ("mAP50", "bleu", "accuracy")] == ["validation", "validation", "train"]


def test_the_only_two_of_a_measure_are_partners():
    found = table(Train_Acc=RISE, Clean_Test_Acc=RISE)
    assert curve(found, "accuracy", T).source == "Train_Acc" and curve(found, "accuracy", V).source == "Clean_Test_Acc"
    found = table(train_acc_a=RISE, train_acc_b=RISE, val_acc_a=RISE)
    assert len({c.metric for c in found.curves}) == 2


def test_test_curves_stand_in_only_without_validation():
    found = table(train_loss=FALL, test_loss=FALL, test_acc=RISE)
    assert curve(found, "loss", V).source == "test_loss" and "test_as_validation" in codes(found)
    assert places(found)["test_acc"][1] == "validation"
    found = table(train_loss=FALL, val_loss=FALL, test_loss=FALL)
    assert curve(found, "loss", S).source == "test_loss" and "test_as_validation" not in codes(found)


def test_one_test_number_at_the_end_is_no_validation_curve():
    found = table(train_loss=FALL, test_loss=[0.4])
    assert curve(found, "loss", S) and found.curve("loss", V) is None


def test_step_and_epoch_variants():
    found = table(train_loss_step=[3, 2.5, 2, 1.5, 1, 0.9], train_loss_epoch=FALL, val_loss=FALL)
    assert curve(found, "loss", T).source == "train_loss_epoch"
    assert curve(found, "loss_step", T).role is Role.LOSS
    assert found.pick(role=Role.LOSS, split=T)[0].metric == "loss"


def test_a_single_epoch_lets_the_steps_speak():
    found = table(train_loss_step=[3, 2.5, 2, 1.5, 1, 0.9], train_loss_epoch=[2.0], val_loss=[1.0])
    assert curve(found, "loss", T).source == "train_loss_step" and curve(found, "loss_epoch", T)


def test_the_mean_of_the_run_is_no_curve():
    found = table(loss=FALL, train_loss=[2.0], eval_loss=FALL)
    assert curve(found, "loss", T).source == "loss" and places(found)["train_loss"][2] == "other"


def test_bare_splits_give_way_to_a_loss_that_says_so():
    found = table(train=[100, 100, 100], train_loss=FALL, val_loss=FALL)
    assert curve(found, "loss", T).source == "train_loss" and found.unplaced == ("train",)


def test_terms_are_added_up_with_a_note():
    found = table(train__box_loss=FALL, train__cls_loss=FALL, val__box_loss=FALL, val__cls_loss=[1, 2, 3])
    assert values(found, "loss", T) == [6, 4, 2] and values(found, "loss", V) == [4, 4, 4]
    note = next(n for n in found.notes if n.code == "derived_total_loss")
    assert note.params["terms"] == ["train/box_loss", "train/cls_loss"]
    assert curve(found, "box_loss", V).role is Role.LOSS_TERM


def test_a_logged_total_is_never_replaced():
    found = table(loss=[9, 8, 7], loss_cls=FALL, loss_bbox=FALL)
    assert values(found, "loss", T) == [9, 8, 7] and "derived_total_loss" not in codes(found)


@pytest.mark.parametrize("terms", [("g_loss", "d_loss"), ("actor_loss", "critic_loss"), ("loss_gen", "loss_disc")])
def test_players_are_not_added_up(terms):
    found = table(**dict.fromkeys(terms, FALL))
    assert not found.pick(role=Role.LOSS) and "no_total_loss" in codes(found)


def test_nan_in_a_term_is_nan_in_the_total():
    found = table(train__box_loss=[1, math.nan, 1], train__cls_loss=[1, 1, 1])
    assert math.isnan(values(found, "loss", T)[1])


def test_several_validation_losses_are_asked_about():
    found = table(loss=FALL, eval_wiki_loss=FALL, eval_books_loss=FALL)
    assert found.curve("loss", V) is None and "several_validation_losses" in codes(found)
    found = table(train_loss=FALL, val_loss__dataloader_idx_0=FALL, val_loss__dataloader_idx_1=RISE)
    assert curve(found, "loss", V).source == "val_loss/dataloader_idx_0"


def test_a_single_other_validation_loss_is_the_pair():
    found = table(loss=FALL, eval_wiki_loss=FALL)
    assert curve(found, "loss", V).source == "eval_wiki_loss" and "promoted_validation_loss" in codes(found)


def test_two_spellings_of_one_thing_both_stay():
    found = table(
        loss=FALL, acc=RISE, accuracy=[0.2, 0.3, 0.4], val_loss=FALL, val_acc=RISE, val_accuracy=[0.2, 0.3, 0.4]
    )
    metrics = {(c.metric, c.split) for c in found.pick(role=Role.METRIC)}
    assert len(metrics) == 4 and len({m for m, _ in metrics}) == 2
    by = places(found)
    assert by["acc"][0] == by["val_acc"][0] and by["accuracy"][0] == by["val_accuracy"][0]


def test_one_objective_among_two_losses():
    found = table(train_loss=FALL, train_total_loss=[9, 8, 7], val_loss=FALL, val_total_loss=[9, 8, 7])
    losses = found.pick(role=Role.LOSS)
    assert [c.split for c in losses] == [T, V] and losses[0].source.replace("train", "val") == losses[1].source


def test_the_same_series_from_two_files_is_kept_once():
    found = assemble([draft({"loss": FALL, "eval_loss": FALL}), draft({"loss": FALL, "lr": RISE})])
    assert [c.source for c in found.curves] == ["loss", "eval_loss", "lr"]


@pytest.mark.parametrize(
    ("column", "unit"), [([10.0, 55.5, 97.3], "percent"), ([0.1, 0.5, 0.97], "fraction"), ([-1.0, 0.5, 2.0], "")]
)
def test_percent_or_fraction(column, unit):
    assert curve(table(loss=FALL, val_acc=column, acc=RISE), "accuracy", V).unit == unit


def test_the_users_answer_wins():
    mapping = {"matches": ("accuracy", "validation", "metric"), "val_loss": ("loss", Split.TEST, Role.LOSS)}
    found = assemble([draft({"train_loss": FALL, "val_loss": FALL, "matches": RISE})], mapping=mapping)
    assert curve(found, "accuracy", V).source == "matches" and curve(found, "accuracy", V).greater_is_better
    assert curve(found, "loss", S).source == "val_loss" and not found.unplaced


def test_what_nobody_understands_is_kept_and_asked_about():
    found = table(loss=FALL, val_loss=FALL, wobble=RISE)
    assert found.unplaced == ("wobble",) and places(found)["wobble"][2] == "other"


def test_all_nan_metrics_stay_what_they_are():
    found = table(train_loss=FALL, val_loss=FALL, val_acc=[math.nan] * 3)
    assert np.isnan(values(found, "accuracy", V)).all()


def test_a_reward_makes_it_reinforcement_unless_validation_was_measured():
    assert table(reward=RISE, loss=FALL).setting is Setting.REINFORCEMENT
    assert table(reward=RISE, loss=FALL, eval_loss=FALL).setting is Setting.SUPERVISED


def test_a_counter_that_never_moves_is_no_counter():
    one = Series(name="loss", value=np.array(FALL), step=np.zeros(3), row=np.arange(3))
    file = SourceFile(name="a", format="csv", digest="", size=0)
    found = assemble([Draft(run="a", name="a", series=(one,), source=file)])
    assert found.curves[0].step is None and found.curves[0].axis == "row"


def test_the_shape_of_a_file_does_not_depend_on_values_or_order(tmp_path):
    a = drafts(tmp_path, "epoch,train_loss,val_loss,odd\n1,1,1,1\n2,1,1,1\n")[0]
    b = drafts(tmp_path, "val_loss,odd,epoch,train_loss\n3,3,1,3\n4,4,2,4\n")[0]
    c = drafts(tmp_path, "epoch,train_loss,val_loss,even\n1,1,1,1\n2,1,1,1\n")[0]
    assert shape_key(a) == shape_key(b) != shape_key(c)


def test_runs_are_equal_exactly_when_their_content_is(tmp_path):
    text = "epoch,train_loss,val_loss\n1,1,1\n2,0.5,0.9\n"
    assert run(tmp_path, text) == run(tmp_path, text)
    assert run(tmp_path, text) != run(tmp_path, text.replace("0.9", "0.8"))
