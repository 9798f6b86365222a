"""The quick way for big regular tables: pyarrow's CSV reader, then numpy."""

from __future__ import annotations

import numpy as np

from diagnostics.exceptions import TooLarge
from diagnostics.readers.cells import Numbers, numbers
from diagnostics.readers.source import Source
from diagnostics.readers.tables import MAX_ROWS, Dialect, Table

_NULLS = ["", "NA", "N/A", "#N/A", "None", "none", "null", "NULL", "-", "--", "#na#", "No log", "<NA>"]


def read_fast(source: Source, found: Dialect) -> Table | None:
    """The table, or None where it is not regular enough and the patient way must try."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    read_options = arrow_csv.ReadOptions(
        column_names=list(found.header), skip_rows=found.skip, use_threads=True, block_size=4 << 20,
        encoding="utf8" if source.encoding.startswith("utf-8") else source.encoding,
    )  # fmt: skip
    parse_options = arrow_csv.ParseOptions(delimiter=found.separator, newlines_in_values=False)
    convert = arrow_csv.ConvertOptions(null_values=_NULLS, strings_can_be_null=True, quoted_strings_can_be_null=True,
                                       true_values=[], false_values=[], timestamp_parsers=[])  # fmt: skip
    try:
        data = arrow_csv.read_csv(source.path, read_options, parse_options, convert)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    if data.num_rows > MAX_ROWS:
        raise TooLarge("too_many_rows", file=source.name, limit=MAX_ROWS, remedy="thin_out")
    columns: dict[str, Numbers] = {}
    texts: dict[str, list[str]] = {}
    for name in found.header:
        column = data.column(name)
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            columns[name] = _numeric(column)
        elif pa.types.is_null(column.type):
            missing = np.zeros(len(column), dtype=np.bool_)
            columns[name] = Numbers(value=np.full(len(column), np.nan), present=missing)
        else:
            cells = ["" if cell is None else str(cell) for cell in column.to_pylist()]
            columns[name] = numbers(cells, decimal_comma=False)
            if columns[name].text:
                texts[name] = cells
    if any(columns[n].text for n in found.header[:1]):
        # A header repeated in the middle turns every column into text.
        return None
    return Table(
        names=found.header, columns=columns, texts=texts, has_header=found.has_header, separator=found.separator,
        n_rows=data.num_rows, first_line=found.skip + 1,
    )  # fmt: skip


def _numeric(column: object) -> Numbers:
    import pyarrow as pa
    import pyarrow.compute as pc

    assert isinstance(column, pa.ChunkedArray)
    present = pc.is_valid(column).to_numpy() if column.null_count else np.ones(len(column), dtype=np.bool_)
    value = column.to_numpy().astype(np.float64, copy=False)
    return Numbers(value=value, present=present)
