"""Trained models and weights: recognised without being opened, and named, so that they go where they are of use."""

from __future__ import annotations

import re
from collections.abc import Sequence

from diagnostics.exceptions import NotALog
from diagnostics.readers import containers
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source

_ZIPS = {
    "torch": "torch_model",
    "keras": "keras_model",
    "stable_baselines": "agent",
    "skops": "skops_model",
    "office": "document",
    "jar": "program",
}
_MAGIC = (
    (b"CBM1", "catboost_model"),
    (b"TFL3", "tflite_model"),
    (b"\x89HDF\r\n\x1a\n", "keras_weights"),
    (b"\x80\x02\x8a\x0al\xfc\x9cF\xf9", "torch_model"),
    (b"PAR1", "parquet"),
    (b"tree\nversion=", "lightgbm_model"),
    (b"binf", "xgboost_model"),
)
_SAFETENSORS = re.compile(rb"^.{8}\{\s*\"", re.DOTALL)
_ONNX = re.compile(rb"^\x08[\x01-\x1f](?:\x12[\x01-\x40]|\x1a|\x22|\x3a)")
_XGBOOST = re.compile(rb'^\{\s*(?:L[\s\S]{8})?.{0,4}"?learner"?', re.DOTALL)


def kind_of(source: Source) -> str:
    """Code of the kind of model, "" for anything else."""
    head = source.head
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"PK"):
        return _ZIPS.get(containers.zip_kind(source.path), "")
    if _SAFETENSORS.match(head) and int.from_bytes(head[:8], "little") < min(source.size, 100 << 20):
        return "safetensors"
    if not source.is_text and _ONNX.match(head):
        return "onnx_model"
    if head[4:8] == b"TFL3":
        return "tflite_model"
    return "xgboost_model" if _XGBOOST.match(head) and b"gradient_booster" in head else ""


@reader("model_file", kind="other")
class ModelFile:
    """Models of PyTorch, Keras, ONNX, scikit-learn and the boosting libraries."""

    def sniff(self, source: Source) -> float:
        """By magic numbers and by what a zip holds; Parquet is left to the reader of predictions."""
        kind = kind_of(source)
        return 0.0 if not kind else 0.04 if kind == "parquet" else 0.97

    def read(self, source: Source) -> Sequence[Reading]:
        """Refuse by name."""
        kind = kind_of(source)
        remedy = "upload_log" if kind in ("document", "program", "parquet") else "model_page"
        raise NotALog(f"seems_{kind}", file=source.name, remedy=remedy)
