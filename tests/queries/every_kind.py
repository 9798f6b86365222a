"""A prediction set with a column of every kind, for conditions that must mean the same everywhere."""

import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from diagnostics.types import Predictions, Roles, SourceFile, Task

N = 60
MOMENT = datetime.datetime(2024, 3, 1, 22, 30)
TEXTS = ["a", "A", " a ", "", "  ", None, "1", "1.0", "01", "True", "false", "0", "-2.5", "1e3", "o'clock", "naïve 😀"]
STAMPS = ["2024-01-05T10:00:00", "2024-02-29T23:59:59", "2024-03-01T00:00:00", None]


def every_kind(folder: Path) -> Predictions:
    """A set with one column of every kind, with missing values in each."""
    random = np.random.default_rng(7)

    def some(values):
        return [values[i] for i in random.integers(0, len(values), N)]

    columns = {
        "whole": pa.array(some([-3, 0, 1, 2, 7, None]), pa.int64()),
        "real": pa.array(some([-1.5, 0.0, 1.0, 2.5, float("nan"), None, 1e300]), pa.float64()),
        "flag": pa.array(some([True, False, None])),
        "text": pa.array(some(TEXTS)),
        "factor": pa.array(some(["x", "y", None])).dictionary_encode(),
        "day": pa.array(some([datetime.date(2024, 1, 5), datetime.date(2024, 3, 1), None])),
        "time": pa.array(some([MOMENT, MOMENT + datetime.timedelta(days=3, hours=5), None])),
        "zoned": pa.array(some([MOMENT, None]), pa.timestamp("us", tz="UTC")),
        "stamp": pa.array(some(STAMPS)),
        'od"d; --': pa.array(some(["'", '"', None])),
        "model": pa.array(some(["one", "two"])),
        "__row__": pa.array(range(N)),
    }
    path = folder / "set.parquet"
    parquet.write_table(pa.table(columns), path)
    return Predictions(
        name="set", task=Task.BINARY, path=path, roles=Roles(truth="flag"), n_rows=N, classes=("0", "1"),
        digest="d" * 64, source=SourceFile(name="set", format="parquet", digest="d", size=1),
    )  # fmt: skip
