"""Which errors are on a board and how they got there: random samples, picked rows, and a new run's predictions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np

from diagnostics.catalogue.errors import Errors
from diagnostics.catalogue.events import Change, Event, State, Value, setting
from diagnostics.catalogue.sampling import Design, Stratum, draw
from diagnostics.exceptions import Conflict

BOARD = "board/it"
RANDOM, LOSS, SUSPECTED, FILTER, CARRIED = "random", "loss", "suspected", "filter", "carried"


def design_of(state: State) -> Design | None:
    """How the random part of the board was drawn; None where there is none."""
    said = state.get(BOARD, "design")
    if not isinstance(said, str):
        return None
    kept = json.loads(said)
    return Design(strata=tuple(Stratum(**stratum) for stratum in kept["strata"]), seed=int(kept["seed"]))


def _written(design: Design) -> str:
    strata = [{"name": s.name, "size": s.size, "drawn": s.drawn} for s in design.strata]
    return json.dumps({"seed": design.seed, "strata": strata}, ensure_ascii=False)


def about(state: State, name: str) -> int | None:
    """A number the board keeps about its set: "errors" or "rows"."""
    found = state.get(BOARD, name)
    return found if isinstance(found, int) else None


def columns_of(state: State) -> tuple[str, ...] | None:
    """Columns that the strata of the random sample are made of, beside the truth; None before there is a sample."""
    found = state.get(BOARD, "columns")
    if isinstance(found, list):
        return tuple(str(name) for name in found)
    return () if design_of(state) else None


def collect_random(
    state: State, who: str, errors: Errors, strata: Sequence[str], columns: Sequence[str],
    *, set: Mapping[str, Value], total: int, seed: int,
) -> Event:  # fmt: skip
    """Draw errors at random from each stratum, in addition to what was drawn before from the same strata.

    Parameters
    ----------
    strata : sequence of str
        Stratum of each error.
    columns : sequence of str
        What the strata were made of.
    set : mapping
        "predictions" (id) and "digest" of the set.
    total : int
        Errors to draw in addition.

    Raises
    ------
    Conflict
        A sample with other strata, or of another set, is there already.
    """
    before = design_of(state)
    if before is not None and (columns_of(state) != tuple(columns) or state.get(BOARD, "digest") != set["digest"]):
        raise Conflict("another_design")
    drawn = {key for key, fields in state.of("example") if fields.get("source") == RANDOM}
    left: dict[str, list[int]] = {}
    for number, (key, stratum) in enumerate(zip(errors.key, strata, strict=True)):
        bucket = left.setdefault(stratum, [])
        if key not in drawn:
            bucket.append(number)
    sample = draw(left, total, seed=seed + state.number)
    design = _sum(before, sample.design, strata)
    probability = {s.name: s.probability for s in design.strata}
    changes = _set_changes(state, set, errors, design, columns)
    for number, stratum in zip(sample.rows.tolist(), sample.stratum, strict=True):
        drawn_by: dict[str, Value] = {"source": RANDOM, "stratum": stratum, "probability": probability[stratum]}
        changes += _placed(state, errors, number, drawn_by)
    return Event(kind="collect", who=who, changes=tuple(changes))


def _sum(before: Design | None, fresh: Design, strata: Sequence[str]) -> Design:
    earlier = {s.name: s.drawn for s in before.strata} if before else {}
    names, counts = np.unique(np.array(strata, dtype=object), return_counts=True)
    size = {str(n): int(c) for n, c in zip(names, counts, strict=True)}
    return Design(
        strata=tuple(
            Stratum(name=s.name, size=size[s.name], drawn=s.drawn + earlier.get(s.name, 0)) for s in fresh.strata
        ),
        seed=before.seed if before else fresh.seed,
    )


def collect_rows(
    state: State, who: str, errors: Errors, numbers: Sequence[int], source: str, *, set: Mapping[str, Value]
) -> Event:
    """Put chosen errors on the board; those already there stay as they are.

    Parameters
    ----------
    numbers : sequence of int
        Places in `errors`, in the order in which they should be looked at.
    source : str
        "loss", "suspected" or "filter": they never count for frequencies.
    """
    changes = _set_changes(state, set, errors, design_of(state), columns_of(state) or ())
    for number in numbers:
        if not state.objects.get(f"example/{errors.key[number]}"):
            changes += _placed(state, errors, number, {"source": source})
    return Event(kind="collect", who=who, changes=tuple(changes) if len(changes) else ())


def attach(
    state: State, who: str, errors: Errors, strata: Sequence[str], columns: Sequence[str],
    *, set: Mapping[str, Value], total: int, seed: int,
) -> Event:  # fmt: skip
    """Carry the tags over to a new run's predictions.

    Examples that are right now are marked as gone; those still wrong keep their tags; a new random sample is drawn
    from all errors of the new set, so that frequencies hold for it: what is drawn and tagged already counts as
    reviewed, the rest is queued. Each category remembers how many examples it had.
    """
    number_of = {key: number for number, key in enumerate(errors.key)}
    buckets: dict[str, list[int]] = {}
    for number, stratum in enumerate(strata):
        buckets.setdefault(stratum, []).append(number)
    sample = draw(buckets, total, seed=seed)
    stratum_of = dict(zip(sample.rows.tolist(), sample.stratum, strict=True))
    probability = {s.name: s.probability for s in sample.design.strata}
    changes = _set_changes(state, set, errors, sample.design, columns) + _remembered(state)
    for key, fields in state.of("example"):
        if fields.get("removed"):
            continue
        place = number_of.get(key)
        if place is None:
            changes += setting(state, f"example/{key}", gone=True, source=CARRIED, stratum=None, probability=None)
        elif place not in stratum_of:
            placed: dict[str, Value] = {"source": CARRIED, "stratum": None, "probability": None, "gone": None}
            changes += _placed(state, errors, place, placed)
    for place, stratum in stratum_of.items():
        placed = {"source": RANDOM, "stratum": stratum, "probability": probability[stratum], "gone": None}
        changes += _placed(state, errors, place, placed)
    return Event(kind="attach", who=who, changes=tuple(changes))


def _remembered(state: State) -> list[Change]:
    members: dict[str, int] = {}
    for _, fields in state.of("example"):
        category = fields.get("category")
        if category is not None and not fields.get("gone") and not fields.get("removed"):
            members[str(category)] = members.get(str(category), 0) + 1
    return [
        change
        for id, fields in state.of("category")
        if not fields.get("deleted")
        for change in setting(state, f"category/{id}", was=members.get(id, 0))
    ]


def _placed(state: State, errors: Errors, number: int, fields: Mapping[str, Value]) -> list[Change]:
    loss = float(errors.loss[number])
    row = int(errors.row[number])
    return setting(state, f"example/{errors.key[number]}", row=row, loss=round(loss, 6), **fields)


def _set_changes(
    state: State, set: Mapping[str, Value], errors: Errors, design: Design | None, columns: Sequence[str]
) -> list[Change]:
    return setting(
        state,
        BOARD,
        predictions=set["predictions"],
        digest=set["digest"],
        errors=len(errors),
        rows=errors.rows,
        design=_written(design) if design else None,
        columns=list(columns) or None,
    )
