"""Train the demo model: `python -m demo_data.make_models` rewrites `demo_data/runs/tumours-boosted`.

Needs LightGBM (the extra `models`). Run after `demo_data.make`, which empties `demo_data/runs`.
"""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

from demo_data.make import RUNS, rounded, write_rows

COLUMNS = 10
"""The means of each measurement; the bundled data also has their errors and worst values."""


def boosted() -> None:
    """Boosted trees on ten measurements of a cell; the predictions of the half they did not see."""
    import lightgbm

    data = load_breast_cancer()
    names = [name.replace("mean ", "").replace(" ", "_") for name in data.feature_names[:COLUMNS]]
    parts = train_test_split(
        data.data[:, :COLUMNS], 1 - data.target, test_size=0.5, random_state=2, stratify=data.target
    )
    settings = {"objective": "binary", "num_leaves": 6, "learning_rate": 0.15, "min_data_in_leaf": 12, "seed": 4,
                "deterministic": True, "num_threads": 1, "verbose": -1}  # fmt: skip
    model = lightgbm.train(settings, lightgbm.Dataset(parts[0], parts[2], feature_name=names), 40)
    # Trained and asked with the values as they stand in the file, so that the file's rows repeat the answers.
    rows = np.vectorize(rounded)(parts[1])
    answer = model.predict(rows)
    folder = RUNS / "tumours-boosted"
    folder.mkdir(parents=True, exist_ok=True)
    text = model.model_to_string(importance_type="split")
    (folder / "model.txt").write_text(text, encoding="utf-8")
    labels = ("benign", "malignant")
    table = [
        [f"case-{row:03d}", labels[int(truth)], labels[int(p >= 0.5)], f"{p:.8g}", *values]
        for row, (truth, p, values) in enumerate(zip(parts[3], answer, rows.tolist(), strict=True))
    ]
    write_rows(folder / "predictions.csv", ["case", "diagnosis", "predicted", "p_malignant", *names], table)


if __name__ == "__main__":
    boosted()
