"""Which kind of model a file holds, by its content, and for every kind that is refused how to export it to ONNX."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from diagnostics.exceptions import RefusedFile

HEAD = 1 << 16
"""Bytes looked at; a zip is also asked for the names of its members."""

RUNNABLE = ("onnx", "xgboost", "lightgbm", "catboost", "skops")
"""Kinds a worker can load."""

SHOWN_ONLY = ("keras", "safetensors", "summary")
"""Kinds whose structure can be read although they are never run."""

REFUSED = (
    "pickle", "joblib", "torch", "torchscript", "torch_export", "keras_h5", "keras", "pmml", "npz", "safetensors",
    "tflite", "tensorflow", "coreml",
)  # fmt: skip
"""Kinds that are never run; each has the sentence `errors.model_refused_<kind>` and the code `exports.<kind>`."""

_ONNX = re.compile(rb"^\x08[\x01-\x1f](?:\x12[\x00-\x40]|\x1a|\x22|\x2a|\x32|\x3a|\x42)")
_XGBOOST = re.compile(rb'^\s*\{\s*(?:L[\s\S]{8})?.{0,4}"?learner"?', re.DOTALL)
_PMML = re.compile(rb"<PMML[\s>]")
_SUMMARY = re.compile(rb"Layer \(type|\bOutput Shape\b|Param #")


@dataclass(frozen=True, kw_only=True)
class ModelKind:
    """What a file is.

    Attributes
    ----------
    name : str
        One of RUNNABLE, SHOWN_ONLY or REFUSED.
    """

    name: str

    @property
    def runs(self) -> bool:
        """Whether the sandbox may load it."""
        return self.name in RUNNABLE

    @property
    def has_structure(self) -> bool:
        """Whether layers can be read from it."""
        return self.name == "onnx" or self.name in SHOWN_ONLY


def kind_of(path: Path) -> ModelKind | None:
    """Kind of a stored file; None for what is no model. Only the head and a zip's list of members are read."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
        if head.startswith(b"PK\x03\x04"):
            stream.seek(0)
            return _zip(stream)
    return _plain(head)


def kind_of_bytes(content: bytes) -> ModelKind | None:
    """Kind of a file in memory."""
    if content.startswith(b"PK\x03\x04"):
        return _zip(io.BytesIO(content))
    return _plain(content[:HEAD])


def refuse(kind: ModelKind, name: str) -> RefusedFile:
    """The error that says why a kind is not run, and how to export it."""
    return RefusedFile(f"model_refused_{kind.name}", file=name, remedy="export_onnx")


def _plain(head: bytes) -> ModelKind | None:
    for test, name in (
        (head.startswith(b"CBM1"), "catboost"),
        (head.startswith(b"tree\n") and b"version=" in head[:40], "lightgbm"),
        (bool(_XGBOOST.match(head)) and (b"gradient_booster" in head or b"learner_model_param" in head), "xgboost"),
        (head.startswith(b"\x89HDF\r\n\x1a\n"), "keras_h5"),
        (head[4:8] == b"TFL3" or head.startswith(b"TFL3"), "tflite"),
        (_is_safetensors(head), "safetensors"),
        (head.startswith(b"\x80\x02\x8a\x0al\xfc\x9cF\xf9"), "torch"),
        (_is_pickle(head), "joblib" if b"joblib" in head[:4096] else "pickle"),
        (head[:2] in (b"\x78\x9c", b"\x78\x5e", b"\x78\xda") or head.startswith(b"ZF"), "joblib"),
        (bool(_PMML.search(head[:4096])), "pmml"),
        (b"\x00" in head[:64] and b"saved_model_schema_version" in head, "tensorflow"),
        (bool(_ONNX.match(head)) and not _is_text(head), "onnx"),
        (_is_text(head) and len(_SUMMARY.findall(head)) >= 2, "summary"),
    ):  # fmt: skip
        if test:
            return ModelKind(name=name)
    return None


def _is_pickle(head: bytes) -> bool:
    """Protocols 2 to 5 name themselves; older ones are text that ends in a full stop and imports with `c`."""
    if len(head) > 2 and head[0] == 0x80 and head[1] in (2, 3, 4, 5):
        return True
    return bool(re.match(rb"^(c[\w.]+\n\w+\n|\(?[dlpi]?\S{0,3}c[\w.]+\n)", head)) and b"." in head


def _is_safetensors(head: bytes) -> bool:
    return head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 100 << 20 and b'"dtype"' in head


def _is_text(head: bytes) -> bool:
    return b"\x00" not in head and not any(byte < 9 for byte in head[:512])


def _zip(stream: io.BufferedReader | io.BytesIO) -> ModelKind | None:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()[:4000]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    bases = {name.rsplit("/", 1)[-1] for name in names}
    if "config.json" in names and bases & {"metadata.json", "model.weights.h5"}:
        return ModelKind(name="keras")
    if "schema.json" in names:
        return ModelKind(name="skops")
    if "constants.pkl" in bases:
        return ModelKind(name="torchscript")
    if bases & {"serialized_exported_program.json", "archive_format"} or any(
        n.endswith("/models/model.json") for n in names
    ):
        return ModelKind(name="torch_export")
    if "data.pkl" in bases:
        return ModelKind(name="torch")
    if names and all(name.endswith(".npy") for name in names):
        return ModelKind(name="npz")
    if any(name.endswith(".mlmodel") for name in names):
        return ModelKind(name="coreml")
    return None


_EXPORTS: dict[str, tuple[str, ...]] = {
    "pickle": ("sklearn", "xgboost", "lightgbm", "catboost", "torch"),
    "joblib": ("sklearn", "xgboost", "lightgbm", "catboost"),
    "torch": ("torch",),
    "torchscript": ("torch",),
    "torch_export": ("torch",),
    "keras_h5": ("keras",),
    "keras": ("keras",),
    "pmml": ("pmml",),
    "npz": ("weights",),
    "safetensors": ("weights",),
    "tflite": ("tensorflow",),
    "tensorflow": ("tensorflow",),
    "coreml": ("coreml",),
}


def exports_of(kind: ModelKind) -> tuple[str, ...]:
    """Ids of the code (`exports.<id>` of the knowledge files) that brings a refused kind to one that runs."""
    return _EXPORTS.get(kind.name, ())
