"""Which drafts are one run, what it is called, which group and which configuration it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from diagnostics.readers import duplicates, joining, labelling, settings
from diagnostics.readers.draft import Draft
from diagnostics.types import RunConfig


def runs(drafts: Sequence[Draft], configs: Sequence[RunConfig]) -> list[list[Draft]]:
    """Join drafts into runs.

    Parameters
    ----------
    drafts : sequence of Draft
    configs : sequence of RunConfig
        Attached to the run of the same folder, of the folders below, or of the same name.

    Returns
    -------
    list of list of Draft
        The parts of each run, in the order the runs were met. The first part of each has the run's name, group and
        configuration; parts without series only say which files were left out as repetitions.
    """
    keyed = joining.by_run(_without_copies(drafts))
    found = list(duplicates.second_loggers(duplicates.longest(keyed)).values())
    attached = settings.Attachments(configs, found)
    called, grouped = labelling.names(found), labelling.groups(found)
    return [
        [replace(run[0], name=name, group=group, config=attached.of(run)), *run[1:]]
        for run, name, group in zip(found, called, grouped, strict=True)
    ]


def _without_copies(drafts: Sequence[Draft]) -> list[Draft]:
    """Leave out `latest-run`, which is a link to a run or a copy of it."""
    kept = {d.source.digest for d in drafts if "/latest-run/" not in f"/{d.source.name}"}
    return [d for d in drafts if "/latest-run/" not in f"/{d.source.name}" or d.source.digest not in kept]
