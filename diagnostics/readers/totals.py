"""One loss a run: found, promoted from the only candidate, or added up from its terms; never without a note."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

import numpy as np

from diagnostics.readers import names
from diagnostics.readers.pairing import Item, Pairing
from diagnostics.types import Note, Role, Split

SPLITS = (Split.TRAIN, Split.VALIDATION)


def settle_loss(pairing: Pairing) -> None:
    """Make sure that rules find one loss on the splits that have any.

    In this order: a logged total stays what it is; a single loss under another name is promoted; several terms of
    one objective are added up (never those of adversarial players or of reinforcement learning); where no loss was
    logged at all, an error that falls when things get better stands in. Everything but the first leaves a note.
    """
    if any(i.role is Role.REWARD for i in pairing.items):
        return
    with_loss = {s for s in SPLITS if pairing.on(s, Role.LOSS)}
    if not with_loss:
        _without_total(pairing)
    elif with_loss == {Split.TRAIN}:
        _promote_other_split(pairing)


def _terms(pairing: Pairing, split: Split) -> dict[str, Item]:
    return {i.metric: i for i in pairing.on(split, Role.LOSS_TERM)}


def _without_total(pairing: Pairing) -> None:
    by_split = {s: _terms(pairing, s) for s in SPLITS}
    metrics = set().union(*by_split.values())
    shared = set(by_split[Split.TRAIN]) & set(by_split[Split.VALIDATION])
    if len(metrics) == 1 or len(shared) == 1:
        chosen = (shared or metrics).pop()
        for one in pairing.items:
            if one.metric == chosen and one.role is Role.LOSS_TERM:
                one.role = Role.LOSS
        pairing.notes.append(Note(code="promoted_loss", params={"metric": chosen}))
    elif any(names.adversarial(m) for m in metrics):
        pairing.notes.append(Note(code="no_total_loss", params={"terms": sorted(metrics)}))
    elif len(metrics) > 1:
        _add_up(pairing, by_split, shared)
    else:
        _stand_in(pairing)


def _promote_other_split(pairing: Pairing) -> None:
    """Training has a loss, validation only losses under other names: the single or the first one is the pair."""
    if pairing.on(Split.VALIDATION, Role.LOSS):
        return
    target = pairing.on(Split.TRAIN, Role.LOSS)[0].metric
    candidates = [i for i in pairing.on(Split.VALIDATION, Role.LOSS_TERM) if not names.adversarial(i.metric)]
    paired = {i.metric for i in pairing.on(Split.TRAIN, Role.LOSS_TERM)}
    candidates = [i for i in candidates if i.metric not in paired]
    first = [i for i in candidates if "idx" in names.words(i.series.name) and names.words(i.series.name)[-1] == "0"]
    if len(candidates) == 1 or first:
        chosen = (first or candidates)[0]
        pairing.notes.append(Note(code="promoted_validation_loss", params={"column": chosen.series.name}))
        chosen.metric, chosen.role = target, Role.LOSS
    elif len(candidates) > 1:
        columns = [i.series.name for i in candidates]
        pairing.notes.append(Note(code="several_validation_losses", params={"columns": columns}))


def _add_up(pairing: Pairing, by_split: dict[Split, dict[str, Item]], shared: set[str]) -> None:
    both = all(by_split.values())
    if both and len(shared) < 2:
        pairing.notes.append(Note(code="no_total_loss", params={"terms": sorted(set().union(*by_split.values()))}))
        return
    for split in SPLITS:
        members = [i for m, i in by_split[split].items() if m in shared or not both]
        total = _sum(members) if len(members) > 1 else None
        if total is not None:
            pairing.items.insert(0, total)
            pairing.notes.append(
                Note(
                    code="derived_total_loss", params={"terms": [i.series.name for i in members], "split": split.value}
                )
            )


def _sum(members: list[Item]) -> Item | None:
    """The sum over the rows that all terms have."""
    keys = [_key(i) for i in members]
    common = reduce(np.intersect1d, keys)
    if not len(common) or any(len(np.unique(k)) != len(k) for k in keys):
        return None
    picks = [np.searchsorted(k, common) if (np.diff(k) > 0).all() else _positions(k, common) for k in keys]
    value = np.sum([i.series.value[p] for i, p in zip(members, picks, strict=True)], axis=0)
    lead, pick = members[0], picks[0]
    name = " + ".join(i.series.name for i in members)
    summed = replace(lead.series.take(pick), name=name, value=value)
    reading = replace(lead.reading, metric="loss", role=Role.LOSS, loss_rank=0)
    return Item(series=summed, segment=lead.segment[pick], reading=reading, metric="loss", split=lead.split,
                role=Role.LOSS, certain=True, explicit=True)  # fmt: skip


def _key(one: Item) -> np.ndarray:
    """What tells rows apart: the row in the file, else the counter, else the position."""
    series = one.series
    for candidate in (series.row, series.step, series.epoch):
        if candidate is not None:
            return np.asarray(candidate)
    return np.arange(one.n)


def _positions(key: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    order = np.argsort(key)
    return np.asarray(order[np.searchsorted(key[order], wanted)])


def _stand_in(pairing: Pairing) -> None:
    """No loss at all: the best-ranked error, on both splits rather than on one."""
    ranked: dict[str, tuple[int, int]] = {}
    for one in pairing.items:
        rank = one.reading.loss_rank
        if one.role is Role.METRIC and one.split in SPLITS and rank and one.n > 1:
            splits = sum(any(i.metric == one.metric for i in pairing.on(s, Role.METRIC)) for s in SPLITS)
            ranked.setdefault(one.metric, (-splits, rank))
    if not ranked:
        return
    chosen = min(ranked, key=lambda m: ranked[m])
    for one in pairing.items:
        if one.metric == chosen and one.role is Role.METRIC:
            one.role = Role.LOSS
    pairing.notes.append(Note(code="error_as_loss", params={"metric": chosen}))
