"""Which shapes of file a set of sources has, so that an answer about a column can be remembered for its shape."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostics.exceptions import UnreadableFile
from diagnostics.readers import archives, grouping
from diagnostics.readers.assembly import shape_key
from diagnostics.readers.draft import Draft
from diagnostics.readers.reading import read_one
from diagnostics.readers.scratch import using
from diagnostics.readers.source import Source


def shapes(sources: Sequence[Source]) -> dict[str, frozenset[str]]:
    """Shape key and series names of every run log among the sources, archives included.

    Parameters
    ----------
    sources : sequence of Source

    Returns
    -------
    dict of shape key to series names
        As `assembly.shape_key` makes the keys; files that cannot be read are left out.
    """
    drafts: list[Draft] = []
    with using(None):
        files, _refused = archives.expand(sources)
        for file in files:
            try:
                readings = read_one(file)
            except UnreadableFile:
                continue
            drafts += [draft for draft in readings if isinstance(draft, Draft)]
    # Joining files into runs gives some series other names; answers are about those.
    parts = (part for run in grouping.runs(drafts, []) for part in run if part.series)
    return {shape_key(part): frozenset(series.name for series in part.series) for part in parts}
