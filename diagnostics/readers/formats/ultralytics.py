"""Ultralytics and YOLOv5 ``results.csv``, old, new and mixed generations; YOLOv7 ``results.txt``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from diagnostics.exceptions import UnreadableFile
from diagnostics.readers.draft import Series
from diagnostics.readers.drafting import draft
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.readers.tables import Dialect, Table, dialect
from diagnostics.readers.wide import WideTable, realign
from diagnostics.types import Split

_TXT = (
    "train/box_loss", "train/obj_loss", "train/cls_loss", "train/total_loss", "labels", "img_size",
    "metrics/precision", "metrics/recall", "metrics/mAP_0.5", "metrics/mAP_0.5:0.95",
    "val/box_loss", "val/obj_loss", "val/cls_loss",
)  # fmt: skip


@reader("ultralytics_csv")
class UltralyticsCsv(WideTable):
    """``train/box_loss``, ``metrics/mAP50(B)``, ``val/box_loss``, ``lr/pg0``; names padded in older versions."""

    format = "ultralytics_csv"

    def signature(self, header: frozenset[str], found: Dialect) -> float:
        """Losses by split and metrics without one."""
        ours = any(h.startswith("metrics/") for h in header) and any(h.startswith("train/") for h in header)
        return 0.95 if ours and "epoch" in header and any(h.startswith(("lr/", "x/lr")) for h in header) else 0.0

    def repair(self, table: Table) -> Table:
        """Rows of a newer version under an older header have one more cell: the time, after the epoch."""
        width = sum(not n.startswith("column ") for n in table.names)
        if "time" in table.names or not table.widths or width + 1 not in table.widths:
            return table
        return realign(table, width + 1, [0, *range(2, width + 1)])

    def adjust(self, one: Series) -> Series:
        """``metrics/...`` is measured on the validation set."""
        return replace(one, split=Split.VALIDATION) if one.name.startswith("metrics/") else one


@reader("yolov7_txt")
class Yolov7Txt:
    """``12/299 5.1G 0.05 0.03 0.01 0.09 48 640 P R mAP@.5 mAP@.5:.95 val_box val_obj val_cls``, no header."""

    def sniff(self, source: Source) -> float:
        """Blank-separated rows that begin with ``epoch/total`` and a memory size."""
        found = dialect(source)
        if found is None or found.separator != "" or found.width != 15:
            return 0.0
        rows = [found.header, *found.sample] if found.has_header else found.sample
        return 0.9 if all("/" in r[0] and r[1].endswith("G") for r in rows[:5] if len(r) > 1) else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read as one run."""
        rows = [line.split() for line in source.text().splitlines() if line.strip()]
        rows = [row for row in rows if len(row) == 15]
        try:
            epoch = np.array([float(row[0].partition("/")[0]) for row in rows])
            values = np.array([[float(cell) for cell in row[2:]] for row in rows])
        except ValueError as error:
            raise UnreadableFile("not_delimited", file=source.name, remedy="see_formats") from error
        if not len(rows):
            raise UnreadableFile("no_rows", file=source.name, remedy="export_again")
        place = np.arange(len(rows), dtype=np.int64)
        series = [
            Series(name=name, value=values[:, i], epoch=epoch, row=place,
                   split=Split.VALIDATION if name.startswith("metrics/") else None)
            for i, name in enumerate(_TXT) if name not in ("labels", "img_size")
        ]  # fmt: skip
        return [draft(source, "yolov7_txt", series)]
