"""The runs and prediction sets a report speaks of: by their key, under the names the lists show."""

from __future__ import annotations

from collections.abc import Sequence

from app import loading
from app.components.text import escape, shorten
from diagnostics.types import Finding, Subject
from diagnostics.workspace import PredictionsEntry, RunEntry


class Subjects:
    """Finds the list entry and the shown name of a subject.

    Parameters
    ----------
    runs, sets : sequences of list entries
        All of the project.
    """

    def __init__(self, runs: Sequence[RunEntry], sets: Sequence[PredictionsEntry]) -> None:
        self._runs = {entry.digest: entry for entry in runs}
        self._sets = {entry.digest_of_table: entry for entry in sets}
        self._all_sets = tuple(sets)

    def run(self, subject: Subject) -> RunEntry | None:
        """Return the run, or None where the subject is something else."""
        return self._runs.get(subject.key) if subject.kind == "run" else None

    def set(self, subject: Subject) -> PredictionsEntry | None:
        """Return the prediction set, or None where the subject is something else."""
        return self._sets.get(subject.key) if subject.kind != "run" else None

    def name(self, subject: Subject) -> str:
        """Return the plain name to show; prediction sets of the same name get their folder in front."""
        entry = self.set(subject)
        return loading.label(entry, self._all_sets) if entry is not None else subject.name

    def shown(self, subject: Subject, limit: int = 32) -> str:
        """Return the name shortened and escaped for Markdown."""
        return escape(shorten(self.name(subject), limit))

    def listed(self, findings: Sequence[Finding], limit: int = 3) -> tuple[str, int]:
        """Return the first names, ready for Markdown, and how many more there are."""
        names = list(dict.fromkeys(self.shown(finding.subject) for finding in findings))
        return ", ".join(names[:limit]), max(0, len(names) - limit)
