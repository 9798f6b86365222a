"""Which prediction set is of which run: by folder and name, and only where there is no other candidate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from diagnostics.types import Subject

Pair = tuple[Subject, Subject]
"""A run and a prediction set that belong together."""

_TOP = PurePosixPath(".")


def belonging(runs: Iterable[tuple[Subject, Sequence[str]]], sets: Iterable[tuple[Subject, str]]) -> tuple[Pair, ...]:
    """Pair prediction sets with the run that made them.

    A set belongs to the only run in its folder or below it; else the same is asked of the folder above, up to but
    without the top, where unrelated files meet. A set at the top belongs to the only run there. Of several runs the
    one counts whose file's name the set's name begins with; where that does not settle it, the set belongs to none.

    Parameters
    ----------
    runs : iterable of (Subject, names)
        Logical names of the files of each run, with folders.
    sets : iterable of (Subject, name)

    Returns
    -------
    tuple of (run, set)
    """
    known = [(subject, [PurePosixPath(name) for name in names]) for subject, names in runs]
    found = ((_run_of(PurePosixPath(name), known), subject) for subject, name in sets)
    return tuple((run, subject) for run, subject in found if run is not None)


def _run_of(file: PurePosixPath, runs: Sequence[tuple[Subject, list[PurePosixPath]]]) -> Subject | None:
    for folder in file.parents:
        if folder == _TOP and file.parent != _TOP:
            return None
        near = [run for run in runs if any(_is_in(path, folder) for path in run[1])]
        if len(near) > 1:
            near = [run for run in near if any(_is_named_after(file, path) for path in run[1])]
            return near[0][0] if len(near) == 1 else None
        if near:
            return near[0][0]
    return None


def _is_in(path: PurePosixPath, folder: PurePosixPath) -> bool:
    return path.parent == _TOP if folder == _TOP else folder in path.parents


def _is_named_after(file: PurePosixPath, log: PurePosixPath) -> bool:
    rest = file.stem.removeprefix(log.stem)
    return rest != file.stem and not rest[:1].isalnum()
