"""Evidently's ClassificationPreset on a prediction file, for the Python of an environment that has Evidently.

    python -m venv /tmp/evidently && /tmp/evidently/bin/pip install "evidently==0.7.23" "pandas<3"
    /tmp/evidently/bin/python benchmarks/evidently_peer.py predictions-100000.csv

Prints seconds of the report and the peak memory of the process in MB. Imports nothing of this product.
"""

import resource
import sys
import time

import pandas as pd
from evidently import DataDefinition, Dataset, MulticlassClassification, Report
from evidently.presets import ClassificationPreset


def main(path: str) -> None:
    """Read the file, then time the report alone."""
    frame = pd.read_csv(path)
    columns = [name for name in frame.columns if name.startswith("proba_")]
    classes = [name.removeprefix("proba_") for name in columns]
    frame = frame[["y_true", "y_pred", *columns]].rename(columns=dict(zip(columns, classes, strict=True)))
    task = MulticlassClassification(
        target="y_true", prediction_labels="y_pred", prediction_probas=classes, labels={c: c for c in classes}
    )
    start = time.perf_counter()
    data = Dataset.from_pandas(frame, data_definition=DataDefinition(classification=[task]))
    Report([ClassificationPreset()]).run(data, None)
    took = time.perf_counter() - start
    print(f"{took:.2f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")


if __name__ == "__main__":
    main(sys.argv[1])
