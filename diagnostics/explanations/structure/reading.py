"""Any file that shows a structure, by content."""

from __future__ import annotations

from typing import Any

from diagnostics.exceptions import NotALog
from diagnostics.explanations.sandbox import Model, Worker
from diagnostics.explanations.structure import from_keras, from_lists
from diagnostics.explanations.structure.network import Layer, Network


def read_structure(content: bytes, name: str) -> Network:
    """Structure of a model file or of a printed summary.

    Parameters
    ----------
    content : bytes
        The file; of a safetensors file the header is enough.
    name : str
        Logical name, for messages; decides nothing.

    Raises
    ------
    UnreadableFile
        Broken, too large, or nothing that shows a structure.
    ModelError
        An ONNX file that was refused.
    """
    if content.startswith(b"PK\x03\x04"):
        return from_keras.read(content, name)
    if content[8:10] in (b'{"', b"{ "):
        return from_lists.from_safetensors(content, name)
    if content[:1] == b"\x08":
        with Worker(Model(format="onnx", content=content)) as worker:
            return _network(worker.structure())
    if b"\x00" not in content[:4096]:
        text = content.decode("utf-8", "replace")
        if "(" in text or "[" in text:
            return from_lists.from_summary(text, name)
    raise NotALog(
        "no_structure", file=name, expected="ONNX, .keras, safetensors, model.summary()", remedy="export_onnx"
    )


def _network(said: dict[str, Any]) -> Network:
    return Network(
        format="onnx",
        layers=tuple(
            Layer(
                name=str(entry["name"]),
                kind=str(entry["kind"]),
                inputs=tuple(str(i) for i in entry.get("inputs", ())),
                shape=None if entry.get("shape") is None else tuple(entry["shape"]),
                parameters=entry.get("parameters"),
                multiply_adds=entry.get("multiply_adds"),
                bytes=entry.get("bytes"),
                detail=entry.get("detail", {}),
            )
            for entry in said["layers"]
        ),
        inputs=tuple(said["inputs"]),
        outputs=tuple(said["outputs"]),
    )
