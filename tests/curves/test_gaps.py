import numpy as np
import pytest

from diagnostics.curves import gap
from diagnostics.types import Axis, Role
from tests.curves.builders import TRAIN, VALIDATION, curve


def test_same_line_half_an_epoch_apart_leaves_no_gap():
    # The model improves by one a epoch; training is averaged over the epoch, validation is measured at its end.
    epochs = np.arange(1.0, 8)
    train, validation = curve(-(epochs - 0.5), epoch=epochs), curve(-epochs, VALIDATION, epoch=epochs)
    corrected = gap(train, validation, Axis.EPOCH)
    assert corrected.value[:-1] == pytest.approx(0)
    assert gap(train, validation, Axis.EPOCH, shift=False).value == pytest.approx(-0.5)


def test_dense_training_is_averaged_over_the_interval():
    train = curve([4, 2, 3, 1], step=[1, 2, 3, 4])
    validation = curve([5, 5], VALIDATION, step=[2, 4])
    assert gap(train, validation, Axis.STEP, shift=False).value.tolist() == [2, 3]
    assert gap(train, validation, Axis.STEP).value.tolist() == [2.5, 3]


def test_worse_validation_is_up_whatever_the_direction():
    train = curve([0.9], metric="accuracy", role=Role.METRIC, up=True, epoch=[0])
    validation = curve([0.7], VALIDATION, metric="accuracy", role=Role.METRIC, up=True, epoch=[0])
    found = gap(train, validation, Axis.EPOCH)
    assert found.value.tolist() == pytest.approx([0.2])
    assert found.worse_is_up


def test_an_unknown_direction_is_said():
    train = curve([1.0], metric="thing", role=Role.OTHER, up=None)
    validation = curve([3.0], VALIDATION, metric="thing", role=Role.OTHER, up=None)
    found = gap(train, validation, Axis.EPOCH)
    assert found.value.tolist() == [2.0]
    assert not found.worse_is_up


def test_nan_and_missing_axes_leave_points_out():
    train = curve([1, np.nan, 1], epoch=[0, 1, 2])
    validation = curve([2, 2, np.nan], VALIDATION, epoch=[0, 1, 2])
    assert gap(train, validation, Axis.EPOCH, shift=False).x.tolist() == [0]
    assert gap(train, validation, Axis.STEP) is None
    assert gap(curve([np.nan], TRAIN), curve([1.0], VALIDATION), Axis.EPOCH) is None


def test_each_segment_is_compared_with_itself():
    train = curve([1, 1, 5, 5], epoch=[0, 1, 0, 1], segment=[0, 0, 1, 1])
    validation = curve([2, 2, 6, 6], VALIDATION, epoch=[0, 1, 0, 1], segment=[0, 0, 1, 1])
    found = gap(train, validation, Axis.EPOCH)
    assert found.value.tolist() == [1, 1, 1, 1]
    assert found.segment.tolist() == [0, 0, 1, 1]
