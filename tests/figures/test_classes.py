import numpy as np
import pytest

from diagnostics import figures
from diagnostics.types import MetricValue

WORDS = figures.MatrixWords(truth="truth", predicted="predicted", rows="rows", share="of truth")


def confusion(size=3, seed=0):
    counts = np.random.default_rng(seed).integers(1, 50, (size, size)).astype(float)
    return [f"class {i}" for i in range(size)], counts, counts / counts.sum(axis=1, keepdims=True)


def test_mistakes_and_the_diagonal_have_colours_of_their_own():
    labels, counts, shares = confusion()
    wrong, right = figures.matrix(labels, counts, shares, WORDS, shares=True).data
    assert (wrong.coloraxis, right.coloraxis) == ("coloraxis", "coloraxis2")
    assert np.isnan(np.diag(wrong.z)).all()
    np.testing.assert_allclose(np.diag(right.z), np.diag(shares), rtol=1e-6)


def test_the_scale_ends_at_the_worst_mistake():
    labels, counts, shares = confusion()
    figure = figures.matrix(labels, counts, shares, WORDS, shares=True)
    off = shares[~np.eye(3, dtype=bool)]
    assert figure.layout.coloraxis.cmax == pytest.approx(off.max())


def test_empty_cells_are_blank_and_truth_reads_from_the_top():
    labels, counts, _ = confusion()
    counts[0, 1] = 0
    figure = figures.matrix(labels, counts, counts, WORDS, shares=False)
    assert np.isnan(figure.data[0].z[0][1])
    assert figure.layout.yaxis.range == (2.5, -0.5)
    assert list(figure.layout.xaxis.ticktext) == labels


def test_a_thousand_classes_send_one_layer_without_a_text_a_cell():
    labels, counts, shares = confusion(1000)
    figure = figures.matrix(labels, counts, shares, WORDS, shares=True)
    assert len(figure.data) == 1
    assert figure.data[0].text is None
    assert len(figure.to_json()) < 8e6
    assert figure.layout.xaxis.labelalias["7"] == "class 7"


def test_hostile_class_names_stay_letters():
    labels, counts, shares = confusion(2)
    figure = figures.matrix(["<b>x</b>", "%{z}"], counts, shares, WORDS, shares=True)
    assert "<b>x" not in figure.to_json()
    assert labels


def test_shapes_must_agree():
    labels, counts, shares = confusion()
    with pytest.raises(ValueError, match="labels"):
        figures.matrix(labels[:2], counts, shares, WORDS, shares=True)


def test_undefined_classes_keep_their_row_without_a_dot():
    words = figures.PerClassWords(metric="Recall", rows="rows", interval="95 %", undefined="undefined")
    rows = [
        ("a", MetricValue(name="recall", value=0.2, low=0.1, high=0.4, n=20)),
        ("b", MetricValue(name="recall", value=None, n=0, reason="no_support")),
    ]
    figure = figures.per_class(rows, words)
    dots = figure.data[0]
    assert list(dots.x) == [0.2]
    assert dots.error_x.array[0] == pytest.approx(0.2)
    assert dots.error_x.arrayminus[0] == pytest.approx(0.1)
    assert [note.text for note in figure.layout.annotations] == ["– undefined"]
    assert list(figure.layout.yaxis.ticktext) == ["a", "b"]
