"""Several explanations in a few numbers."""

import numpy as np
import pytest

from diagnostics.explanations.images.deletion import Deletion
from diagnostics.explanations.images.examples import Example, spread
from diagnostics.explanations.images.explaining import ImageExplanation
from diagnostics.explanations.images.saliency import SaliencyMap, flag_of
from diagnostics.explanations.images.together import together


def explanation(values, after, low):
    values = np.asarray(values, dtype=float)
    saliency = SaliencyMap(
        method="occlusion", layer="", number=0, values=values, flag=flag_of(values), model_digest="m", image_digest="i"
    )
    flagged = bool(saliency.flag)
    return ImageExplanation(
        saliency=saliency, probabilities=np.array([0.9, 0.1]), column=0,
        deletion=Deletion(
            before=0.9, after=None if flagged else after, elsewhere=None if flagged else 0.8,
            low=None if flagged else low, high=None if flagged else 0.9, n=0 if flagged else 24,
        ),
    )  # fmt: skip


def test_maps_are_scaled_before_they_are_averaged_and_flagged_ones_left_out():
    found = together(
        [
            explanation([[4, 0]], 0.1, 0.5),
            explanation([[1, 1.0001e-3]], 0.7, 0.5),
            explanation([[0, 0]], 0.1, 0.5),
        ]
    )
    assert (found.n, found.flagged, found.carried) == (2, 1, 1)
    assert found.share == 0.5
    assert found.low < 0.5 < found.high
    assert np.allclose(found.mean, [[1, 0.0005]], atol=1e-4)


def test_nothing_to_sum_up_is_said_as_nothing():
    found = together([explanation([[0, 0]], 0, 0)])
    assert (found.mean, found.share, found.low) == (None, None, None)


@pytest.mark.parametrize(("count", "rows"), [(3, [0, 3, 6]), (20, list(range(10)))])
def test_examples_are_spread_evenly(count, rows):
    given = [Example(row=row, picture="a", truth=0, answer=0) for row in range(10)]
    assert [one.row for one in spread(given, count)] == rows
