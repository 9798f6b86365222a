"""Predictions with features and the models that made them, for tests of explanations."""

import numpy as np

FEATURES = ("age", "income", "visits", "noise")
COLOURS = ("blue", "green", "red")


def table(rows=300, seed=0):
    """Encoded features (the last column is a colour by code) and a 0/1 target that depends on some of them."""
    generator = np.random.default_rng(seed)
    matrix = np.column_stack([generator.normal(size=(rows, len(FEATURES))), generator.integers(0, 3, rows)])
    signal = 1.5 * matrix[:, 0] + matrix[:, 1] * matrix[:, 2] + 1.2 * (matrix[:, 4] == 2)
    return matrix, (signal + generator.normal(0, 0.5, rows) > 0.4).astype(int)


def lightgbm_model(matrix, target, rounds=25):
    """A booster whose last feature is the colour's code."""
    import lightgbm

    data = lightgbm.Dataset(matrix, target, feature_name=[*FEATURES, "colour"])
    return lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 1, "seed": 1}, data, rounds)


def csv(matrix, target, score):
    """The prediction file of a model: features, truth and score."""
    lines = [",".join(["id", *FEATURES, "colour", "label", "score"])]
    for i, (row, true, said) in enumerate(zip(matrix, target, score, strict=True)):
        cells = [repr(float(v)) for v in row[:-1]]
        lines.append(",".join([f"r{i}", *cells, COLOURS[int(row[-1])], str(int(true)), repr(float(said))]))
    return "\n".join(lines).encode()


def files(rows=300):
    """predictions.csv and model.txt of a LightGBM model that made the predictions."""
    matrix, target = table(rows)
    model = lightgbm_model(matrix, target)
    return {
        "predictions.csv": csv(matrix, target, model.predict(matrix)),
        "model.txt": model.model_to_string().encode(),
    }
