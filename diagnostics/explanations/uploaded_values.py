"""SHAP values that somebody computed elsewhere: from csv, parquet or npz, matched to a prediction file and checked."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from diagnostics.exceptions import BrokenFile, NotALog, TooLarge
from diagnostics.explanations.attribution import Attribution, additivity_gap
from diagnostics.explanations.encoding import Encoding
from diagnostics.explanations.linear import rescaled
from diagnostics.explanations.sampling import Sample
from diagnostics.types import FloatArray, IntArray

MAXIMUM_CELLS = 20_000_000
MAXIMUM_BYTES = 400 << 20
_BASES = ("base_value", "base_values", "expected_value", "expected_values", "base", "bias", "shap_base")
_ROWS = ("__row__", "row", "row_index", "index")
_MARKED = re.compile(
    r"^(?:shap(?:_values?)?|phi|contrib(?:ution)?)[_. :]+(.+)$|^(.+?)[_. :]+(?:shap|phi|contrib)$", re.I
)


@dataclass(frozen=True, kw_only=True, eq=False)
class UploadedValues:
    """Values as they stand in a file.

    Attributes
    ----------
    values : ndarray, shape (n, features)
    base : ndarray, shape (n,), or None
        None where the file has none; it is then taken from the mean output.
    features : tuple of str
    row : ndarray of int, shape (n,)
        0-based places in the prediction file.
    """

    values: FloatArray
    base: FloatArray | None
    features: tuple[str, ...]
    row: IntArray


def read_values(path: Path, name: str, columns: Sequence[str]) -> UploadedValues:
    """Read a file of values.

    Parameters
    ----------
    path : Path
    name : str
        Logical name, for messages; its ending decides nothing.
    columns : sequence of str
        Of the prediction file: a table whose value columns carry none of these names is no table of SHAP values.

    Raises
    ------
    UnreadableFile
    """
    if path.stat().st_size > MAXIMUM_BYTES:
        raise TooLarge("file_over_limit", file=name, remedy="smaller_file", size_mb=path.stat().st_size / (1 << 20),
                       limit_mb=MAXIMUM_BYTES / (1 << 20))  # fmt: skip
    with path.open("rb") as stream:
        head = stream.read(4)
    if head == b"PK\x03\x04":
        return _from_npz(path, name, columns)
    table = _parquet(path, name) if head == b"PAR1" else _csv(path, name)
    return _from_table(table, name, columns)


def _parquet(path: Path, name: str) -> dict[str, FloatArray]:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    try:
        file = parquet.ParquetFile(path, pre_buffer=False)
        if file.metadata.num_rows * file.metadata.num_columns > MAXIMUM_CELLS:
            raise TooLarge("too_many_cells", file=name, found=str(file.metadata.num_rows))
        return _numeric(file.read())
    except (pa.ArrowException, OSError) as error:
        raise BrokenFile("shap_file_broken", file=name, remedy="save_shap") from error


def _csv(path: Path, name: str) -> dict[str, FloatArray]:
    import pyarrow as pa
    from pyarrow import csv

    try:
        return _numeric(csv.read_csv(path))
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise BrokenFile("shap_file_broken", file=name, remedy="save_shap") from error


def _numeric(table: Any) -> dict[str, FloatArray]:
    import pyarrow as pa

    found = {}
    for field in table.schema:
        if pa.types.is_floating(field.type) or pa.types.is_integer(field.type):
            found[field.name] = np.asarray(table.column(field.name).to_numpy(), dtype=np.float64)
    return found


def _from_table(table: Mapping[str, FloatArray], name: str, columns: Sequence[str]) -> UploadedValues:
    marked = {(m[1] or m[2]): column for column in table if (m := _MARKED.match(column)) and column not in _BASES}
    plain = {column: column for column in table if column.lower() not in (*_BASES, *_ROWS)}
    chosen = marked or plain
    features = {feature: column for feature, column in chosen.items() if feature in columns}
    if not features or len(features) < 0.5 * len(chosen):
        raise NotALog("no_shap_values", file=name, expected=", ".join(columns[:6]), remedy="save_shap")
    values = np.column_stack([table[column] for column in features.values()])
    base = next((table[c] for c in table if c.lower() in _BASES), None)
    row = next((table[c] for c in table if c.lower() in _ROWS), np.arange(len(values), dtype=np.float64))
    return _checked(values, base, tuple(features), row, name)


def _from_npz(path: Path, name: str, columns: Sequence[str]) -> UploadedValues:
    arrays = _arrays(path, name)
    values = next((arrays[k] for k in ("values", "shap_values", "arr_0") if k in arrays), None)
    if values is None or values.ndim != 2 or values.dtype.kind not in "fiu":
        raise NotALog("no_shap_values", file=name, expected="values (n, features)", remedy="save_shap")
    named = next((arrays[k] for k in ("feature_names", "features", "columns") if k in arrays), None)
    features = tuple(str(f) for f in named) if named is not None else tuple(columns)
    if len(features) != values.shape[1]:
        raise NotALog("no_shap_values", file=name, expected=f"{values.shape[1]} names", remedy="save_shap")
    base = next((arrays[k] for k in _BASES if k in arrays), None)
    row = next((arrays[k] for k in _ROWS if k in arrays), np.arange(len(values)))
    if base is not None:
        base = np.broadcast_to(np.ravel(base), (len(values),)) if base.size in (1, len(values)) else None
    return _checked(values, base, features, row, name)


def _arrays(path: Path, name: str) -> dict[str, Any]:
    """Arrays of an npz whose declared sizes are within the cap; objects are never unpickled."""
    found: dict[str, Any] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAXIMUM_BYTES:
                raise TooLarge("too_many_cells", file=name, found=str(len(archive.infolist())))
        with np.load(path, allow_pickle=False) as stored:
            for key in stored.files:
                found[key] = stored[key]
    except (ValueError, OSError, zipfile.BadZipFile, EOFError, KeyError) as error:
        raise BrokenFile("shap_file_broken", file=name, remedy="save_shap") from error
    return found


def _checked(values: Any, base: Any, features: tuple[str, ...], row: Any, name: str) -> UploadedValues:
    values = np.asarray(values, dtype=np.float64)
    if not len(values) or not np.isfinite(values).all():
        raise BrokenFile("shap_values_missing", file=name, remedy="save_shap")
    place = np.asarray(row, dtype=np.float64)
    if not np.isfinite(place).all():
        raise BrokenFile("shap_values_missing", file=name, remedy="save_shap")
    return UploadedValues(
        values=values,
        base=None if base is None else np.asarray(base, dtype=np.float64),
        features=features,
        row=place.astype(np.int64),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Matched:
    """Uploaded values beside the rows they belong to.

    Attributes
    ----------
    attribution : Attribution
        Its gap is NaN where the file has no scores to compare with.
    output : ndarray
        base + sum of values.
    place : ndarray of int, shape (n,)
        Places in the sample.
    scale : str
        "answer" or "logit": on which scale of the file's scores the values add up best.
    """

    attribution: Attribution
    output: FloatArray
    place: IntArray
    scale: str


def match(uploaded: UploadedValues, sample: Sample, number: int) -> Matched:
    """Bring values and sampled rows together and measure the additivity gap against the file's own scores.

    Parameters
    ----------
    uploaded : UploadedValues
    sample : Sample
        With the features as columns where the file has them.
    number : int
        Class whose score the values add up to; 0 for a regression.

    Raises
    ------
    NotALog
        No row of the values is a row of the sample.
    """
    where = {int(row): i for i, row in enumerate(uploaded.row)}
    pairs = [(place, where[int(row)]) for place, row in enumerate(sample.row) if int(row) in where]
    if not pairs:
        raise NotALog("shap_other_rows", file="", remedy="save_shap")
    place, at = (np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True))
    values = uploaded.values[at]
    said = sample.output(number)
    said = None if said is None else said[place]
    known = [name for name in uploaded.features if name in sample.columns]
    encoding = Encoding.of(sample.columns, known)
    coded = dict(zip(known, encoding.encode(sample.columns).T, strict=True)) if known else {}
    rows = np.column_stack([coded.get(n, np.full(len(sample), np.nan)) for n in uploaded.features])[place]
    best: tuple[float, str, FloatArray] | None = None
    for scale in ("answer", "logit") if sample.is_classification else ("answer",):
        output = None if said is None else rescaled(said, scale)
        base = uploaded.base[at] if uploaded.base is not None else _level(values, output)
        gap = float("nan") if output is None else additivity_gap(values, base, output)
        if best is None or gap < best[0]:
            best = (gap, scale, base)
    assert best is not None
    gap, scale, base = best
    attribution = Attribution(
        values=values, base=base, rows=rows, features=uploaded.features, route="uploaded", background=0, seed=None,
        gap=gap,
    )  # fmt: skip
    return Matched(attribution=attribution, output=base + values.sum(axis=1), place=place, scale=scale)


def _level(values: FloatArray, output: FloatArray | None) -> FloatArray:
    """The base that fits best where the file has none: a constant, so that a wrong sum still shows."""
    level = 0.0 if output is None else float(np.median(output - values.sum(axis=1)))
    return np.full(len(values), level)
