"""What column names say about roles. Names are evidence, never proof: `roles` weighs them against the content."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Tokens of a name, lower case; a name is read token by token so that "y_true", "yTrue" and "Y true" are one.
TRUTH = {
    "true": 1.0, "truth": 1.0, "gt": 1.0, "groundtruth": 1.0, "actual": 1.0, "actuals": 1.0, "gold": 0.9,
    "target": 0.9, "targets": 0.9, "label": 0.8, "labels": 0.8, "relevance": 0.9, "expected": 0.7, "observed": 0.7,
    "reference": 0.7, "real": 0.6, "y": 0.6, "class": 0.6, "outcome": 0.6, "verdadeiro": 1.0, "rotulo": 0.8,
    "alvo": 0.8, "test": 0.3, "annotation": 0.7, "ytrue": 1.0, "ytest": 0.7, "rel": 0.5, "grade": 0.4,
}  # fmt: skip
PREDICTED = {
    "pred": 1.0, "preds": 1.0, "prediction": 1.0, "predictions": 1.0, "predicted": 1.0, "predict": 0.9, "yhat": 1.0,
    "hat": 0.9, "output": 0.8, "outputs": 0.8, "estimate": 0.7, "estimated": 0.7, "forecast": 0.9, "inferred": 0.7,
    "ypred": 1.0, "guess": 0.6, "previsto": 1.0, "predito": 1.0, "predicao": 1.0, "previsao": 1.0, "answer": 0.3,
}  # fmt: skip
PROBABILITY = {
    "proba": 1.0, "prob": 1.0, "probs": 1.0, "probability": 1.0, "probabilities": 1.0, "p": 0.7, "softmax": 1.0,
    "score": 0.8, "scores": 0.8, "confidence": 0.9, "conf": 0.8, "logit": 1.0, "logits": 1.0, "probabilidade": 1.0,
    "likelihood": 0.8, "yprob": 1.0, "yproba": 1.0, "yscore": 0.9, "sigmoid": 1.0, "certainty": 0.7,
    "escore": 0.8, "confianca": 0.9, "decile": 0.5, "margin": 0.6, "decision": 0.5,
}  # fmt: skip
CONFIDENCE = {"confidence", "conf", "certainty", "confianca", "max"}
LOGIT = {"logit", "logits"}
QUERY = {"query", "qid", "session", "srch", "search", "qry"}
RELEVANCE = {"relevance", "rel", "grade", "gain", "relevancia"}
IDENTIFIER = {"id", "ids", "uuid", "guid", "key", "index", "idx", "row", "filename", "file", "path", "passengerid"}
SPLIT = {"split", "fold", "subset", "partition", "particao"}
WEIGHT = {"weight", "weights", "sample_weight", "peso"}
TEXT = {"text", "sentence", "question", "prompt", "review", "comment", "tweet", "texto"}
IMAGE = {"image", "img", "filename", "filepath", "path", "photo", "imagem"}
STACK = {"model", "modelo", "estimator", "classifier", "algorithm", "head"}
RUN_LOG = {
    "epoch", "step", "global_step", "iter", "iteration", "steps", "train_loss", "val_loss", "valid_loss", "eval_loss",
    "loss", "val_accuracy", "val_acc", "learning_rate", "lr", "accuracy", "wall time",
}  # fmt: skip
"""Names of counters and curves. A file with a counter and a curve is a log, whatever else it holds."""

UNNAMED_INDEX = ("column_0", "Unnamed: 0", "index", "level_0")
"""What an index column is called when a data frame was saved with it."""

NOT_PREDICTIONS = {"coco_results": {"image_id", "category_id", "bbox"}, "coco_segments": {"image_id", "segmentation"}}
"""Tables of answers that cannot be read without another file."""

_COUNTERS = {"epoch", "step", "global_step", "iter", "iteration", "steps", "wall time"}
_SPLITTER = re.compile(r"[^0-9a-zà-öø-ÿ]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, kw_only=True)
class NameReading:
    """What a column name suggests.

    Attributes
    ----------
    tokens : tuple of str
    truth, predicted, probability : float
        0 to 1: how strongly the name speaks for the role.
    rest : str
        The tokens that name neither role, joined: pairs of columns share it.
    """

    tokens: tuple[str, ...]
    truth: float
    predicted: float
    probability: float
    rest: str


def tokens(name: str) -> tuple[str, ...]:
    """Lower-case words of a name."""
    return tuple(part for part in _SPLITTER.split(_CAMEL.sub(" ", name).lower()) if part)


def read(name: str) -> NameReading:
    """Weigh a column name for each role.

    A prediction word beats a truth word in the same name ("pred_label" is a prediction), and a probability word
    beats both ("pred_proba") unless a truth word stands first ("true_score").
    """
    words = tokens(name)
    truth = max((TRUTH.get(word, 0.0) for word in words), default=0.0)
    predicted = max((PREDICTED.get(word, 0.0) for word in words), default=0.0)
    probability = max((PROBABILITY.get(word, 0.0) for word in words), default=0.0)
    first = words[0] if words else ""
    if predicted and truth and first not in ("true", "actual", "gt"):
        truth = 0.0
    if {"true", "truth", "actual", "gt", "relevance"} & set(words) and not predicted:
        probability = 0.0
    if words in (("y",), ("class",), ("p",)):
        truth, probability = truth * 0.9, probability * 0.9
    rest = "_".join(w for w in words if w not in TRUTH and w not in PREDICTED and w not in PROBABILITY and w != "oof")
    longer = max(0, len(words) - 2)
    damp = 0.85**longer
    return NameReading(
        tokens=words, truth=truth * damp, predicted=predicted * damp, probability=probability * damp, rest=rest
    )


def is_identifier(name: str) -> bool:
    """Whether a name is that of a key rather than of a quantity."""
    words = set(tokens(name))
    if name in UNNAMED_INDEX:
        return True
    return bool(words & IDENTIFIER) or name.lower().endswith(("id", "_no", "uuid"))


def is_run_log(names: list[str]) -> bool:
    """Whether the columns are a training log's: a counter, and a curve that is not also a prediction's name."""
    lower = {name.strip().lower().replace(" ", "_") if name.lower() != "wall time" else "wall time" for name in names}
    counter = bool(lower & _COUNTERS)
    curves = {n for n in lower if n in RUN_LOG - _COUNTERS or n.endswith(("_loss", "/loss")) or "loss/" in n}
    curves |= {n for n in lower if n.startswith(("train/", "val/", "metrics/", "eval_", "rollout/"))}
    return bool(curves) and (counter or len(curves) >= 2)
