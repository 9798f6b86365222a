"""Structure from the `config.json` inside a `.keras` archive; nothing else of the archive is opened."""

from __future__ import annotations

import io
import json
import math
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from diagnostics.exceptions import BrokenFile, TooLarge
from diagnostics.explanations.structure.network import Layer, Network, Shape

MAXIMUM_CONFIG = 20 << 20


def read(content: bytes, name: str) -> Network:
    """Read the layers of a `.keras` archive.

    Raises
    ------
    BrokenFile, TooLarge
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            info = archive.getinfo("config.json")
            if info.file_size > MAXIMUM_CONFIG:
                raise TooLarge("config_too_large", file=name, found=str(info.file_size))
            return from_config(json.loads(archive.read(info)))
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        RuntimeError,
    ) as error:  # RecursionError, for a configuration without end, is a RuntimeError
        raise BrokenFile("no_keras_config", file=name, expected="config.json", remedy="save_again") from error


def from_config(config: Mapping[str, Any]) -> Network:
    """Network of a Keras model configuration (Sequential or functional, Keras 2 and 3)."""
    inner = config.get("config", config)
    entries = [e for e in inner.get("layers", []) if isinstance(e, dict)]
    sequential = config.get("class_name") == "Sequential"
    layers: list[Layer] = []
    shapes: dict[str, Shape | None] = {}
    for entry in entries:
        settings = entry.get("config", {}) if isinstance(entry.get("config"), dict) else {}
        label = str(settings.get("name") or entry.get("name") or f"layer_{len(layers)}")
        previous = (layers[-1].name,) if sequential and layers else ()
        sources = previous or tuple(dict.fromkeys(_sources(entry.get("inbound_nodes", []))))
        before = shapes.get(sources[0]) if sources else None
        shape, parameters, work = _measured(str(entry.get("class_name")), settings, entry, before)
        shapes[label] = shape
        layers.append(
            Layer(
                name=label,
                kind=str(entry.get("class_name", "?")),
                inputs=sources,
                shape=shape,
                parameters=parameters,
                multiply_adds=work,
                bytes=None if parameters is None else 4 * parameters,
                trainable=settings.get("trainable") if isinstance(settings.get("trainable"), bool) else None,
                detail={k: settings[k] for k in ("activation", "units", "filters", "kernel_size", "rate", "strides")
                        if isinstance(settings.get(k), str | int | float | list)},
            )
        )  # fmt: skip
    outputs = tuple(_named(inner.get("output_layers", []))) or ((layers[-1].name,) if layers else ())
    inputs = tuple(_named(inner.get("input_layers", []))) or ((layers[0].name,) if layers else ())
    return Network(format="keras", layers=tuple(layers), inputs=inputs, outputs=outputs)


def _sources(node: Any) -> Iterator[str]:
    """Names of the layers in an `inbound_nodes` entry, old (lists) and new (keras_history) style."""
    if isinstance(node, dict):
        history = node.get("keras_history")
        if isinstance(history, list) and history:
            yield str(history[0])
        else:
            for value in node.values():
                yield from _sources(value)
    elif isinstance(node, list):
        if len(node) >= 3 and isinstance(node[0], str) and all(isinstance(v, int) for v in node[1:3]):
            yield node[0]
        else:
            for value in node:
                yield from _sources(value)


def _named(entries: Any) -> Iterator[str]:
    if isinstance(entries, list) and entries and isinstance(entries[0], str):
        yield entries[0]
    elif isinstance(entries, list):
        for entry in entries:
            yield from _named(entry)


def _measured(
    kind: str, settings: Mapping[str, Any], entry: Mapping[str, Any], before: Shape | None
) -> tuple[Shape | None, int | None, int | None]:
    """Output shape, parameters and multiply-adds of the layers whose arithmetic is certain; None elsewhere."""
    if kind == "InputLayer":
        shape = settings.get("batch_shape") or settings.get("batch_input_shape")
        return (tuple(shape) if isinstance(shape, list) else None), 0, 0
    if before is None:
        built = entry.get("build_config")
        sizes = built.get("input_shape") if isinstance(built, dict) else None
        before = tuple(sizes) if isinstance(sizes, list) else None
    width = before[-1] if before else None
    bias = 1 if settings.get("use_bias", True) else 0
    if kind == "Dense" and isinstance(settings.get("units"), int):
        units = settings["units"]
        shape = (*before[:-1], units) if before else None
        if width is None:
            return shape, None, None
        places = math.prod(d or 1 for d in before[1:-1]) if before else 1
        return shape, units * (width + bias), places * units * width
    if kind == "Conv2D" and isinstance(settings.get("filters"), int) and before and len(before) == 4:
        return _convolution(settings, before, bias)
    if kind in ("BatchNormalization", "LayerNormalization") and width is not None:
        return before, (4 if kind.startswith("Batch") else 2) * width, 0
    if kind in ("Dropout", "Activation", "ReLU", "Softmax", "GaussianNoise", "Rescaling", "Normalization"):
        return before, 0 if kind != "Normalization" else None, 0
    if kind == "Flatten" and before and all(d is not None for d in before[1:]):
        return (before[0], math.prod(d or 1 for d in before[1:])), 0, 0
    if kind.startswith("Global") and before:
        return (before[0], before[-1]), 0, 0
    return None, None, None


def _convolution(settings: Mapping[str, Any], before: Shape, bias: int) -> tuple[Shape | None, int | None, int | None]:
    filters, kernel = settings["filters"], settings.get("kernel_size")
    last = settings.get("data_format") != "channels_first"
    channels = before[3] if last else before[1]
    spatial = before[1:3] if last else before[2:4]
    if channels is None or not isinstance(kernel, list):
        return None, None, None
    strides = settings.get("strides") or [1, 1]
    same = settings.get("padding") == "same"
    sizes = tuple(
        None if size is None else -(-size // step) if same else (size - k) // step + 1
        for size, k, step in zip(spatial, kernel, strides, strict=False)
    )
    parameters = filters * (channels * math.prod(kernel) // int(settings.get("groups", 1)) + bias)
    shape = (before[0], *sizes, filters) if last else (before[0], filters, *sizes)
    if any(size is None for size in sizes):
        return shape, parameters, None
    places = math.prod(size or 1 for size in sizes)
    return shape, parameters, places * filters * channels * math.prod(kernel) // int(settings.get("groups", 1))
