"""What a column, key or tag is called and what it therefore is; the only place that understands names.

A name is cut into lower-case words. Words of a split ("val", "dev", "treino") and of a logging rhythm ("step",
"epoch") are taken out; the longest known sequence among the rest decides the measure, what is left qualifies it:
``val_f1_macro`` is the metric ``f1_macro`` on validation, ``loss/train/box`` the term ``box_loss`` on training.
The words themselves are data, in ``names.toml`` beside this module.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from diagnostics.types import Role, Split


@dataclass(frozen=True, kw_only=True)
class NameReading:
    """What a name says.

    Attributes
    ----------
    metric : str
        Canonical name, shared by the splits that belong together.
    split : Split or None
    role : Role
    unit : str
        "percent", "seconds" or "".
    greater_is_better : bool or None
    certain : bool
        Whether the words were all understood; otherwise the mapping form asks.
    variant : str
        "step" or "epoch" where the name says at which rhythm it was logged, else "".
    bounded : bool
        Whether the measure lies between 0 and 1 (or 0 and 100 %).
    loss_rank : int or None
        0 for a loss; 1 and more for errors that may stand in for a missing loss, best first.
    measure : str
        The measure without its qualifiers ("accuracy" of "accuracy_clean"), "" where unknown.
    evaluated : bool
        Whether nobody measures it on the training data, because it costs a pass of its own (mAP, BLEU, FID).
    """

    metric: str
    split: Split | None
    role: Role
    unit: str = ""
    greater_is_better: bool | None = None
    certain: bool = True
    variant: str = ""
    bounded: bool = False
    loss_rank: int | None = None
    measure: str = ""
    evaluated: bool = False


@dataclass(frozen=True, kw_only=True)
class _Measure:
    name: str
    role: Role
    greater_is_better: bool | None
    strong: bool
    bounded: bool
    unit: str
    loss_rank: int | None
    evaluated: bool


_DATA = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_SPLITS = {word: Split(split) for split, words in _DATA["splits"].items() for word in words}
_WORDS = {kind: frozenset(words) for kind, words in _DATA["words"].items()}
_COUNTERS = {alias: kind for kind, aliases in _DATA["counters"].items() for alias in aliases}
_ALIASES: dict[tuple[str, ...], _Measure] = {}
for _entry in _DATA["measure"]:
    _measure = _Measure(
        name=_entry["name"], role=Role(_entry["role"]), strong=_entry.get("strong", False),
        greater_is_better={"up": True, "down": False}.get(_entry.get("better", "")),
        bounded=_entry.get("bounded", False), unit=_entry.get("unit", ""), loss_rank=_entry.get("loss_rank"),
        evaluated=_entry.get("evaluated", False),
    )  # fmt: skip
    for _alias in _entry["aliases"]:
        _ALIASES[tuple(_alias.split())] = _measure
_SIZES = {"s": "small", "m": "medium", "l": "large"}
_LONGEST = max(len(alias) for alias in _ALIASES)
_LOSS = _ALIASES[("loss",)]
# A measure that keeps the alias in its canonical name, because its aliases are different quantities.
_KEEP_ALIAS = frozenset({"time", "memory", "momentum", "wer", "bleu", "ndcg", "score", "mape", "correlation", "mcc"})
_GLUED = re.compile(
    r"^(train(?:ing)?|val(?:id|idation)?|test|eval|dev|tr|treino)"
    r"(loss|losses|acc|accuracy|err|error|f1|auc|mse|mae|rmse|iou|dice|perplexity|ppl|logloss|r2|cost|score|lr)$"
    r"|^(loss|acc|accuracy|err|error|f1|auc|mse|mae|rmse|perda|cost)(train|val|valid|test|eval|dev)$"
)


@lru_cache(maxsize=8192)
def words(name: str) -> tuple[str, ...]:
    """Cut a name into lower-case words without accents."""
    text = unicodedata.normalize("NFKD", name.strip().strip("\"'"))
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = text.replace("IoU", "Iou")
    if re.search(r"ap", text, re.IGNORECASE):
        text = re.sub(r"\bAP([sml])\b", lambda m: f"ap {_SIZES[m[1]]}", text)
        text = re.sub(r"[@_\s]*\[?\s*(?:iou=)?0?\.?50?\s*[:_-]\s*0?\.?95\]?", " 5095 ", text)
        text = re.sub(r"(?<=[aA][pP])[@_\s]*(?:0?\.)(5|75)0?(?!\d)", lambda m: " 50 " if m[1] == "5" else " 75 ", text)
        text = re.sub(r"(?<=[aA][pP])(?=\d)", " ", text)
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    parts: list[str] = []
    for word in re.findall(r"[^\W_]+", text.lower()):
        glued = _GLUED.match(word)
        parts.extend([g for g in glued.groups() if g] if glued else [word])
    return tuple(parts)


@lru_cache(maxsize=8192)
def counter(name: str) -> str | None:
    """What a column counts: "step", "batch", "epoch", "wall_time", "elapsed", "index", or None for a measurement."""
    return _COUNTERS.get(" ".join(words(name)))


def split_word(text: str) -> Split | None:
    """The split that a cell or folder name stands for ("train", "Validation", "val_"), or None."""
    found = {_SPLITS[w] for w in words(text) if w in _SPLITS}
    rest = [w for w in words(text) if w not in _SPLITS and w not in _WORDS["noise"] and not w.isdigit()]
    return found.pop() if len(found) == 1 and not rest else None


def vocabulary(kind: str) -> frozenset[str]:
    """Whole column names of a kind: "truth", "answer", "place" (of an example) or "run"."""
    return frozenset(_DATA["vocabulary"][kind])


def adversarial(metric: str) -> bool:
    """Whether a loss belongs to one of several players, so that adding it to others means nothing."""
    return any(w in _WORDS["adversarial"] for w in metric.removesuffix("_loss").split("_"))


@lru_cache(maxsize=8192)
def parse(name: str) -> NameReading:
    """Read a column, key or tag.

    Parameters
    ----------
    name : str
        As the file spells it.

    Returns
    -------
    NameReading
        `split` is None where the name does not say; the assembly decides from the other columns.
    """
    parts = list(words(name))
    unit = "percent" if "%" in name or parts[-1:] in (["pct"], ["percent"], ["percentage"]) else ""
    parts = [p for p in parts if p not in ("pct", "percent")]
    gradient = _gradient(parts)
    if gradient is not None:
        return gradient
    split, parts = _take_split(parts)
    variant, rest = _take_rhythm(parts)
    if not rest and split is not None and not variant:
        return _reading(_LOSS, "loss", split, unit, variant, certain=False)
    match = _find(rest) or _find(parts)
    if match is None:
        return _unknown(rest or parts or ["value"], split, unit, variant)
    measure, start, stop, rest = match
    left = [w for w in rest[:start] + rest[stop:] if w not in _WORDS["noise"]]
    if measure.role is Role.LOSS or (measure.loss_rank is not None and not measure.strong):
        return _lossy(measure, rest[start:stop], left, split, unit, variant)
    return _measured(measure, rest[start:stop], left, split, unit, variant)


def _reading(
    measure: _Measure, metric: str, split: Split | None, unit: str, variant: str, *,
    role: Role | None = None, certain: bool = True,
) -> NameReading:  # fmt: skip
    return NameReading(
        metric=metric, split=split, role=role or measure.role, unit=unit or measure.unit, certain=certain,
        greater_is_better=measure.greater_is_better, variant=variant, bounded=measure.bounded,
        loss_rank=measure.loss_rank, measure=measure.name, evaluated=measure.evaluated,
    )  # fmt: skip


def _gradient(parts: list[str]) -> NameReading | None:
    """``grad_norm``, ``grad_2.0_norm_total``, ``gnorm`` and norms of single layers."""
    if not any(p in ("grad", "grads", "gradient", "gradients", "gnorm", "gradnorm") for p in parts):
        return None
    if not any(p.endswith("norm") for p in parts):
        return None
    plain = {"grad", "grads", "gradient", "gradients", "gnorm", "gradnorm", "norm", "2", "0", "total", "l2", "inf"}
    plain |= {"all", "global", "model", "avg", "mean", "step", "epoch", "metrics", "optimizer"} | set(_SPLITS)
    left = [p for p in parts if p not in plain]
    metric = "_".join(["gradient_norm", *left])
    return NameReading(metric=metric, split=None, role=Role.GRADIENT_NORM)


def _take_split(parts: list[str]) -> tuple[Split | None, list[str]]:
    """Take the split word out: at an end of the name, or anywhere when it is the only one."""
    at = [i for i, p in enumerate(parts) if p in _SPLITS]
    if not at:
        return None, parts
    edge = next((i for i in (0, len(parts) - 1) if i in at), at[0])
    # "eval/val_loss" says validation twice; "val" then qualifies nothing.
    split = _SPLITS[parts[edge]]
    rest = [p for i, p in enumerate(parts) if i != edge and _SPLITS.get(p) is not split]
    return split, rest


def _take_rhythm(parts: list[str]) -> tuple[str, list[str]]:
    """Take "step" or "epoch" off either end (``epoch_loss``, ``loss_step``)."""
    if len(parts) < 2:
        return "", parts
    for rhythm in ("step", "epoch"):
        if parts[-1] in _WORDS[rhythm]:
            return rhythm, parts[:-1]
        if parts[0] in _WORDS[rhythm] and parts[1] != "time":
            return rhythm, parts[1:]
    return "", parts


def _find(parts: list[str]) -> tuple[_Measure, int, int, list[str]] | None:
    """The measure a name is about: strong ones first, then losses, then the longest, then the last."""
    best: tuple[tuple[int, int, int], _Measure, int, int] | None = None
    for start in range(len(parts)):
        for stop in range(start + 1, min(start + _LONGEST, len(parts)) + 1):
            measure = _ALIASES.get(tuple(parts[start:stop]))
            if measure is None:
                continue
            kind = 2 if measure.strong else 1 if measure.role is Role.LOSS else 0
            key = (kind, stop - start, start)
            if best is None or key > best[0]:
                best = (key, measure, start, stop)
    return None if best is None else (best[1], best[2], best[3], parts)


def _lossy(
    measure: _Measure, alias: list[str], left: list[str], split: Split | None, unit: str, variant: str
) -> NameReading:
    """A loss or an error: plain, a statistic, or qualified (a term of the total)."""
    if any(w in _WORDS["statistic"] for w in left):
        return NameReading(metric="_".join([*left, measure.name]), split=split, role=Role.OTHER, unit=unit)
    left = [w for w in left if w not in _WORDS["average"]]
    if not left or measure.role is not Role.LOSS:
        base = "_".join(alias) if measure.name in _KEEP_ALIAS else measure.name
        return _reading(measure, "_".join([base, *left]), split, unit, variant)
    metric = "_".join(["loss", *left] if all(w.isdigit() for w in left) else [*left, "loss"])
    return _reading(measure, metric, split, unit, variant, role=Role.LOSS_TERM)


def _measured(
    measure: _Measure, alias: list[str], left: list[str], split: Split | None, unit: str, variant: str
) -> NameReading:
    statistic = any(w in _WORDS["statistic"] for w in left)
    base = "_".join(alias) if measure.name in _KEEP_ALIAS else measure.name
    if measure.role is Role.LEARNING_RATE:
        digits = [w.removeprefix("lr") for w in alias if w.startswith("lr") and w != "lr" and w[2:].isdigit()]
        left = [w for w in [*left, *digits] if w not in ("optimizer", "x", "current", "scheduler")]
        return _reading(measure, "_".join([base, *left]), None, unit, variant)
    # Box is what detectors report by default; only mask and pose need their letter.
    left = [w for w in left if w not in _WORDS["average"] and w not in ("b", "bbox")]
    if measure.role is Role.REWARD and statistic:
        return NameReading(metric="_".join([base, *left]), split=split, role=Role.OTHER, unit=unit)
    if measure.role is Role.TIMING:
        rate = "per" in alias or alias[-1] in ("fps", "its", "throughput", "speed") or "ms" in alias
        measure = replace(measure, unit="" if rate else measure.unit)
    role = Role.OTHER if statistic and measure.role is Role.METRIC else measure.role
    return _reading(measure, "_".join([base, *left]), split, unit, variant, role=role)


def _unknown(rest: list[str], split: Split | None, unit: str, variant: str) -> NameReading:
    statistic = any(w in _WORDS["statistic"] for w in rest)
    role = Role.METRIC if split is not None and not statistic else Role.OTHER
    return NameReading(
        metric="_".join(rest), split=split, role=role, unit=unit, certain=statistic,
        variant=variant,
    )  # fmt: skip
