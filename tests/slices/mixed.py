"""Prediction sets with columns of every kind: categories, ranges, times, missing values, rare values, quotes."""

import datetime
from pathlib import Path

import numpy as np

from diagnostics.types import Predictions, Roles, Task
from tests.slices.support import stored


def columns(random: np.random.Generator, rows: int) -> dict:
    """Attributes; the first two make the planted slice."""
    site = random.choice(["north", "o'south", "west", "rare"], rows, p=[0.4, 0.3, 0.295, 0.005]).astype(object)
    site[random.random(rows) < 0.05] = None
    site[random.random(rows) < 0.02] = " "
    age = random.normal(50, 15, rows)
    age[random.random(rows) < 0.04] = np.nan
    start = datetime.datetime(2024, 1, 1)
    return {
        "site": site.tolist(), "age": age, "count": random.integers(0, 6, rows), "flag": random.random(rows) < 0.3,
        "seen": [start + datetime.timedelta(minutes=int(m)) for m in random.integers(0, 500_000, rows)],
        "number": np.arange(rows) * 7, "one": ["x"] * rows, "tiny": random.random(rows),
    }  # fmt: skip


def mixed(
    folder: Path, *, rows: int = 4000, weight: bool = False, scored: bool = False, rare: bool = False
) -> Predictions:
    """A binary set that is worse for the old of one site; some truths are missing."""
    random = np.random.default_rng(5)
    made = columns(random, rows)
    bad = (np.array(made["site"], dtype=object) == "o'south") & (made["age"] > 55)
    truth = (random.random(rows) < (0.08 if rare else 0.5)).astype(float)
    wrong = random.random(rows) < np.where(bad, 0.45, 0.1)
    answer = np.where(wrong, 1 - truth, truth)
    truth[random.random(rows) < 0.02] = np.nan
    score = np.clip(answer * 0.5 + random.random(rows) * 0.5, 0, 1)
    table = {**made, "y": truth, **({"p": score} if scored else {"p": answer})}
    if weight:
        table["w"] = random.integers(1, 4, rows).astype(float)
    answers = {"score": "p", "score_kind": "probability"} if scored else {"predicted": "p"}
    roles = Roles(
        truth="y", positive="1", attributes=tuple(made), weight="w" if weight else None, **answers
    )  # fmt: skip
    return stored(folder, table, Task.BINARY, roles, ("0", "1"))


def quantities(folder: Path, *, rounded: bool, rows: int = 4000) -> Predictions:
    """A regression set whose errors are larger for the old of one site."""
    random = np.random.default_rng(6)
    made = columns(random, rows)
    bad = (np.array(made["site"], dtype=object) == "o'south") & (made["age"] > 55)
    error = random.normal(0, np.where(bad, 3.0, 1.0))
    if rounded:
        error = np.clip(np.round(error * 8), -100, 100) / 8
    truth = random.integers(0, 100, rows).astype(float)
    answer = truth + error
    answer[:20] = np.nan
    roles = Roles(truth="y", predicted="p", attributes=tuple(made))
    return stored(folder, {**made, "y": truth, "p": answer}, Task.REGRESSION, roles)
