"""The readers, by confidence: a `@reader` class above a format's code is its whole registration."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeVar

from diagnostics.exceptions import UnreadableFile
from diagnostics.readers.draft import Draft
from diagnostics.readers.source import Source
from diagnostics.types import Predictions, RunConfig

Reading = Draft | Predictions | RunConfig


class Reader(Protocol):
    """What every reader offers; a reader holds no state."""

    def sniff(self, source: Source) -> float:
        """Confidence in [0, 1] that the file is of this format, from its head alone.

        1.0 a magic number or an unmistakable signature; 0.8 a header signature; 0.5 plausible; 0.3 only the file
        name says so; 0 no. Content decides; the name only breaks ties.
        """
        ...

    def read(self, source: Source) -> Sequence[Reading]:
        """Read the file.

        Raises
        ------
        UnreadableFile
            Another reader may try (not this format after all); its subclasses BrokenFile, NotALog, RefusedFile
            and TooLarge are final.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A registered reader: format id, kind ("run", "predictions", "config", "other") and the reader itself."""

    format: str
    kind: str
    reader: Reader


_REGISTRY: dict[str, Registration] = {}
R = TypeVar("R", bound=type)


def reader(format: str, *, kind: str = "run") -> Callable[[R], R]:
    """Register the decorated class as the reader of `format`."""

    def register(cls: R) -> R:
        if format in _REGISTRY:
            raise ValueError(f"two readers for {format}")
        _REGISTRY[format] = Registration(format=format, kind=kind, reader=cls())
        return cls

    return register


@lru_cache(maxsize=1)
def _import_formats() -> None:
    """Import every format once; the search of the folder is not repeated for every file."""
    package = importlib.import_module("diagnostics.readers.formats")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")


def registered() -> tuple[Registration, ...]:
    """All readers, in the order of their format ids; imports every module of `diagnostics.readers.formats`."""
    _import_formats()
    return tuple(_REGISTRY[key] for key in sorted(_REGISTRY))


def read_file(source: Source) -> tuple[Registration, Sequence[Reading]]:
    """Read one file with the most confident reader that manages.

    Raises
    ------
    UnreadableFile
        With the refusal of every reader that tried.
    """
    ranked = sorted(((r.reader.sniff(source), r) for r in registered()), key=lambda pair: -pair[0])
    refusals: dict[str, str] = {}
    for confidence, registration in ranked:
        if confidence <= 0:
            break
        try:
            return registration, registration.reader.read(source)
        except UnreadableFile as error:
            if type(error) is not UnreadableFile:
                raise
            refusals[registration.format] = error.code
    raise UnreadableFile("no_reader", file=source.name, remedy="see_formats", refusals=refusals)
