"""Prediction sets with what was measured on the pictures beside them, for files that no workspace holds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from diagnostics.exceptions import NotALog, UnreadableFile
from diagnostics.readers import scratch
from diagnostics.readers.pictures import Pictures, may_hold_pictures
from diagnostics.readers.source import Source
from diagnostics.types import Predictions

if TYPE_CHECKING:
    from diagnostics.readers.picture_columns import PictureColumns


def with_pictures(sets: Sequence[Predictions], sources: Sequence[Source]) -> tuple[Predictions, ...]:
    """Prediction sets with brightness and size of the pictures that their rows name as attributes.

    Parameters
    ----------
    sets : sequence of Predictions
    sources : sequence of Source
        What the sets were read from or what lies beside it: pictures, and zip archives of some.

    Returns
    -------
    tuple of Predictions
        In the same order. A set that names no pictures, or none of these, is the one that was given; the others have
        another table, in the scratch folder, and another digest.
    """
    files = [source for source in sources if may_hold_pictures(source.name)]
    if not files or not any(one.roles.image for one in sets):
        return tuple(sets)
    pictures = Pictures(files)
    tables: dict[tuple[Path, str], tuple[PictureColumns, Path]] = {}
    return tuple(_with(one, pictures, tables) if one.roles.image else one for one in sets)


def not_named(sets: Sequence[Predictions], pictures: Sequence[UnreadableFile]) -> list[UnreadableFile]:
    """Of the pictures that were given by name, those that no row of these sets names, told as such.

    Parameters
    ----------
    sets : sequence of Predictions
        Those that name no pictures are passed over.
    pictures : sequence of UnreadableFile
        What was said of each picture: that it is no log.
    """
    if not pictures:
        return []
    from diagnostics.readers.picture_columns import names_in

    tables = {(one.path, one.roles.image) for one in sets if one.roles.image}
    named = {_last(name) for path, column in tables for name in names_in(path, column)}
    return [
        NotALog("picture_not_named", file=one.file, remedy="name_picture")
        for one in pictures if _last(one.file) not in named
    ]  # fmt: skip


def _last(name: str) -> str:
    """The name without its folders, as `Pictures` looks for it."""
    return PurePosixPath(name.replace("\\", "/")).name.lower()


def _with(
    given: Predictions, pictures: Pictures, tables: dict[tuple[Path, str], tuple[PictureColumns, Path]]
) -> Predictions:
    """One set; several of one table are measured once."""
    place = (given.path, str(given.roles.image))
    if place not in tables:
        tables[place] = _measured(*place, pictures)
    found, path = tables[place]
    if not found.columns:
        return given
    attributes = (*given.roles.attributes, *found.columns)
    digest = hashlib.sha256(f"{given.digest} {path.stem}".encode()).hexdigest()
    return replace(given, path=path, roles=replace(given.roles, attributes=attributes), digest=digest)


def _measured(table: Path, column: str, pictures: Pictures) -> tuple[PictureColumns, Path]:
    """What was measured, and the table with it: named by its content, as everything in the scratch folder."""
    from diagnostics.readers.picture_columns import add_picture_columns

    name = hashlib.sha256(f"{table.name} {column}".encode()).hexdigest()
    target = scratch.folder() / f"pictures-{name}.parquet"
    found = add_picture_columns(table, column, pictures, target)
    assert found is not None  # nothing stops it
    if not found.columns:
        return found, table
    with target.open("rb") as stream:
        content = hashlib.file_digest(stream, "sha256").hexdigest()
    return found, target.rename(target.with_name(f"{content}.parquet"))
