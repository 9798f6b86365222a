"""Two files of one training whose names no longer say which is training."""

import numpy as np

from diagnostics.readers import grouping, halves
from diagnostics.readers.assembly import assemble, shape_key
from diagnostics.types import Role, Split
from tests.readers.logs import drafts, run
from tests.readers.wire import event, simple

TREES = np.arange(40)
LEARN = 0.7 * 0.95**TREES + 0.01
TEST = 0.7 * 0.85**TREES + 0.004 * TREES + 0.05


def tsv(values):
    return "iter\tLogloss\n" + "".join(f"{i}\t{v:.6f}\n" for i, v in zip(TREES, values, strict=True))


def joined(*parts):
    return [assemble(members) for members in grouping.runs(list(parts), [])]


def loose(tmp_path, *columns):
    return [drafts(tmp_path, tsv(v), f"part{n}.tsv")[0] for n, v in enumerate(columns)]


def test_learn_and_test_errors_that_lost_their_names_are_one_run_and_asked_about(tmp_path):
    (found,) = joined(*loose(tmp_path, TEST, LEARN))
    assert [(c.source, c.split, c.metric) for c in found.pick(role=Role.LOSS)] == [
        ("Logloss (part1)", Split.TRAIN, "logloss"), ("Logloss (part0)", Split.VALIDATION, "logloss"),
    ]  # fmt: skip
    assert set(found.unplaced) == {"Logloss (part0)", "Logloss (part1)"}
    assert [note.code for note in found.notes if note.code in ("unnamed_halves", "learn_or_test")] == ["unnamed_halves"]


def test_the_answer_wins_over_the_guess(tmp_path):
    (parts,) = grouping.runs(loose(tmp_path, TEST, LEARN), [])
    assert len({shape_key(part) for part in parts}) == 2
    answers = {"Logloss (part0)": ("logloss", "train", "loss"), "Logloss (part1)": ("logloss", "validation", "loss")}
    found = assemble(parts, mapping=answers)
    assert found.curve("logloss", Split.TRAIN).source == "Logloss (part0)"
    assert not found.unplaced


def test_two_trainings_of_the_same_length_stay_two(tmp_path):
    assert len(joined(*loose(tmp_path, LEARN, LEARN * 1.1))) == 2
    assert len(joined(*loose(tmp_path, TEST, TEST * 1.1))) == 2


def test_a_third_file_that_fits_as_well_leaves_the_question_open(tmp_path):
    assert len(joined(*loose(tmp_path, LEARN, TEST, TEST * 1.1))) == 3


def test_a_lonely_file_is_read_by_how_its_loss_runs(tmp_path):
    assert run(tmp_path, tsv(LEARN), "a.tsv").curves[0].split is Split.TRAIN
    found = run(tmp_path, tsv(TEST), "b.tsv")
    assert found.curves[0].split is Split.VALIDATION and found.unplaced == ("Logloss",)


def events(tmp_path, name, values, shift=0.0, pace=1.0):
    moments = 1.5e9 + shift + pace * TREES
    body = b"".join(
        event(int(step), simple("Logloss", float(value)), wall=float(wall))
        for wall, step, value in zip(moments, TREES, values, strict=True)
    )
    return drafts(tmp_path, body, name)[0]


def test_event_files_of_one_clock_are_one_run(tmp_path):
    (found,) = joined(events(tmp_path, "a.tfevents", LEARN), events(tmp_path, "b.tfevents", TEST, shift=0.4))
    assert [c.split for c in found.pick(role=Role.LOSS)] == [Split.TRAIN, Split.VALIDATION]
    assert "unnamed_halves" in [note.code for note in found.notes]


def test_event_files_of_two_clocks_stay_two(tmp_path):
    a = events(tmp_path, "a.tfevents", LEARN)
    assert len(joined(a, events(tmp_path, "b.tfevents", TEST, shift=500.0))) == 2
    assert len(joined(a, events(tmp_path, "c.tfevents", TEST, pace=1.1))) == 2


def test_an_error_alone_is_judged_and_asked_about(tmp_path):
    (found,) = joined(events(tmp_path, "a.tfevents", LEARN))
    (loss,) = found.pick(role=Role.LOSS)
    assert loss.split is Split.TRAIN and found.unplaced == ("Logloss",)
    assert {"guessed_training", "error_as_loss"} <= {note.code for note in found.notes}


def test_a_word_error_rate_is_never_training(tmp_path):
    found = run(tmp_path, "epoch,wer\n" + "".join(f"{i},{0.9**i:.4f}\n" for i in range(8)))
    assert found.curve("wer", Split.TRAIN) is None


def test_rising_is_a_matter_of_steps_not_of_ends():
    assert not halves.rises(LEARN) and halves.rises(TEST)
    assert not halves.rises(np.array([1.0, 2.0]))
