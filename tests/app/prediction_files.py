"""Prediction files made for pages: small, seeded, with a known fault where a test needs one."""

import io

import numpy as np
import pandas as pd


def csv(columns: dict) -> bytes:
    out = io.StringIO()
    pd.DataFrame(columns).to_csv(out, index=False)
    return out.getvalue().encode()


def binary(n: int = 600, seed: int = 0, cut: float = 0.5) -> bytes:
    """Calibrated scores of a rare class, decisions cut at `cut`."""
    random = np.random.default_rng(seed)
    p = 1 / (1 + np.exp(-random.normal(-1.5, 1.6, n)))
    truth = random.random(n) < p
    return csv({
        "id": [f"row-{i}" for i in range(n)], "label": np.where(truth, "sick", "well"),
        "prediction": np.where(p >= cut, "sick", "well"), "p_sick": p.round(5),
        "site": random.choice(["north", "south"], n),
    })  # fmt: skip


def multiclass(n: int = 400, seed: int = 1) -> bytes:
    random = np.random.default_rng(seed)
    truth = random.integers(0, 3, n)
    logits = np.eye(3)[truth] * 1.5 + random.normal(0, 1, (n, 3))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    names = np.array(["ant", "bee", "cow"])
    columns = {"id": np.arange(n), "label": names[truth], "prediction": names[p.argmax(axis=1)]}
    return csv(columns | {f"prob_{name}": p[:, i].round(6) for i, name in enumerate(names)})


def regression(n: int = 500, seed: int = 2, zero: bool = False) -> bytes:
    random = np.random.default_rng(seed)
    x = random.uniform(1, 10, n)
    truth = 3 * x + random.normal(0, 1, n) + 5
    if zero:
        truth[0] = 0.0
    return csv({
        "id": np.arange(n), "target": truth.round(4), "prediction": (3 * x + 4).round(4), "length": x.round(4),
        "kind": random.choice(["a", "b", "c"], n),
    })  # fmt: skip


def ranking(groups: int = 60, seed: int = 3) -> bytes:
    random = np.random.default_rng(seed)
    query = np.repeat(np.arange(groups), random.integers(4, 20, groups))
    relevance = random.integers(0, 4, len(query))
    relevance[query == 0] = 0
    score = relevance + random.normal(0, 1.2, len(query))
    return csv({"query_id": query, "doc_id": np.arange(len(query)), "relevance": relevance, "score": score.round(5)})


def multilabel(n: int = 300, seed: int = 4) -> bytes:
    """Three labels with scores; "red" and "round" are often wrong in the same rows."""
    random = np.random.default_rng(seed)
    names = ("red", "round", "ripe")
    truth = random.random((n, 3)) < (0.5, 0.3, 0.1)
    flips = random.random((n, 3)) < 0.08
    flips[:, 1] |= flips[:, 0] & (random.random(n) < 0.8)
    answer = truth ^ flips
    score = np.clip(np.where(answer, 0.75, 0.25) + random.normal(0, 0.1, (n, 3)), 0.01, 0.99)
    score = np.where(answer, np.maximum(score, 0.51), np.minimum(score, 0.49)).round(4)
    columns = {"id": np.arange(n)}
    for i, name in enumerate(names):
        columns |= {f"true_{name}": truth[:, i].astype(int), f"pred_{name}": answer[:, i].astype(int)}
        columns[f"prob_{name}"] = score[:, i]
    return csv(columns)
