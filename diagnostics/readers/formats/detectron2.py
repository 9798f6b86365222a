"""Detectron2's ``metrics.json`` and the ``log.txt`` of DeiT, MAE and DETR: JSON lines with keys of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from diagnostics.readers import names
from diagnostics.readers.documents import flat, head_objects, lines
from diagnostics.readers.draft import Draft, Series
from diagnostics.readers.formats.jsonl import from_records
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.types import Role, Split

_EVALUATED = ("bbox/", "segm/", "keypoints/", "sem_seg/", "panoptic_seg/", "proposals/")
_COCO = ("AP", "AP50", "AP75", "APs", "APm", "APl")


@reader("detectron2_json")
class Detectron2Json:
    """``iteration``, ``total_loss`` and ``eta_seconds``; average precision on the rows of an evaluation."""

    def sniff(self, source: Source) -> float:
        """By the keys of the first records."""
        found = head_objects(source, 5)
        return 0.95 if any({"iteration", "total_loss"} <= set(r) or {"iteration", "eta_seconds"} <= set(r)
                           for r in found) else 0.0  # fmt: skip

    def read(self, source: Source) -> Sequence[Reading]:
        """Read as one run; everything not evaluated is training."""
        found, notes = lines(source)
        readings = from_records(source, "detectron2_json", found, notes)
        return [replace(d, series=tuple(_placed(s) for s in d.series)) if isinstance(d, Draft) else d for d in readings]


def _placed(one: Series) -> Series:
    if one.name.startswith(_EVALUATED):
        return replace(one, split=Split.VALIDATION)
    reading = names.parse(one.name)
    trains = reading.split is None and reading.role in (Role.LOSS, Role.LOSS_TERM, Role.METRIC)
    return replace(one, split=Split.TRAIN) if trains else one


@reader("deit_log")
class DeitLog:
    """One object an epoch: ``train_lr``, ``train_loss``, ``test_loss``, ``test_acc1``, ``n_parameters``."""

    def sniff(self, source: Source) -> float:
        """By the keys of the first record."""
        found = head_objects(source, 3)
        keys = set().union(*(set(r) for r in found))
        return 0.9 if {"train_loss", "epoch"} <= keys and keys & {"n_parameters", "train_lr"} else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read as one run; lists of COCO numbers become their average precisions."""
        found, notes = lines(source)
        return from_records(source, "deit_log", [_coco(flat(r)) for r in found], notes)


def _coco(record: Mapping[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in record.items():
        if "coco_eval" in key and isinstance(value, list) and len(value) == 12:
            out.update({f"{key}/{name}": number for name, number in zip(_COCO, value, strict=False)})
        else:
            out[key] = value
    return out
