"""Prediction sets with a known fault, built from a simple honest model so that only the fault is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from diagnostics.readers import scratch
from diagnostics.readers.predictions import read
from diagnostics.readers.source import Source
from diagnostics.rules.arbitration import arbitrated
from diagnostics.rules.registry import rules
from diagnostics.signals import Inputs
from diagnostics.types import Finding, Predictions, RuleOutcome, Subject


def stored(folder: Path, columns: dict, name: str = "set") -> Predictions:
    """The columns as a prediction set."""
    path = folder / f"{name}.parquet"
    parquet.write_table(
        pa.table({k: np.asarray(v) if not isinstance(v, list) else v for k, v in columns.items()}), path
    )
    with scratch.using(folder / "scratch"):
        (found,) = read(Source(name=path.name, path=path))
    return found


def outcomes(predictions: Predictions) -> dict[str, RuleOutcome]:
    """What every rule of this folder says of a set, by rule; slices have tests of their own."""
    subject = Subject(kind="predictions", name=predictions.name, key=predictions.digest)
    own = [r for r in rules("predictions") if type(r).__module__.startswith("diagnostics.rules.predictions")]
    inputs = Inputs(predictions=predictions)
    return {o.rule: o for o in arbitrated([rule.run(subject, inputs) for rule in own])}


def findings(predictions: Predictions) -> dict[str, Finding]:
    """The first finding of each id."""
    found = [f for o in outcomes(predictions).values() for f in o.findings]
    return {f.id: f for f in reversed(found)}


def softmax(logits):
    exp = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exp / exp.sum(axis=1, keepdims=True)


def classifier(n=1500, classes=5, seed=0, strength=3.0, shares=None):
    """Truth, and calibrated probabilities of a model that sees it through noise."""
    random = np.random.default_rng(seed)
    shares = np.full(classes, 1 / classes) if shares is None else np.asarray(shares)
    truth = random.choice(classes, n, p=shares)
    centre = strength * np.eye(classes)[truth]
    seen = centre + random.normal(0, 1, (n, classes)) * np.sqrt(strength)
    # log p(class | seen) of this very model, so that the probabilities are calibrated
    return random, truth, softmax(seen + np.log(shares))


def columns_of(truth, probability, answer=None, **attributes):
    names = np.array([f"c{i}" for i in range(probability.shape[1])])
    answer = probability.argmax(axis=1) if answer is None else answer
    table = {"y_true": names[truth].tolist(), "y_pred": names[answer].tolist()}
    table |= {f"proba_{name}": probability[:, i].round(5) for i, name in enumerate(names)}
    return table | attributes
