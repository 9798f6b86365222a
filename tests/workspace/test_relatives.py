import pytest

from diagnostics.workspace.relatives import MAX_BYTES, related


@pytest.mark.parametrize(
    ("new", "stored", "expected"),
    [
        ("val.csv", "train.csv", True),
        ("run1_val.csv", "run1_train.csv", True),
        ("run2_val.csv", "run1_train.csv", False),
        ("logs/run/validation/events.1", "logs/run/train/events.0", True),
        ("logs/run2/events.1", "logs/run1/events.0", False),
        ("run/version_0/metrics.csv", "run/hparams.yaml", True),
        ("run/hparams.yaml", "other/metrics.csv", False),
        ("config.yaml", "experiment.csv", True),
        ("a/x.csv", "x.csv", False),
    ],
)
def test_files_that_may_be_one_run_are_read_together(new, stored, expected):
    assert bool(related([new], [(stored, 10)])) is expected


def test_the_files_read_again_are_bounded():
    assert related(["r/a"], [("r/b", MAX_BYTES), ("r/c", 1), ("r/d", MAX_BYTES)]) == [0]
    assert len(related(["r/a"], [(f"r/{i}", 1) for i in range(1000)])) == 200
