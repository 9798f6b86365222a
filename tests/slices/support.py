"""Small prediction sets with known subgroups, written where the engine reads them."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from diagnostics.types import Predictions, Roles, SourceFile, Task

SHARED = Path(__file__).parents[3] / "shared"


def stored(folder: Path, columns: dict, task: Task, roles: Roles, classes: tuple = (), part: dict | None = None):
    path = folder / "set.parquet"
    table = pa.table({**columns, "__row__": np.arange(len(next(iter(columns.values()))))})
    parquet.write_table(table, path)
    return Predictions(
        name="set", task=task, path=path, roles=roles, n_rows=len(table), classes=classes, digest="d",
        source=SourceFile(name="set", format="parquet", digest="d", size=1), part=part or {},
    )  # fmt: skip


def binary(folder: Path, columns: dict, wrong: np.ndarray, *, seed: int = 0, part: dict | None = None, **roles):
    """A binary set whose answers are wrong exactly where asked for."""
    truth = np.random.default_rng(seed).integers(0, 2, len(wrong))
    answer = np.where(wrong, 1 - truth, truth)
    extra = {k: v for k, v in roles.items() if k in Roles.__dataclass_fields__}
    attributes = roles.get("attributes", tuple(c for c in columns if c not in extra.values()))
    made = Roles(truth="y", predicted="p", positive="1", **{**extra, "attributes": attributes})
    return stored(folder, {**columns, "y": truth, "p": answer}, Task.BINARY, made, ("0", "1"), part)


def conditions(item) -> list[tuple]:
    return [(c.column, c.op, c.value) for c in item.predicate]


def jaccard(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())
