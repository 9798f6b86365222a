"""Folders and archives opened into sources; nothing is ever extracted under a name that an archive chose."""

from __future__ import annotations

import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.parse import unquote

from diagnostics.exceptions import BrokenFile, RefusedFile, TooLarge, UnreadableFile
from diagnostics.readers import containers, scratch
from diagnostics.readers.source import Source
from diagnostics.readers.tars import open_tar

MAX_FILES = 20_000  # files in one folder or archive: a sweep of 500 MLflow runs has about 15,000
MAX_BYTES = 4 << 30  # expanded bytes of one archive, nested ones included
MAX_RATIO = 250  # text logs compress up to about 60 times, deflate reaches 1,032
RATIO_FROM = 64 << 20  # below this many expanded bytes the ratio does not matter
MAX_DEPTH = 2  # an archive inside an archive, no deeper

_SKIPPED_FOLDERS = {"__MACOSX", "__pycache__", "node_modules", "site-packages"}
_SKIPPED_FILES = {"Thumbs.db", "desktop.ini"}
_KEPT_HIDDEN = {".hydra"}
_TAR_MAGIC = b"ustar"


@dataclass
class _Budget:
    """What one archive may still expand to; shared with the archives inside it."""

    archive: str
    packed: int
    members: int = 0
    expanded: int = 0

    def admit(self) -> None:
        self.members += 1
        if self.members > MAX_FILES:
            raise TooLarge("archive_members", file=self.archive, remedy="split_archive", limit=MAX_FILES)

    @property
    def left(self) -> int:
        """Bytes the next member may have."""
        by_ratio = max(RATIO_FROM, MAX_RATIO * self.packed)
        return min(MAX_BYTES, by_ratio) - self.expanded

    def overflow(self) -> TooLarge:
        limit = self.left + self.expanded
        return TooLarge("archive_expands", file=self.archive, remedy="split_archive", limit=limit)


def sources(paths: Sequence[Path]) -> list[Source]:
    """List the files under some paths, folders walked and archives left as one source each.

    Parameters
    ----------
    paths : sequence of Path
        Files and folders. Names are kept relative to the folder given, or to what the files have in common.

    Returns
    -------
    list of Source
        Sorted by name within each path; symbolic links, hidden files and caches are left out. `read()` opens the
        archives among them.

    Raises
    ------
    TooLarge
        More than `MAX_FILES` files.
    """
    files = [path for path in paths if not path.is_dir()]
    base = _common_folder(files)
    listed: list[Source] = []
    for path in paths:
        if path.is_dir():
            listed.extend(_walk(path))
        else:
            listed.append(Source(name=path.absolute().relative_to(base).as_posix(), path=path))
        if len(listed) > MAX_FILES:
            raise TooLarge("folder_members", file=path.name, remedy="smaller_folder", limit=MAX_FILES)
    return listed


def _common_folder(files: Sequence[Path]) -> Path:
    folders = {path.absolute().parent for path in files}
    return Path(os.path.commonpath(folders)) if folders else Path()


def _walk(root: Path) -> Iterator[Source]:
    name = root.absolute().name
    for folder, folders, files in os.walk(root, followlinks=False):
        folders[:] = sorted(f for f in folders if _wanted_folder(f))
        for file in sorted(files):
            path = Path(folder) / file
            if _wanted_file(file) and path.is_file() and not path.is_symlink():
                yield Source(name=f"{name}/{path.relative_to(root).as_posix()}", path=path, walked=True)


def _wanted_folder(name: str) -> bool:
    return name in _KEPT_HIDDEN or not (name.startswith(".") or name in _SKIPPED_FOLDERS)


def _wanted_file(name: str) -> bool:
    return not (name.startswith(".") or name in _SKIPPED_FILES)


def _wanted(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and all(_wanted_folder(p) for p in parts[:-1]) and _wanted_file(parts[-1])


def expand(given: Iterable[Source]) -> tuple[list[Source], list[UnreadableFile]]:
    """Open the archives among some sources.

    Returns
    -------
    tuple of list of Source and list of UnreadableFile
        Plain files with the archive's stem as their first folder, and what had to be refused. Members lie in the
        scratch folder under the SHA-256 of their content.
    """
    plain: list[Source] = []
    refused: list[UnreadableFile] = []
    for source in given:
        if not is_archive(source):
            plain.append(source)
            continue
        try:
            found, problems = _open(source, _Budget(archive=source.name, packed=source.size), depth=1)
        except UnreadableFile as error:
            refused.append(error)
            continue
        plain.extend(found)
        refused.extend(problems)
    return plain, refused


def is_archive(source: Source) -> bool:
    """Whether the source holds other files to be read one by one (an npz or a model in a zip does not)."""
    try:
        head = source.head
    except OSError:
        return False
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return containers.zip_kind(source.path) == ""
    if head[:2] == b"\x1f\x8b":
        return True
    return head[257:262] == _TAR_MAGIC


def _open(source: Source, budget: _Budget, *, depth: int) -> tuple[list[Source], list[UnreadableFile]]:
    if depth > MAX_DEPTH:
        raise RefusedFile("nested_archive", file=source.name, remedy="unpack_inner", limit=MAX_DEPTH)
    found: list[Source] = []
    refused: list[UnreadableFile] = []
    try:
        for item in _members(source, budget):
            if isinstance(item, UnreadableFile):
                refused.append(item)
            elif is_archive(item):
                inner, problems = _open(item, budget, depth=depth + 1)
                found.extend(inner)
                refused.extend(problems)
            else:
                found.append(item)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError) as error:
        raise BrokenFile(
            "broken_archive", file=source.name, expected="archive", found=type(error).__name__, remedy="pack_again"
        ) from error
    return found, refused


