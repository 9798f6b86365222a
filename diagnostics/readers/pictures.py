"""Pictures that rows of a prediction file name, found among uploaded files and archives, as small safe copies.

A picture is decoded and encoded anew, so that nothing but pixels leaves; formats that are documents or scripts (SVG,
PDF) are never opened.
"""

from __future__ import annotations

import io
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from diagnostics.readers import tar_pictures
from diagnostics.readers.source import Source

MAX_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 2048
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")


def may_hold_pictures(name: str) -> bool:
    """Whether a file of this name is a picture or may be an archive of some."""
    return name.lower().endswith((".zip", *tar_pictures.SUFFIXES, *SUFFIXES))


class Pictures:
    """Where the pictures of a project lie.

    Parameters
    ----------
    sources : sequence of Source
        Pictures themselves, or zip and tar archives of them; others are passed over.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        self._places: dict[str, list[tuple[Source, str]]] = {}
        self._slices: dict[tuple[Source, str], tar_pictures.Slice] = {}
        self._copies: list[tempfile.TemporaryDirectory[str]] = []
        self._archives: dict[Source, zipfile.ZipFile] | None = None
        for source in sources:
            if source.name.lower().endswith(".zip"):
                self._index(source)
            elif source.name.lower().endswith(tar_pictures.SUFFIXES):
                self._index_tar(source)
            else:
                self._add(source.name, source, "")

    def _index(self, source: Source) -> None:
        try:
            with zipfile.ZipFile(source.path) as archive:
                for member in archive.infolist():
                    if not member.is_dir() and member.file_size <= MAX_BYTES:
                        self._add(member.filename, source, member.filename)
        except (zipfile.BadZipFile, OSError):
            return

    def _index_tar(self, source: Source) -> None:
        folder = tempfile.TemporaryDirectory(prefix="run-clinic-pictures-")
        self._copies.append(folder)
        try:
            for name, place in tar_pictures.slices(source, _is_picture, Path(folder.name) / "copies"):
                self._add(name, source, name)
                self._slices[source, name] = place
        except (tarfile.TarError, zlib.error, OSError, EOFError):
            return

    def _add(self, name: str, source: Source, member: str) -> None:
        self._places.setdefault(PurePosixPath(name).name.lower(), []).append((source, member))

    def __contains__(self, name: str) -> bool:
        """Whether a file of that name is there; its content is not looked at."""
        parts = PurePosixPath(name.replace("\\", "/")).parts
        return bool(parts) and parts[-1].lower() in self._places

    def bytes_of(self, name: str) -> bytes | None:
        """Content of the file whose path ends as `name` does; of several, the one that agrees on most folders."""
        wanted = [part.lower() for part in PurePosixPath(name.replace("\\", "/")).parts]
        found = self._places.get(wanted[-1], []) if wanted else []
        if not found:
            return None
        source, member = max(found, key=lambda place: _agreement(wanted, place[1] or place[0].name))
        try:
            if not member:
                return _limited(source.path.read_bytes())
            if (source, member) in self._slices:
                return self._slices[source, member].read()
            with self._archive(source) as archive, archive.open(member) as stream:
                return _limited(stream.read(MAX_BYTES + 1))
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError):
            # Damaged, encrypted, or packed in a way this Python does not know: there is no picture.
            return None

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Keep archives open in this block: of one with many members the table is read once, not for each picture.

        For one thread.
        """
        self._archives = {}
        try:
            yield
        finally:
            opened, self._archives = self._archives, None
            for archive in opened.values():
                archive.close()

    @contextmanager
    def _archive(self, source: Source) -> Iterator[zipfile.ZipFile]:
        if self._archives is None:
            with zipfile.ZipFile(source.path) as archive:
                yield archive
            return
        if source not in self._archives:
            self._archives[source] = zipfile.ZipFile(source.path)
        yield self._archives[source]

    def thumbnail(self, name: str, side: int = 128) -> bytes | None:
        """A PNG that fits a square of `side` px; None where there is no such picture or it cannot be read."""
        content = self.bytes_of(name)
        return None if content is None else small(content, side)


def small(content: bytes, side: int) -> bytes | None:
    """A picture as a PNG of at most `side` px; None where the bytes are not one."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return None
            picture.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(picture) or picture
            upright.thumbnail((side, side))
            out = io.BytesIO()
            upright.convert("RGBA" if "A" in upright.getbands() else "RGB").save(out, format="PNG")
            return out.getvalue()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def pixels(content: bytes) -> NDArray[np.uint8] | None:
    """A picture as an array of shape (height, width, 3), upright; None where the bytes are not one.

    At its own size, so that a model sees what it saw before; sides over `LONGEST_SIDE` px are shortened.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return None
            upright = ImageOps.exif_transpose(picture) or picture
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return np.asarray(upright.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _agreement(wanted: Sequence[str], name: str) -> int:
    parts = [part.lower() for part in PurePosixPath(name.replace("\\", "/")).parts]
    same = 0
    for ours, theirs in zip(reversed(wanted), reversed(parts), strict=False):
        if ours != theirs:
            break
        same += 1
    return same


def _is_picture(name: str, size: int) -> bool:
    return size <= MAX_BYTES and name.lower().endswith(SUFFIXES)


def _limited(content: bytes) -> bytes | None:
    return content if len(content) <= MAX_BYTES else None
