"""What TensorBoard's download links give: ``Wall time,Step,Value`` and ``[[wall_time, step, value], ...]``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from diagnostics.exceptions import UnreadableFile
from diagnostics.readers import names
from diagnostics.readers.columns import falls
from diagnostics.readers.documents import document
from diagnostics.readers.draft import Draft, Series
from diagnostics.readers.drafting import draft
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.readers.tables import dialect, read_table
from diagnostics.types import FloatArray, Note, Role, Split

_NAMED = re.compile(r"^run-(?P<run>.*?)[-_]tag-(?P<tag>.+?)(?: ?\(\d+\))?$")
_FOLDERS = re.compile(r"^(?P<run>.*?)[._-]?(?P<split>train|training|val|valid|validation|test|eval)$", re.IGNORECASE)


def _draft(source: Source, format: str, wall: FloatArray, step: FloatArray, value: FloatArray) -> Draft:
    """The tag and the run stand in the file name alone: ``run-<run>-tag-<tag>``."""
    named = _NAMED.match(source.stem)
    tag, run = (named["tag"], named["run"]) if named else (source.stem, "")
    split: Split | None = None
    folder = _FOLDERS.match(run)
    if folder:
        split, run = names.split_word(folder["split"]), folder["run"]
    run = "" if run == "." else run
    one = Series(name=tag, value=value, step=step, wall_time=wall, row=np.arange(len(value), dtype=np.int64),
                 split=split)  # fmt: skip
    if not named:
        if names.parse(tag).certain or not falls(value):
            return draft(source, format, [one])
        # The file was renamed and its tag is lost.
        one = replace(one, name="Value", metric="loss", role=Role.LOSS, split=Split.TRAIN)
        return draft(source, format, [one], notes=[Note(code="guessed_loss", params={"column": "Value"})])
    key = "/".join(p for p in (source.folder, run or "tensorboard") if p)
    return draft(source, format, [one], run=key, name=run or source.folder.rpartition("/")[2] or tag)


@reader("tensorboard_csv")
class TensorboardCsv:
    """One chart a file."""

    def sniff(self, source: Source) -> float:
        """Exactly these three columns."""
        found = dialect(source)
        return 1.0 if found is not None and found.header == ("Wall time", "Step", "Value") else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read as one series."""
        table = read_table(source)
        step, value = table.columns["Step"], table.columns["Value"]
        keep = step.present & value.present
        if not keep.any():
            raise UnreadableFile("no_rows", file=source.name, remedy="export_again")
        wall = table.columns["Wall time"].value
        return [_draft(source, "tensorboard_csv", wall[keep], step.value[keep], value.value[keep])]


@reader("tensorboard_json")
class TensorboardJson:
    """One chart a file, as a list of triples."""

    def sniff(self, source: Source) -> float:
        """A list of lists that begin with seconds since 1970."""
        return 0.9 if re.match(r"\s*\[\s*\[\s*1\d{9}(\.\d+)?\s*,\s*-?\d+\s*,", source.head_text) else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read as one series."""
        value = document(source)
        try:
            array = np.array([[np.nan if c is None else float(c) for c in row] for row in value], dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise UnreadableFile("not_a_chart", file=source.name, remedy="see_formats") from error
        if array.ndim != 2 or array.shape[1] != 3:
            raise UnreadableFile("not_a_chart", file=source.name, remedy="see_formats")
        return [_draft(source, "tensorboard_json", array[:, 0], array[:, 1], array[:, 2])]