def _members(source: Source, budget: _Budget) -> Iterator[Source | UnreadableFile]:
    if source.head[:2] == b"PK":
        yield from _zip_members(source, budget)
    elif source.head[:2] == b"\x1f\x8b" and not _is_compressed_tar(source):
        yield _single_gzip(source, budget)
    else:
        yield from _tar_members(source, budget)


def _zip_members(source: Source, budget: _Budget) -> Iterator[Source | UnreadableFile]:
    with zipfile.ZipFile(source.path) as archive:
        entries = archive.infolist()
        declared = sum(entry.file_size for entry in entries)
        if declared > budget.left:
            raise budget.overflow()
        for entry in entries:
            budget.admit()
            problem = unsafe_name(entry.orig_filename)
            if stat.S_ISLNK(entry.external_attr >> 16):
                problem = "symlink_member"
            elif entry.flag_bits & 1:
                problem = "encrypted_member"
            if problem:
                yield RefusedFile(problem, file=source.name, place=printable(entry.orig_filename), remedy="pack_again")
            elif not entry.is_dir() and _wanted(entry.filename):
                with archive.open(entry) as stream:
                    yield _stored(source, entry.filename, stream, budget)


def _tar_members(source: Source, budget: _Budget) -> Iterator[Source | UnreadableFile]:
    with open_tar(source.path, "r|*") as archive:
        for entry in archive:
            budget.admit()
            problem = unsafe_name(entry.name)
            if not (entry.isfile() or entry.isdir()):
                problem = "symlink_member"
            if problem:
                yield RefusedFile(problem, file=source.name, place=printable(entry.name), remedy="pack_again")
            elif entry.isfile() and _wanted(entry.name.removeprefix("./")):
                if entry.size > budget.left:
                    raise budget.overflow()
                stream = archive.extractfile(entry)
                if stream is not None:
                    yield _stored(source, entry.name.removeprefix("./"), stream, budget)


def _is_compressed_tar(source: Source) -> bool:
    import gzip

    try:
        with gzip.open(source.path) as stream:
            return stream.read(512)[257:262] == _TAR_MAGIC
    except (OSError, EOFError, zlib.error):
        return False


def _single_gzip(source: Source, budget: _Budget) -> Source:
    import gzip

    name = PurePosixPath(source.name)
    inner = name.stem if name.suffix.lower() in (".gz", ".gzip") else name.name
    try:
        with gzip.open(source.path) as stream:
            kept = scratch.store(stream, limit=budget.left)  # type: ignore[arg-type]
    except OSError as error:
        raise BrokenFile(
            "broken_archive", file=source.name, expected="gzip", found=str(error), remedy="pack_again"
        ) from error
    if kept is None:
        raise budget.overflow()
    budget.expanded += kept[1]
    return Source(name=str(name.with_name(inner)), path=kept[0], walked=source.walked)


def _stored(source: Source, name: str, stream: IO[bytes], budget: _Budget) -> Source:
    kept = scratch.store(stream, limit=budget.left)
    if kept is None:
        raise budget.overflow()
    budget.expanded += kept[1]
    return Source(name=f"{_archive_folder(source.name)}/{name}", path=kept[0], walked=True)


def _archive_folder(name: str) -> str:
    for suffix in (".tar.gz", ".tgz", ".tar", ".zip"):
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


def unsafe_name(name: str) -> str:
    """Code of what is wrong with an archive member's name, "" for a plain relative path.

    Names are only labels here, yet a name that tries to climb out was not made by an honest tool. Encoded forms are
    decoded until nothing changes, because somebody behind us may decode once more.
    """
    previous = None
    decoded = name
    while decoded != previous:
        previous, decoded = decoded, unquote(decoded)
    slashed = decoded.replace("\\", "/")
    if "\x00" in decoded or any(ord(c) < 32 for c in decoded):
        return "control_name"
    if slashed.startswith("/") or (len(slashed) > 1 and slashed[1] == ":"):
        return "absolute_name"
    if ".." in slashed.split("/"):
        return "traversal_name"
    return ""


def printable(name: str) -> str:
    """A member name for a message: control characters escaped, length bounded."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in name)[:200]
