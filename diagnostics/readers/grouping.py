"""Which drafts are one run: files of one folder, split folders, checkpoints that repeat each other."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostics.readers.draft import Draft
from diagnostics.types import RunConfig


def runs(drafts: Sequence[Draft], configs: Sequence[RunConfig]) -> list[list[Draft]]:
    """Join drafts into runs.

    Parameters
    ----------
    drafts : sequence of Draft
    configs : sequence of RunConfig

    Returns
    -------
    list of list of Draft
        The parts of each run, in the order the runs were met.
    """
    joined: dict[str, list[Draft]] = {}
    for draft in drafts:
        joined.setdefault(draft.run, []).append(draft)
    return list(joined.values())
