"""Permutation walks give what shap's PermutationExplainer gives with the same seed, with fewer calls of the model."""

import numpy as np
import pytest

from diagnostics.explanations import permutation_walk

PERMUTATIONS = 3


def table(kind, features):
    generator = np.random.default_rng(features)
    matrix = generator.normal(size=(60, features))
    if kind == "categories":
        matrix[:, ::2] = generator.integers(0, 3, size=matrix[:, ::2].shape)
    if kind == "missing":
        matrix[generator.random(matrix.shape) < 0.2] = np.nan
    if kind == "sparse":
        matrix[generator.random(matrix.shape) < 0.8] = 0.0
    if kind == "nearly equal":
        matrix = 1.0 + generator.choice([0.0, 1e-9, 1.0], size=matrix.shape, p=[0.5, 0.3, 0.2])
    return matrix


def outputs(matrix):
    """Three outputs with interactions of all orders, steps and an answer for missing values."""
    filled = np.nan_to_num(matrix, nan=-2.0)
    return np.column_stack([np.prod(1 + 0.3 * filled, axis=1), (filled > 0.5).sum(axis=1) ** 2, np.sin(filled.sum(1))])


@pytest.mark.parametrize("kind", ["numbers", "categories", "missing", "sparse", "nearly equal"])
@pytest.mark.parametrize("features", [1, 2, 3, 7, 12])
def test_values_and_base_equal_shaps_own_for_every_output(kind, features):
    import shap

    matrix = table(kind, features)
    rows, background = matrix[:8], matrix[8:31]
    masker = shap.maskers.Independent(background, max_samples=len(background))
    own = shap.PermutationExplainer(outputs, masker, seed=5)(
        rows, max_evals=PERMUTATIONS * (2 * features + 1), silent=True
    )
    for column in range(3):
        values, base = permutation_walk.sample(
            lambda m, column=column: outputs(m)[:, column], rows, background, seed=5, permutations=PERMUTATIONS
        )
        np.testing.assert_allclose(values, own.values[:, :, column], atol=1e-9)
        np.testing.assert_allclose(base, own.base_values[:, column], atol=1e-9)


def test_a_row_like_all_of_the_background_gets_zeros():
    rows = np.ones((2, 3))
    values, base = permutation_walk.sample(lambda m: m.sum(axis=1), rows, np.ones((4, 3)), seed=0, permutations=2)
    assert base == 3 and not values.any()


def test_small_calls_give_the_same_values_and_stay_under_the_limit(monkeypatch):
    matrix = table("numbers", 7)
    whole, _ = permutation_walk.sample(lambda m: outputs(m)[:, 0], matrix[:4], matrix[10:20], seed=1, permutations=2)
    monkeypatch.setattr(permutation_walk, "MOST_VALUES", 7 * 9)
    sizes = []

    def noted(part):
        sizes.append(len(part))
        return outputs(part)[:, 0]

    parts, _ = permutation_walk.sample(noted, matrix[:4], matrix[10:20], seed=1, permutations=2)
    np.testing.assert_array_equal(parts, whole)
    assert max(sizes[1:]) == 9


def test_the_model_is_asked_for_less_than_shap_asks():
    import shap

    matrix, asked = table("numbers", 12), []

    def noted(part):
        asked.append(len(part))
        return outputs(part)[:, 0]

    permutation_walk.sample(noted, matrix[:8], matrix[8:31], seed=5, permutations=2)
    ours = sum(asked)
    assert ours == 23 + 8 * 2 * 2 * 12 * 23
    asked.clear()
    shap.PermutationExplainer(noted, shap.maskers.Independent(matrix[8:31]), seed=5)(
        matrix[:8], max_evals=50, silent=True
    )
    assert ours < sum(asked)


def test_a_model_that_answers_too_few_rows_is_an_error():
    matrix = table("numbers", 3)
    with pytest.raises(ValueError, match=r"."):
        permutation_walk.sample(lambda m: m[:-1, 0], matrix[:2], matrix[5:9], seed=0, permutations=1)
