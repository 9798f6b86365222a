"""Structure from files that only list parts: a safetensors header, the printed summary of Keras or PyTorch."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence

from diagnostics.exceptions import BrokenFile, TooLarge
from diagnostics.explanations.structure.network import Layer, Network, Shape

MAXIMUM_HEADER = 16 << 20
"""Bytes; the largest models of today stay under 5 MB. It is parsed in the server's own process."""
MOST_AXES = 16
LONGEST_LINE = 1000
_ITEM_BYTES = {"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2}
# " dense_1 (Dense)          (None, 64)      1,088     flatten[0][0]", with or without the bars of Keras 3.
_KERAS_ROW = re.compile(
    r"^[\s│|]*(?P<name>[\w./-]+)\s+\((?P<kind>\w+)\)[\s│|]+[\[(]+(?P<shape>[\w\s,]*)[\])]+[\s│|]+(?P<count>[\d,]+|\?)"
    r"(?P<rest>.*)$"
)
# torchinfo and torchsummary: "├─Conv2d: 1-1   [-1, 64, 112, 112]   9,408", "   Linear-7   [-1, 10]   650".
_TORCH_ROW = re.compile(
    r"^[\s│├└─|]*(?P<name>[A-Za-z_]\w*(?:[-:]\s?[\d-]+)?)(?:\s\([\w.]+\))?\s+(?:\[[-\d, ]+\]\s+)?"
    r"\[(?P<shape>[-\d, ]+)\]\s+(?P<count>[\d,]+|--)"
)


def from_safetensors(head: bytes, name: str) -> Network:
    """Group the tensors of a safetensors header into layers: everything up to the last dot is the layer.

    Parameters
    ----------
    head : bytes
        At least the header: eight bytes of its length, then JSON.

    Raises
    ------
    BrokenFile, TooLarge
    """
    length = int.from_bytes(head[:8], "little")
    if length > MAXIMUM_HEADER:
        raise TooLarge("header_too_large", file=name, found=str(length))
    try:
        entries = json.loads(head[8 : 8 + length])
        tensors = {k: v for k, v in entries.items() if k != "__metadata__"}
        groups: dict[str, list[tuple[Sequence[int], str]]] = {}
        for key, value in tensors.items():
            layer = key.rsplit(".", 1)[0] if "." in key else key
            groups.setdefault(layer, []).append((_sizes(value["shape"]), str(value["dtype"])))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BrokenFile("no_safetensors_header", file=name, place="byte 8", remedy="save_again") from error
    layers = tuple(
        Layer(
            name=layer,
            kind=_kind([shape for shape, _ in parts]),
            parameters=sum(math.prod(shape) for shape, _ in parts),
            bytes=sum(math.prod(shape) * _ITEM_BYTES.get(dtype, 1) for shape, dtype in parts),
        )
        for layer, parts in groups.items()
    )
    return Network(format="safetensors", layers=layers, has_edges=False)


def _sizes(shape: Sequence[int]) -> list[int]:
    """Sizes of a tensor as real files have them; products of anything else could take for ever."""
    sizes = [int(size) for size in shape]
    if len(sizes) > MOST_AXES or any(not 0 <= size < 1 << 48 for size in sizes):
        raise ValueError("no shape of a tensor")
    return sizes


def _kind(shapes: Sequence[Sequence[int]]) -> str:
    """What the sizes of a layer's tensors suggest."""
    deepest = max((len(shape) for shape in shapes), default=0)
    return {4: "convolution 2D", 3: "convolution 1D or stacked", 2: "matrix", 1: "vector", 0: "number"}.get(
        deepest, "tensor"
    )


def from_summary(text: str, name: str) -> Network:
    """Read a printed model summary, of Keras (`model.summary()`) or of torchinfo and torchsummary.

    Raises
    ------
    BrokenFile
        No line looks like a layer.
    """
    layers: list[Layer] = []
    edges = False
    for line in text.splitlines():
        if len(line) > LONGEST_LINE:
            continue  # no summary prints such lines, and the patterns are not for them
        if keras := _KERAS_ROW.match(line):
            sources = tuple(dict.fromkeys(re.findall(r"([\w./-]+)\[\d+\]\[\d+\]", keras["rest"])))
            edges = edges or bool(sources)
            layers.append(_layer(keras["name"], keras["kind"], keras["shape"], keras["count"], sources))
        elif (torch := _TORCH_ROW.match(line)) and torch["count"] != "--":
            kind = re.split(r"[-:]", torch["name"])[0]
            layers.append(_layer(torch["name"].replace(" ", ""), kind, torch["shape"], torch["count"], ()))
    if not layers:
        raise BrokenFile("no_layers_in_text", file=name, expected="model.summary()", remedy="paste_summary")
    return Network(format="summary", layers=tuple(layers), has_edges=edges)


def _layer(name: str, kind: str, shape: str, count: str, sources: tuple[str, ...]) -> Layer:
    sizes: Shape = tuple(
        None if part.strip() in ("None", "-1", "") else int(part) for part in shape.split(",") if part.strip()
    )
    number = None if count == "?" else int(count.replace(",", ""))
    return Layer(
        name=name, kind=kind, inputs=sources, shape=sizes, parameters=number,
        bytes=None if number is None else 4 * number,
    )  # fmt: skip
