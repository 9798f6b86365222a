"""From a file to prediction sets: container, stored Parquet, roles, parts."""

from __future__ import annotations

import gzip
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa

from diagnostics.exceptions import NotALog, TooLarge, UnreadableFile
from diagnostics.readers import scratch
from diagnostics.readers.predictions import arrays, columnar, delimited, records, roles, stacked
from diagnostics.readers.predictions.assembly import assemble
from diagnostics.readers.predictions.profile import Profile
from diagnostics.readers.predictions.remarks import mixed_columns
from diagnostics.readers.predictions.table import Copied, TooManyRows
from diagnostics.readers.predictions.vocabulary import NOT_PREDICTIONS
from diagnostics.readers.source import Source
from diagnostics.types import Note, Predictions

MAX_UNPACKED = 8 * 1024**3
_GZIP = b"\x1f\x8b"


def container(source: Source) -> str:
    """Which container a file is: "parquet", "arrow", "npz", "gzip", "json", "text" or ""."""
    head = source.head
    if head.startswith(columnar.PARQUET_MAGIC):
        return "parquet"
    if head.startswith((columnar.ARROW_MAGIC, b"\xff\xff\xff\xff")):
        return "arrow"
    if head.startswith(b"PK"):
        return "npz" if arrays.names(source) else ""
    if head.startswith(_GZIP):
        return "gzip"
    if not source.is_text:
        return ""
    return "json" if source.head_text.lstrip()[:1] in ("{", "[") else "text"


def read(source: Source) -> tuple[Predictions, ...]:
    """Read one file of predictions; the Parquet goes into the scratch folder under the upload's digest.

    Raises
    ------
    UnreadableFile
        Where the file is no table; its subclasses where it is a damaged, dangerous or too large one.
    """
    handle, name = tempfile.mkstemp(dir=scratch.folder(), suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        with ThreadPoolExecutor(1) as beside:
            digest = beside.submit(lambda: source.digest)  # hashing needs neither the parser nor the interpreter lock
            copied = copy(source, part)
        if copied.rows == 0:
            raise UnreadableFile("empty_table", file=source.name)
        target = scratch.folder() / f"{digest.result()}.parquet"
        part.replace(target)
        pa.default_memory_pool().release_unused()
    except TooManyRows as error:
        raise TooLarge("table_too_large", file=source.name) from error
    finally:
        part.unlink(missing_ok=True)
    return interpret(source, target, copied)


def copy(source: Source, target: Path) -> Copied:
    """Store the rows of a file, whatever its container."""
    kind = container(source)
    if kind in ("parquet", "arrow"):
        return columnar.copy(source, target)
    if kind == "npz":
        return arrays.copy(source, target)
    if kind == "json":
        return records.copy(source, target)
    if kind == "text":
        return delimited.copy(source, target)
    if kind == "gzip":
        return _unzipped(source, target)
    raise UnreadableFile("not_a_table", file=source.name)


def interpret(source: Source, stored: Path, copied: Copied) -> tuple[Predictions, ...]:
    """Find the roles in a stored table and divide it into its parts."""
    profile = Profile(stored)
    stems = {name.split("[")[0] for name in profile.names}
    for code, marks in NOT_PREDICTIONS.items():
        if marks <= stems:
            stored.unlink(missing_ok=True)
            raise NotALog(code, file=source.name, remedy="join_with_annotations")
    found = roles.find(profile)
    if copied.renamed:
        found.notes.append(Note(code="duplicate_columns", params={"columns": list(copied.renamed)}))
    if not copied.header:
        found.notes.append(Note(code="no_header", params={}))
        found.ask("truth", found.truth, profile.names)
        found.ask("predicted", found.predicted, profile.names)
    if copied.percent:
        found.notes.append(Note(code="percent_signs", params={"columns": list(copied.percent)}))
    found.notes.extend(mixed_columns(profile))
    described = source.described(f"predictions_{container(source)}")
    sets = assemble(profile, found, name=source.stem, source=described)
    return tuple(part for one in sets for part in stacked.split(profile, one))


def _unzipped(source: Source, target: Path) -> Copied:
    """A gzip file is unpacked into scratch, up to a cap, and read again."""
    handle, name = tempfile.mkstemp(dir=scratch.folder(), suffix=".part")
    inner = Path(name)
    try:
        size = 0
        with os.fdopen(handle, "wb") as out, gzip.open(source.path) as packed:
            while chunk := packed.read(1 << 20):
                size += len(chunk)
                if size > MAX_UNPACKED:
                    raise TooLarge("table_too_large", file=source.name)
                out.write(chunk)
        unpacked = Source(name=source.name.removesuffix(".gz"), path=inner)
        if container(unpacked) == "gzip":
            raise UnreadableFile("not_a_table", file=source.name)
        return copy(unpacked, target)
    except (gzip.BadGzipFile, EOFError) as error:
        raise UnreadableFile("not_a_table", file=source.name) from error
    finally:
        inner.unlink(missing_ok=True)
