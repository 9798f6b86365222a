"""What a worker says, understood or refused: a process that holds a hostile model may say anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from diagnostics.exceptions import RunClinicError

_LARGEST = 1e18


@dataclass(frozen=True, kw_only=True)
class ModelDescription:
    """What a loaded model says of itself.

    Attributes
    ----------
    inputs, outputs : tuple of mappings
        Each with name, type and shape (None for a free size).
    features : tuple of str
        Column names where the file has them.
    classes : tuple of str
    locks : mapping of lock to whether it is in force
    """

    inputs: tuple[Mapping[str, Any], ...]
    outputs: tuple[Mapping[str, Any], ...]
    features: tuple[str, ...]
    classes: tuple[str, ...]
    locks: Mapping[str, bool]


class ModelError(RunClinicError):
    """A model that was refused, is broken, or failed to answer; the code has its sentence in the knowledge files."""


def description(message: Mapping[str, Any]) -> ModelDescription:
    """The first answer of a worker, read.

    Raises
    ------
    ModelError
        "model_answer_broken" where that is no description.
    """
    try:
        said = message["ready"]
        return ModelDescription(
            inputs=tuple(_value(one) for one in said["inputs"]),
            outputs=tuple(_value(one) for one in said["outputs"]),
            features=tuple(str(name) for name in said.get("features", ())),
            classes=tuple(str(name) for name in said.get("classes", ())),
            locks={str(name): bool(value) for name, value in message["locks"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ModelError("model_answer_broken") from error


def _value(said: Any) -> dict[str, Any]:
    return {"name": str(said["name"]), "type": str(said["type"]), "shape": sizes(said["shape"])}


def sizes(said: Any) -> list[int | None]:
    """Sizes along axes, None for a free one.

    Raises
    ------
    TypeError, ValueError, OverflowError
        Something else.
    """
    return [None if size is None else int(size) for size in said]


def refusal(code: Any, params: Any) -> ModelError:
    """The error a worker names, where its sentence can be filled with what comes along."""
    if not (isinstance(code, str) and code.isidentifier() and isinstance(params, dict)):
        return ModelError("model_answer_broken")
    if not (params.keys().isdisjoint(("self", "code")) and all(_is_plain(value) for value in params.values())):
        return ModelError("model_answer_broken")
    return ModelError(code, **params)


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str) or (isinstance(value, int | float) and abs(value) < _LARGEST)


def entry(said: Any) -> dict[str, Any]:
    """A JSON object a worker was asked for.

    Raises
    ------
    ModelError
        "model_answer_broken" for anything else.
    """
    if not isinstance(said, dict):
        raise ModelError("model_answer_broken")
    return said


def numbers(arrays: Mapping[str, NDArray[Any]], name: str, axes: int) -> NDArray[Any]:
    """An array a worker was asked for: real numbers, so many axes, none of them empty.

    Raises
    ------
    ModelError
        "model_answer_broken" for anything else.
    """
    found = arrays.get(name)
    if found is None or found.dtype.kind != "f" or found.ndim != axes or not found.size:
        raise ModelError("model_answer_broken")
    return found
