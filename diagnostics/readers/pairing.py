"""Which series belong together: splits decided from the company they keep, one primary curve a metric and split."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from diagnostics.readers import names
from diagnostics.readers.draft import Series
from diagnostics.readers.names import NameReading
from diagnostics.types import IntArray, Note, Role, Split

JUDGED = (Role.LOSS, Role.LOSS_TERM, Role.METRIC)
Mapped = Mapping[str, tuple[str, Split | str | None, Role | str]]


@dataclass(kw_only=True, eq=False)
class Item:
    """A series on its way to become a curve; the steps of this module change what it is taken for."""

    series: Series
    segment: IntArray
    reading: NameReading
    metric: str
    split: Split | None
    role: Role
    certain: bool
    explicit: bool = False

    @property
    def n(self) -> int:
        """Number of points."""
        return len(self.series.value)


@dataclass(kw_only=True)
class Pairing:
    """The items of one run and what was noticed while pairing them."""

    items: list[Item]
    notes: list[Note] = field(default_factory=list)

    def on(self, split: Split | None, *roles: Role) -> list[Item]:
        """Items of a split, of the roles given or of any."""
        return [i for i in self.items if i.split is split and (not roles or i.role in roles)]


def item(series: Series, segment: IntArray, mapping: Mapped) -> Item:
    """Read one series: the user's answer first, then what the format says, then the name."""
    reading = names.parse(series.name)
    answer = mapping.get(series.name)
    if answer is not None:
        metric, split, role = answer
        return Item(
            series=series, segment=segment, reading=names.parse(metric), metric=metric,
            split=None if split is None else Split(split), role=Role(role), certain=True, explicit=True,
        )  # fmt: skip
    said = reading.split
    if series.metric is not None:
        reading = names.parse(series.metric)
    return Item(
        series=series, segment=segment, reading=reading, metric=series.metric or reading.metric,
        split=series.split or said, role=series.role or reading.role,
        certain=reading.certain or series.role is not None, explicit=series.metric is not None,
    )  # fmt: skip


def pair(items: Sequence[Item]) -> Pairing:
    """Decide splits, primary curves and names; see the functions below, in their order."""
    pairing = Pairing(items=list(items))
    _bare_splits(pairing)
    _run_means(pairing)
    _test_as_validation(pairing)
    _unsaid_splits(pairing)
    _near_pairs(pairing)
    _variants(pairing)
    _collisions(pairing)
    return pairing


def _bare_splits(pairing: Pairing) -> None:
    """Columns called just ``train`` and ``val`` are the losses, unless a column says loss itself."""
    for one in pairing.items:
        if one.certain or one.reading.loss_rank != 0:
            continue
        said = any(o.certain and o.role is Role.LOSS and o.split is one.split for o in pairing.items)
        if said or one.explicit:
            one.metric, one.role = "_".join(names.words(one.series.name)), Role.OTHER
        else:
            one.certain = True
            pairing.notes.append(Note(code="bare_split_is_loss", params={"column": one.series.name}))


def _run_means(pairing: Pairing) -> None:
    """A single number called ``train_loss`` beside a curve called ``loss`` is the mean of the whole run."""
    for one in pairing.on(Split.TRAIN, Role.LOSS):
        others = [o for o in pairing.items if o is not one and o.metric == one.metric and o.split is None]
        if one.n == 1 and not one.explicit and any(o.n > 1 for o in others):
            one.metric, one.role = "loss_run_mean", Role.OTHER


def _test_as_validation(pairing: Pairing) -> None:
    """Curves on the test split stand in for validation where there is no validation at all."""
    held_out = [i for i in pairing.on(Split.VALIDATION, *JUDGED) if i.n > 1]
    tested = [i for i in pairing.on(Split.TEST) if i.role in JUDGED]
    if held_out or not any(i.n > 1 for i in tested):
        return
    if not pairing.on(Split.TRAIN, *JUDGED) and not pairing.on(None, *JUDGED):
        return
    for one in pairing.on(Split.TEST):
        one.split = Split.VALIDATION
    pairing.notes.append(Note(code="test_as_validation", params={"columns": [i.series.name for i in tested]}))


def _unsaid_splits(pairing: Pairing) -> None:
    """Give a split to losses and metrics whose name has none, from their siblings; else leave it open."""
    said = [i for i in pairing.items if i.split is not None and i.role in JUDGED]
    train_losses = [i for i in said if i.split is Split.TRAIN and i.role is not Role.METRIC]
    held_losses = [i for i in said if i.split is Split.VALIDATION and i.role is not Role.METRIC]
    assumed: list[str] = []
    _errors_alone(pairing)
    for one in pairing.items:
        if one.split is not None or one.role not in JUDGED:
            continue
        siblings = {i.split for i in said if i.metric == one.metric}
        if siblings:
            if Split.TRAIN not in siblings:
                one.split = Split.TRAIN
        elif one.role is not Role.METRIC:
            one.split = None if train_losses else Split.TRAIN
        elif train_losses and held_losses:
            # "train_loss, valid_loss, accuracy": the metric is measured when validating.
            one.split = Split.VALIDATION
            assumed.append(one.series.name)
        elif not train_losses and one.certain:
            one.split = _beside_loss(pairing, one)
    if assumed:
        pairing.notes.append(Note(code="metric_on_validation", params={"columns": assumed}))


