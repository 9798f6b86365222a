"""Pickles that hold plain data, read without ever calling what they name.

A pickle is a program. This machine runs it with every instruction that reaches outside replaced: names resolve only
to the stand-ins below, arrays are built from their bytes by us, and an object's state is taken only by a stand-in.
Everything else (a model, a Keras History object, a lambda) is refused by its name.
"""

from __future__ import annotations

import io
import pickle
import re
import struct
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

MAX_BYTES = 32 << 20  # histories are small; the machine is plain Python and reads about 2 MB/s
MAX_NODES = 200_000  # containers; numbers in a list cost nothing here
_DTYPE = re.compile(r"[<>|=]?(?:[biufc][1248]|c16|f16|b1|\?|O8?|[SU]\d{1,4}|[efdgbBhHiIlLqQ])")


class ForbiddenName(pickle.UnpicklingError):
    """The pickle asks for something that is not plain data; `name` says what."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


class _Dtype:
    """Stands for numpy.dtype: only the type string and the byte order are kept."""

    def __init__(self, code: Any = "", *_: Any) -> None:
        self.code = code if isinstance(code, str) else getattr(code, "code", "")

    def __setstate__(self, state: Any) -> None:
        order = state[1] if isinstance(state, tuple) and len(state) > 1 else ""
        if isinstance(order, str) and order in ("<", ">") and self.code[:1] not in ("<", ">", "|"):
            self.code = order + self.code

    def real(self) -> np.dtype[Any]:
        """The dtype, for plain numbers and strings only."""
        if not _DTYPE.fullmatch(self.code):
            raise pickle.UnpicklingError(f"dtype {self.code[:40]!r}")
        return np.dtype(self.code)


class _Array:
    """Stands for an array until its bytes have come."""

    def __init__(self, *_: Any) -> None:
        self.items: list[Any] | NDArray[Any] = []

    def __setstate__(self, state: Any) -> None:
        if not isinstance(state, tuple) or len(state) != 5:
            raise pickle.UnpicklingError("array state")
        _, shape, dtype, fortran, raw = state
        if not isinstance(dtype, _Dtype) or not _is_shape(shape):
            raise pickle.UnpicklingError("array state")
        if isinstance(raw, list):
            self.items = raw
            return
        self.items = _from_bytes(raw, dtype, shape, "F" if fortran is True else "C")


def _is_shape(shape: Any) -> bool:
    return isinstance(shape, tuple) and len(shape) <= 8 and all(type(n) is int and n >= 0 for n in shape)


def _from_bytes(raw: Any, dtype: _Dtype, shape: tuple[int, ...], order: Any) -> NDArray[Any]:
    raw = raw.encode("latin-1") if isinstance(raw, str) else raw
    kind = dtype.real()
    count = 1
    for size in shape:
        count *= size
    if kind.hasobject or not isinstance(raw, bytes | bytearray) or count * kind.itemsize != len(raw):
        raise pickle.UnpicklingError("array bytes do not fill its shape")
    return np.frombuffer(bytes(raw), dtype=kind).reshape(shape, order=order)


def _array_from_buffer(raw: Any, dtype: Any, shape: Any, order: Any) -> NDArray[Any]:
    if not isinstance(dtype, _Dtype) or not _is_shape(shape):
        raise pickle.UnpicklingError("array buffer")
    return _from_bytes(raw, dtype, shape, "F" if order == "F" else "C")


def _scalar(dtype: Any, raw: Any = None) -> Any:
    """A numpy scalar, as a Python number or string."""
    if not isinstance(dtype, _Dtype):
        raise pickle.UnpicklingError("scalar")
    return _from_bytes(raw, dtype, (), "C").item()


def _encode(text: Any, encoding: Any = "latin1") -> bytes:
    """Protocol 2 spells bytes as an encoded string."""
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise pickle.UnpicklingError("codec")
    return text.encode("latin-1")


_NUMPY = ("numpy", "numpy.core.multiarray", "numpy._core.multiarray", "numpy.core.numeric", "numpy._core.numeric")
_NAMES: dict[str, Mapping[str, Callable[..., Any] | type]] = {
    "collections": {"OrderedDict": OrderedDict, "defaultdict": defaultdict},
    "_codecs": {"encode": _encode},
    **{
        module: {
            "ndarray": _Array,
            "_reconstruct": _Array,
            "dtype": _Dtype,
            "scalar": _scalar,
            "_frombuffer": _array_from_buffer,
        }
        for module in _NUMPY
    },
    **{
        module: {kind.__name__: kind for kind in (dict, list, set, frozenset, tuple, int, float, bool, complex)}
        for module in ("builtins", "__builtin__")
    },
}


class _Machine(pickle._Unpickler):
    """The pure Python machine: its memo is a dictionary, so that a huge index costs nothing."""

    dispatch: ClassVar[dict[int, Any]] = dict(pickle._Unpickler.dispatch)
    stack: list[Any]

    def find_class(self, module: str, name: str) -> Any:
        """Resolve a name to a stand-in, or refuse."""
        known = _NAMES.get(module, {}).get(name)
        if known is None:
            raise ForbiddenName(f"{module}.{name}")
        return known

    def persistent_load(self, pid: Any) -> Any:
        """Refuse objects that are stored elsewhere (torch tensors)."""
        raise ForbiddenName("persistent object")

    def get_extension(self, code: int) -> Any:
        """Refuse names from this process's extension registry."""
        raise ForbiddenName(f"extension {code}")

    def load_build(self) -> None:
        """Give an object its state, which only stand-ins take: never set attributes of anything else."""
        if len(self.stack) < 2 or not isinstance(self.stack[-2], _Array | _Dtype):
            raise ForbiddenName("object state")
        state = self.stack.pop()
        self.stack[-1].__setstate__(state)

    dispatch[pickle.BUILD[0]] = load_build


