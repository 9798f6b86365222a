"""A log format for tests: lines of "run split value value ..."; lines of one run key anywhere are one run."""

from collections import defaultdict

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from diagnostics.exceptions import NotALog, UnreadableFile
from diagnostics.readers import ReadResult
from diagnostics.types import Curve, Predictions, Role, Roles, Run, Split, Task


def line(run, split, *values):
    """One line of a log as bytes."""
    return f"{run} {split} {' '.join(map(str, values))}\n".encode()


def read(sources, *, mappings=None, scratch=None):
    """Stand-in for `diagnostics.readers.read`."""
    curves, files, failures, ignored, predictions = defaultdict(list), defaultdict(dict), [], [], []
    for source in sources:
        text = source.path.read_text(errors="replace")
        if text.startswith("broken"):
            failures.append(UnreadableFile("broken_table", file=source.name, place="row 1", remedy="export_again"))
            continue
        if text.startswith("readme"):
            ignored.append(NotALog("not_a_log", file=source.name))
            continue
        if text.startswith("predictions"):
            predictions.append(_predictions(source, scratch))
            continue
        for run, split, *values in (row.split() for row in text.splitlines()):
            curves[run].append(_curve(split, values))
            files[run][source.name] = source.described("simple")
    runs = [Run(name=run, curves=tuple(curves[run]), sources=tuple(files[run].values())) for run in curves]
    return ReadResult(
        runs=tuple(runs), predictions=tuple(predictions), failures=tuple(failures), ignored=tuple(ignored)
    )


def _curve(split, values):
    array = np.array(values, dtype=np.float64)
    epoch = np.arange(len(array), dtype=np.float64)
    return Curve(metric="loss", split=Split(split), role=Role.LOSS, source=split, value=array, epoch=epoch)


def _predictions(source, scratch):
    path = scratch / f"{source.digest}.parquet"
    pq.write_table(pa.table({"truth": ["a", "b"], "__row__": [0, 1]}), path)
    return Predictions(
        name=source.stem,
        task=Task.MULTICLASS,
        path=path,
        roles=Roles(truth="truth", probabilities={"a": "p_a"}, attributes=("x", "y")),
        n_rows=2,
        classes=("a", "b"),
        digest=source.digest,
        source=source.described("simple"),
        part={"model": "first"},
    )
