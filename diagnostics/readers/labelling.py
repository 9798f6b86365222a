"""Names that tell runs apart, and the groups they belong to: seeds of one setting, versions of one experiment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from diagnostics.readers.draft import Draft
from diagnostics.readers.joining import folder, stem
from diagnostics.readers.settings import SEED, without_seed

# Folders that tools make inside every run; the folder above has the name.
_INNER = {
    "files", "logs", "log", "tb", "tb_logs", "tensorboard", "tf_logs", "vis_data", "catboost_info", "train", "plots",
    "metrics", "csv", "csv_logs", "results", "output", "outputs", "events", "summaries", "wandb", "tfevents",
}  # fmt: skip


def names(runs: Sequence[Sequence[Draft]]) -> list[str]:
    """One name a run, all different; as short as telling them apart allows."""
    wanted = [_own_name(run[0]) for run in runs]
    for depth in range(1, 6):
        doubled = {name for name, count in Counter(wanted).items() if count > 1}
        if not doubled:
            return wanted
        wanted = [_longer(run[0], depth) if name in doubled else name for name, run in zip(wanted, runs, strict=True)]
    seen: Counter[str] = Counter()
    for index, name in enumerate(wanted):
        seen[name] += 1
        if seen[name] > 1:
            wanted[index] = f"{name} ({seen[name]})"
    return wanted


def _own_name(draft: Draft) -> str:
    """The draft's name, or that of the folder above where the name is one that every run has."""
    parts = list(PurePosixPath(folder(draft)).parts)
    if draft.name.lower() in _INNER and parts and parts[-1] == draft.name:
        outer = [part for part in parts if part.lower() not in _INNER]
        return outer[-1] if outer else draft.name
    return draft.name


def _longer(draft: Draft, depth: int) -> str:
    """The name with some of its folders before it; the file's own name first where the folder is shared."""
    parts = list(PurePosixPath(folder(draft)).parts)
    own = draft.name
    if parts and parts[-1] == own:
        parts = parts[:-1]
    outer = [part for part in parts if part.lower() not in _INNER] or parts
    return "/".join([*outer[-depth:], own]) if outer else f"{own} · {PurePosixPath(draft.source.name).name}"


def groups(runs: Sequence[Sequence[Draft]]) -> list[str]:
    """One group a run, "" for a run on its own.

    Runs whose place differs in the seed only are one group, named by what they share; otherwise runs of one folder
    (versions, experiments) are.
    """
    places = [_place(run[0]) for run in runs]
    bare = [_without_seed(place) for place in places]
    seeded = {b for p, b in zip(places, bare, strict=True) if p != b}
    sizes = Counter(b for p, b in zip(places, bare, strict=True) if b in seeded)
    parents = [str(PurePosixPath(p).parent) for p in places]
    shared = Counter(parents)
    found = []
    for run, one, parent in zip(runs, bare, parents, strict=True):
        given = next((draft.group for draft in run if draft.group), "")
        if sizes[one] > 1:
            found.append(one)
        elif given:
            found.append(given)
        else:
            found.append(parent if parent != "." and shared[parent] > 1 else "")
    return found


def _place(draft: Draft) -> str:
    """Folder of the run, and its file where the folder holds several runs."""
    place = folder(draft)
    if draft.name == place.rpartition("/")[2] or not place:
        return place or draft.run
    return f"{place}/{stem(draft)}"


def _without_seed(place: str) -> str:
    parts = [without_seed(part) if SEED.search(part) else part for part in place.split("/")]
    return "/".join(part for part in parts if part)