def loads(data: bytes) -> Any:
    """Read a pickle of plain data.

    Parameters
    ----------
    data : bytes
        At most `MAX_BYTES`.

    Returns
    -------
    object
        Dicts, lists, tuples, sets, numbers, strings, bytes and numpy arrays of numbers.

    Raises
    ------
    ForbiddenName
        It names anything else; nothing was called.
    pickle.UnpicklingError
        It is not a pickle, or damaged.
    """
    if len(data) > MAX_BYTES:
        raise pickle.UnpicklingError("too large")
    try:
        value = _Machine(io.BytesIO(data), encoding="latin1").load()
    except pickle.UnpicklingError:
        raise
    except (
        EOFError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, OverflowError,
        MemoryError, UnicodeError, RecursionError, struct.error,
    ) as error:  # fmt: skip
        # What a damaged program makes the machine stumble over; there is no complete list but this one is from fuzzing.
        raise pickle.UnpicklingError(type(error).__name__) from error
    return _plain(value, [0])


def _plain(value: Any, visited: list[int], depth: int = 0) -> Any:
    """The value with stand-ins replaced; a bounded walk, because shared lists can nest without end."""
    visited[0] += 1
    if visited[0] > MAX_NODES or depth > 50:
        raise pickle.UnpicklingError("too deep or too large")
    if isinstance(value, _Array):
        return value.items if isinstance(value.items, np.ndarray) else _plain(value.items, visited, depth + 1)
    if isinstance(value, dict):
        return {_key(k): _plain(v, visited, depth + 1) for k, v in value.items()}
    if isinstance(value, list | tuple) and all(type(item) in _ATOMS for item in value):
        return list(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(v, visited, depth + 1) for v in value]
    if value is None or isinstance(value, bool | int | float | complex | str | bytes | np.ndarray):
        return value
    raise ForbiddenName(type(value).__name__)


_ATOMS = frozenset({type(None), bool, int, float, complex, str, bytes})


def _key(key: Any) -> Any:
    return key if isinstance(key, str | int | float | bool | bytes | None) else str(type(key).__name__)
