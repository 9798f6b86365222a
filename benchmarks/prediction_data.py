"""The large prediction file of the benchmark: 10 classes, 20 attributes, probabilities with four decimals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

CLASSES = 10
ATTRIBUTES = 20
CHUNK = 250_000


def chunk(rows: int, start: int, seed: int) -> pa.Table:
    """Some rows of the file as a table."""
    random = np.random.default_rng((seed, start))
    truth = random.integers(0, CLASSES, rows)
    logits = random.normal(0, 1.3, (rows, CLASSES))
    logits[np.arange(rows), truth] += 2.5
    p = np.exp(logits)
    p /= p.sum(axis=1, keepdims=True)
    columns: dict[str, object] = {
        "id": np.arange(start, start + rows),
        "y_true": pa.array(np.array([f"class_{i}" for i in range(CLASSES)])[truth]),
        "y_pred": pa.array(np.array([f"class_{i}" for i in range(CLASSES)])[p.argmax(axis=1)]),
    }
    columns |= {f"proba_class_{i}": p[:, i].round(6) for i in range(CLASSES)}
    for i in range(ATTRIBUTES):
        kind = i % 4
        if kind == 0:
            columns[f"attr_{i:02d}"] = random.normal(50, 20, rows).round(2)
        elif kind == 1:
            columns[f"attr_{i:02d}"] = random.integers(0, 24, rows)
        else:
            columns[f"attr_{i:02d}"] = pa.array(
                np.array([f"value_{k}" for k in range(3 + i)])[random.integers(0, 3 + i, rows)]
            )
    return pa.table(columns)


def write_csv(path: Path, rows: int, seed: int = 0) -> Path:
    """Write the file unless one of this size is there already."""
    if path.exists():
        return path
    first = chunk(min(rows, CHUNK), 0, seed)
    with arrow_csv.CSVWriter(path, first.schema, write_options=arrow_csv.WriteOptions(quoting_style="needed")) as out:
        for start in range(0, rows, CHUNK):
            out.write(chunk(min(CHUNK, rows - start), start, seed))
    return path
