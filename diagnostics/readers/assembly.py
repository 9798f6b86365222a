"""From drafts to a run: names understood, splits paired, restarts numbered; the last step of every reading."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from diagnostics.readers import segments
from diagnostics.readers.draft import Draft
from diagnostics.readers.pairing import JUDGED, Item, Mapped, Pairing, item, pair
from diagnostics.readers.totals import settle_loss
from diagnostics.types import Curve, FloatArray, Note, Role, Run, Segment, Setting, Split

# Readings that the mapping form asks to confirm.
_GUESSES = frozenset({"guessed_loss", "learn_or_test", "unnamed_halves", "guessed_training"})
_SPLIT_ORDER = {Split.TRAIN: 0, Split.VALIDATION: 1, Split.TEST: 2, None: 3}


def shape_key(draft: Draft) -> str:
    """Identity of a file's shape: SHA-256 over its format and its sorted series names.

    Files of the same shape get the same answers of the mapping form.
    """
    names = sorted({s.name for s in draft.series})
    return hashlib.sha256("\x1f".join([draft.source.format, *names]).encode()).hexdigest()


def assemble(drafts: Sequence[Draft], mapping: Mapped | None = None) -> Run:
    """Join the drafts of one run.

    Parameters
    ----------
    drafts : sequence of Draft
        All of one run, at least one; in the order of their files.
    mapping : mapping of series name to (metric, split, role), optional
        The user's answers; they win over the format and over the name.

    Returns
    -------
    Run
        The first curves are the losses (training, validation, test); then the others in file order. A curve with
        `Role.LOSS` is the objective; its terms are `Role.LOSS_TERM`. Series nobody understands are kept with
        `Role.OTHER` or without a direction and listed in `unplaced`.
    """
    if not drafts:
        raise ValueError("a run needs at least one draft")
    items: list[Item] = []
    stretches: tuple[Segment, ...] = ()
    for draft in drafts:
        numbers, found = segments.number(draft.series)
        stretches = found if len(found) > len(stretches) else stretches
        items += [item(s, n, mapping or {}) for s, n in zip(draft.series, numbers, strict=True)]
    pairing = pair(items)
    settle_loss(pairing)
    _units(pairing)
    first = drafts[0]
    notes = [*(n for d in drafts for n in d.notes), *pairing.notes]
    if len(stretches) > 1:
        notes.append(Note(code="restarts", params={"segments": len(stretches)}))
    setting = _setting(drafts, pairing)
    return Run(
        name=first.name, curves=tuple(_curve(i) for i in sorted(pairing.items, key=_order)),
        config=_config(drafts), sources=tuple(dict.fromkeys(d.source for d in drafts)), segments=stretches,
        setting=setting, notes=tuple(notes), unplaced=_unplaced(pairing, notes, setting, mapping or {}),
        group=next((d.group for d in drafts if d.group), ""),
    )  # fmt: skip


def _order(one: Item) -> tuple[int, int]:
    if one.role is not Role.LOSS:
        return (1, 0)
    return (0, _SPLIT_ORDER[one.split] + 4 * one.metric.endswith(("_step", "_epoch")))


def _config(drafts: Sequence[Draft]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for draft in drafts:
        for key, value in draft.config.items():
            merged.setdefault(key, value)
    return merged


def _setting(drafts: Sequence[Draft], pairing: Pairing) -> Setting:
    for setting in (Setting.REINFORCEMENT, Setting.BOOSTING):
        if any(d.setting is setting for d in drafts):
            return setting
    rewarded = any(i.role is Role.REWARD for i in pairing.items)
    held_out = pairing.on(Split.VALIDATION, Role.LOSS)
    return Setting.REINFORCEMENT if rewarded and not held_out else Setting.SUPERVISED


def _unplaced(pairing: Pairing, notes: Sequence[Note], setting: Setting, answered: Mapped) -> tuple[str, ...]:
    """Series whose name nobody understood; reinforcement logs ask nothing, and no question is asked twice."""
    if setting is Setting.REINFORCEMENT:
        return ()
    guessed = {c for n in notes if n.code in _GUESSES for c in (n.params.get("column"), *n.params.get("columns", ()))}
    lost = [i for i in pairing.items if not i.certain or (i.split is None and i.role in JUDGED)]
    names = (i.series.name for i in pairing.items if i in lost or i.series.name in guessed)
    return tuple(name for name in dict.fromkeys(names) if name not in answered)


def _units(pairing: Pairing) -> None:
    """Percent or fraction for measures that lie between 0 and 1, by the largest value that was logged."""
    for one in pairing.items:
        finite = one.series.value[np.isfinite(one.series.value)]
        if one.series.unit or one.reading.unit or not one.reading.bounded or not len(finite):
            continue
        unit = "percent" if 1.5 < finite.max() <= 100.5 and finite.min() >= 0 else ""
        if not unit and finite.min() >= 0 and finite.max() <= 1.000001:
            unit = "fraction"
        one.reading = replace(one.reading, unit=unit)


def _useful(counter: FloatArray | None) -> FloatArray | None:
    """A counter that never moves tells nothing (MLflow without ``step=``)."""
    if counter is None or (len(counter) > 1 and counter[0] == counter[-1] and np.ptp(counter) == 0):
        return None
    return counter


def _curve(one: Item) -> Curve:
    series = one.series
    step, epoch = _useful(series.step), series.epoch
    if step is None:
        epoch = _useful(epoch)
    direction = series.greater_is_better if series.greater_is_better is not None else one.reading.greater_is_better
    if one.role in (Role.LOSS, Role.LOSS_TERM) and direction is None:
        direction = False
    role = one.role
    return Curve(
        metric=one.metric, split=one.split if role in (*JUDGED, Role.TIMING, Role.REWARD, Role.OTHER) else None,
        role=role, source=series.name, value=np.ascontiguousarray(series.value, dtype=np.float64), step=step,
        epoch=epoch, wall_time=series.wall_time, segment=one.segment, greater_is_better=direction,
        unit=series.unit or one.reading.unit,
    )  # fmt: skip
