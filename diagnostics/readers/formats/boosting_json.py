"""XGBoost ``evals_result()`` and LightGBM ``record_evaluation`` as JSON or as a printed dictionary."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from diagnostics.exceptions import UnreadableFile
from diagnostics.readers import histories, names
from diagnostics.readers.documents import document
from diagnostics.readers.draft import Series
from diagnostics.readers.drafting import draft
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.types import Note, Role, Setting, Split

FORMAT = "boosting_json"
_NESTED = re.compile(r"""["'](\w+)["']\s*[:,]\s*(?:OrderedDict\(\[\(|\{)\s*["']([^"']+)["']\s*[:,]\s*\[""")


@reader(FORMAT)
class BoostingJson:
    """``{"train": {"mlogloss": [...]}, "val": {...}}``: data sets, then metrics, then one number a round."""

    def sniff(self, source: Source) -> float:
        """Objects named after data sets that hold lists named after metrics, and no plain loss."""
        text = source.head_text.lstrip("\ufeff \r\n\t")
        found = _NESTED.match(text[1:].lstrip()) if text.startswith("{") else _NESTED.search(text[:300])
        if found is None or names.split_word(found[1]) is None:
            return 0.0
        reading = names.parse(found[2])
        return 0.75 if reading.certain and reading.role is Role.METRIC else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read as one run; rounds count from 0."""
        value = document(source)
        if isinstance(value, Mapping):
            value = {k: dict(v) if _pairs(v) else v for k, v in value.items()}
        found = histories.histories(value)
        if not found:
            raise UnreadableFile("no_curve", file=source.name, remedy="see_formats")
        out = []
        for history in found:
            series = [placed(replace(s, step=s.epoch, epoch=None)) for s in history.series]
            series, notes = numbered_sets(series)
            out.append(draft(source, FORMAT, series, part=history.name if len(found) > 1 else "", config=history.config,
                             setting=Setting.BOOSTING, notes=[*history.notes, *notes]))  # fmt: skip
        return out


def _pairs(value: object) -> bool:
    """A printed OrderedDict: a list of pairs."""
    return isinstance(value, list) and bool(value) and all(isinstance(v, tuple) and len(v) == 2 for v in value)


def placed(one: Series) -> Series:
    """The set says the split, the rest of the name the metric: ``valid_1/binary_logloss``."""
    group, _, metric = one.name.partition("/")
    return replace(one, split=names.split_word(group), metric=names.parse(metric).metric) if metric else one


def numbered_sets(series: Sequence[Series]) -> tuple[list[Series], list[Note]]:
    """``validation_0`` beside ``validation_1``: the usual call lists training too; the better one is training."""
    sets = list(dict.fromkeys(s.name.partition("/")[0] for s in series))
    if len(sets) != 2 or {names.split_word(s) for s in sets} != {Split.VALIDATION}:
        return list(series), []
    ends = {s: next(x for x in series if x.name.startswith(f"{s}/")) for s in sets}
    better = names.parse(ends[sets[0]].name).greater_is_better
    first, second = (float(np.nanmean(ends[s].value[-max(len(ends[s].value) // 5, 1) :])) for s in sets)
    train = sets[0] if first == second or (first > second) == bool(better) else sets[1]
    placed = [replace(s, split=Split.TRAIN) if s.name.startswith(f"{train}/") else s for s in series]
    return placed, [Note(code="numbered_sets", params={"train": train, "sets": sets})]