def _errors_alone(pairing: Pairing) -> None:
    """A log of errors only ("Logloss", "rmse") that names no split is read as a bare "loss" is: training; and asked.

    An error that nobody measures on training data stays for `_beside_loss`.
    """
    judged = [i for i in pairing.items if i.role in JUDGED]
    errors = [i for i in judged if i.reading.loss_rank is not None and i.certain and not i.reading.evaluated]
    if not errors or any(i.split is not None or i.role is not Role.METRIC for i in judged):
        return
    rows = max(i.n for i in errors)
    alongside = [i for i in judged if i.n >= 0.9 * rows and i.certain and not i.reading.evaluated]
    for one in alongside:
        one.split = Split.TRAIN
    columns = [i.series.name for i in alongside]
    pairing.notes.append(Note(code="guessed_training", params={"columns": columns}))


def _beside_loss(pairing: Pairing, one: Item) -> Split | None:
    """``loss, accuracy``: training, when both were logged on the same rows; a sparser metric stays open."""
    if one.reading.evaluated:
        return Split.VALIDATION
    losses = [i for i in pairing.items if i.role is not Role.METRIC and i.role in JUDGED and i.n > 0]
    bare = [i for i in losses if i.reading.split is None and i.series.split is None]
    return Split.TRAIN if any(one.n >= 0.9 * i.n for i in bare) else None


def _near_pairs(pairing: Pairing) -> None:
    """``train_acc`` and ``clean_test_acc``, each the only one of its measure without a partner, are partners."""
    metrics = [i for i in pairing.items if i.role is Role.METRIC and i.split is not None and i.reading.measure]
    for measure in dict.fromkeys(i.reading.measure for i in metrics):
        sides = {s: [i for i in metrics if i.reading.measure == measure and i.split is s] for s in Split}
        train, held = sides[Split.TRAIN], sides[Split.VALIDATION]
        if len(train) == len(held) == 1 and train[0].metric != held[0].metric:
            train[0].metric = held[0].metric = min(train[0].metric, held[0].metric, key=len)


def _variants(pairing: Pairing) -> None:
    """``x_step`` beside ``x_epoch``: the epoch values are the curve, the step values keep the suffix.

    Where hardly any epoch was finished and the steps say much more, the steps are the curve.
    """
    groups: dict[tuple[str, Split | None], list[Item]] = defaultdict(list)
    for one in pairing.items:
        if one.role in JUDGED and not one.explicit:
            groups[one.metric, one.split].append(one)
    for (metric, _), members in groups.items():
        kinds = {i.reading.variant for i in members}
        if len(kinds) < 2 or "step" not in kinds:
            continue
        steps = [i for i in members if i.reading.variant == "step"]
        others = [i for i in members if i.reading.variant != "step"]
        longest = max(i.n for i in others)
        few = longest < 3 and max(i.n for i in steps) >= 3 * max(longest, 1)
        for one in others if few else steps:
            one.metric = f"{metric}_{one.reading.variant or 'epoch'}"


def _collisions(pairing: Pairing) -> None:
    """Two series of one metric and split: the plainest name keeps it, the others get a name of their own."""
    groups: dict[tuple[str, Split | None], list[Item]] = defaultdict(list)
    for one in pairing.items:
        groups[one.metric, one.split].append(one)
    twins = [g for g in groups.values() if len(g) > 1]
    if not twins:
        return
    spelled = Counter(_stem(i) for i in pairing.items)
    taken = set(groups)
    for group in twins:
        # A spelling used on both splits keeps the pair together.
        group.sort(key=lambda i: (not i.explicit, -spelled[_stem(i)], len(names.words(i.series.name)), -i.n))
        for one in group[1:]:
            if _same(one, group[0]):
                pairing.items.remove(one)
                continue
            base = _stem(one) if _stem(one) != one.metric else f"{one.metric}_2"
            metric, count = base, 2
            while (metric, one.split) in taken:
                count += 1
                metric = f"{one.metric}_{count}"
            taken.add((metric, one.split))
            one.metric = metric
            if one.role is Role.LOSS:
                one.role = Role.LOSS_TERM


def _stem(one: Item) -> str:
    """The name without its split words: what the spellings of one quantity on two splits share."""
    return "_".join(w for w in names.words(one.series.name) if names.split_word(w) is None) or one.metric


def _same(one: Item, other: Item) -> bool:
    """Whether two series are the same numbers, written into two files."""
    a, b = one.series.value, other.series.value
    return len(a) == len(b) and len(a) > 1 and bool(np.allclose(a, b, rtol=1e-3, equal_nan=True))
