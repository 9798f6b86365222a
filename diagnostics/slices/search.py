"""Search all slices of one and two conditions (three on request) for those that are worse than chance explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from diagnostics.slices.atoms import Atoms, alone, combined
from diagnostics.slices.attributes import Attribute, Kind
from diagnostics.slices.counters import Counter, InMemory
from diagnostics.slices.counting import Cancelled, Event, Progress, Scores
from diagnostics.slices.deepening import Deeper, deeper
from diagnostics.slices.refinement import refined
from diagnostics.slices.scan import LARGEST_P, Candidate, Scan, Tables, Term, scan
from diagnostics.slices.tails import Population, log_upper_tail

LEVEL = 0.03
"""Adjusted p up to which a slice is reported. Of 2,500 noise files of 2,000 rows 2.4 % then report one (4.0 % at
0.05), and a slice of 125 rows with 35 % against 15 % errors is seen in 88 %; `benchmarks/slices.py` counts
again."""

MAX_GROUPS = 20
"""Separate weak slices looked for; a file with more has one problem, not twenty."""

INSIDE_LEVEL = 0.05
"""Family-wise error allowed when a slice of two conditions is tested against the rest of either one."""

SIMPLER = 2.0
"""Natural logarithms by which a child must be more surprising than a significant parent; else the simpler is told."""

MOST_ROWS, LEAST_ROWS, SHARE_OF_ROWS = 100, 20, 0.05
"""A slice needs 100 rows, in files under 2,000 rows 5 % of them, and never fewer than 20."""


def default_min_size(n: int) -> int:
    """Rows a slice must have where nobody said otherwise."""
    return int(np.clip(round(SHARE_OF_ROWS * n), LEAST_ROWS, MOST_ROWS))


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """One weak slice and the candidates that it explains.

    Attributes
    ----------
    tried : Candidate
        As it was tested.
    terms : tuple of Term
        The same with its edges refined.
    members : tuple of Candidate
        Other surviving candidates that are no longer surprising once these rows are set aside.
    threshold : float
        z that a candidate of this level needed to be reported.
    """

    tried: Candidate
    terms: tuple[Term, ...]
    members: tuple[Candidate, ...]
    threshold: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """What a search gives.

    Attributes
    ----------
    groups : tuple of Group
        In the order they were found, most surprising first.
    tested, survived : int
        Slices tried, and those with an adjusted p below the level.
    first : Scan
        All survivors.
    """

    groups: tuple[Group, ...]
    tested: int
    survived: int
    first: Scan


class Search:
    """Counts and conditions of one data set, ready to be searched.

    Parameters
    ----------
    attributes : sequence of Attribute
        Coded in memory; empty with a counter.
    scores : Scores, optional
        Larger is worse.
    counter : Counter, optional
        Where the rows are counted elsewhere.
    min_size : int
    depth : int
        Largest number of conditions, 1 to 3.
    progress, cancel
        See `counting.pairs`.
    """

    def __init__(
        self, attributes: Sequence[Attribute] = (), scores: Scores | None = None, *, min_size: int, depth: int = 2,
        counter: Counter | None = None, progress: Progress | None = None, cancel: Event | None = None,
    ) -> None:  # fmt: skip
        if counter is None:
            if scores is None:
                raise ValueError("a search needs scores or a counter")
            counter = InMemory(attributes, scores)
        self.counter = counter
        self.attributes = counter.attributes
        self.min_size = min_size
        self.depth = depth
        self.alone: list[Atoms] = [alone(a) for a in self.attributes]
        self.combined: list[Atoms] = [combined(a) for a in self.attributes]
        self._progress = progress
        self._cancel = cancel

    def tables(self, inside: Sequence[Term] = (), progress: Progress | None = None) -> Tables:
        """Counts over all rows, or over those of some conditions."""
        two = self.depth >= 2 and len(self.attributes) >= 2
        return self.counter.tables(inside, pairs_too=two, progress=progress, cancel=self._cancel)

    def scan(self, tables: Tables, of: Population, *, level: float) -> Scan:
        """Try all candidates on some counts; those of three conditions on the rows that still count."""
        further: list[Deeper] = []
        tried = 0
        if self.depth >= 3 and tables.pairs:
            further, tried = deeper(
                tables, self.combined, self.counter, of, min_size=self.min_size, cancel=self._cancel
            )  # fmt: skip
        return scan(
            tables, self.alone, self.combined, of, min_size=self.min_size, level=level,
            further=further, further_tested=tried,
        )  # fmt: skip

    def run(self, *, level: float = LEVEL) -> Found:
        """Find weak slices one after the other; each time the rows of the last are set aside and all is tried anew.

        Setting them aside leaves only what the found slice does not explain: its parents, its overlaps and its
        children fall away unless they are worse for their own reasons.

        Raises
        ------
        Cancelled
        """
        self.counter.restart()
        tables = self.tables(progress=self._progress)
        of = self.counter.population()
        first = current = self.scan(tables, of, level=level)
        groups: list[Group] = []
        while current.found and len(groups) < MAX_GROUPS:
            if self._cancel is not None and self._cancel.is_set():
                raise Cancelled
            tried = self._not_its_parent(current)
            terms = refined(tried.terms, self.counter, of, min_size=self.min_size)
            aside = self.tables(terms)
            if not aside.single[0].n.sum():
                break
            self.counter.set_aside(terms)
            tables = tables - aside
            of = self.counter.population()
            following = self.scan(tables, of, level=level)
            left = {c.terms for c in following.found}
            members = tuple(c for c in current.found if c.terms not in left and c.terms != tried.terms)
            group = Group(tried=tried, terms=terms, members=members, threshold=_threshold(current, tried, level))
            _keep(groups, group, self.attributes)
            current = following
        return Found(groups=tuple(groups), tested=first.total, survived=len(first.found), first=first)

    def _not_its_parent(self, current: Scan) -> Candidate:
        """The best candidate, or its parent where the child is not worse than the remainder of that parent."""
        best = current.found[0]
        if best.level < 2:
            return best
        survivors = {c.terms: c for c in current.found}
        for place in range(best.level):
            parent = survivors.get(best.terms[:place] + best.terms[place + 1 :])
            if parent is None:
                continue
            if best.weighted_log_p > parent.weighted_log_p - SIMPLER:
                return parent
            inside = self.counter.population(parent.terms)
            log_p = log_upper_tail(np.array([best.n]), np.array([best.total]), inside)[0]
            number = best.terms[place][0]
            # Ranges of one number overlap so much that they count for no more than its bins.
            siblings = sum(
                a.coarse_size - 1 for i, a in enumerate(self.attributes) if i not in {t[0] for t in parent.terms}
            )
            if log_p > np.log(INSIDE_LEVEL / max(1, siblings)) or number in {t[0] for t in parent.terms}:
                return parent
        return best


def _threshold(current: Scan, tried: Candidate, level: float) -> float:
    """The z that a candidate of the same number of conditions needed to be reported."""
    from scipy.special import ndtri_exp

    accepted = max(1, len(current.found))
    log_p = np.log(level) + np.log(accepted) - np.log(current.total) + np.log(current.weights[tried.level])
    needed = -float(ndtri_exp(min(log_p, np.log(LARGEST_P))))
    # Tails are a little heavier than the normal curve's; the candidate's own z says by how much.
    return min(tried.z, needed * tried.z / -float(ndtri_exp(min(tried.log_p, -1.0))))


def _keep(groups: list[Group], group: Group, attributes: Sequence[Attribute]) -> None:
    """Add a group, or count it to an earlier one when it is the same range drawn wider.

    A loss that grows steadily along a number would otherwise be listed as several slices, one inside the other.
    """
    numbers = {n for n, _ in group.terms}
    ranged = any(attributes[n].kind is not Kind.CATEGORY for n in numbers)
    for place, earlier in enumerate(groups):
        same = numbers <= {n for n, _ in earlier.terms} or numbers >= {n for n, _ in earlier.terms}
        if ranged and same and _touching(earlier, group, attributes):
            groups[place] = replace(earlier, members=(*earlier.members, group.tried, *group.members))
            return
    groups.append(group)


def _touching(earlier: Group, later: Group, attributes: Sequence[Attribute]) -> bool:
    """Whether the ranges of two groups overlap or lie side by side on every attribute that both use."""
    first = dict(earlier.terms)
    shared = [(first[n], members, attributes[n]) for n, members in later.terms if n in first]
    return bool(shared) and all(
        bool(set(a) & set(b)) or (of.kind is not Kind.CATEGORY and (a[-1] + 1 == b[0] or b[-1] + 1 == a[0]))
        for a, b, of in shared
    )
