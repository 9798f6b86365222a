"""Untagged errors that look like a category: offered with what they share, accepted or refused by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MINIMUM_MEMBERS = 3


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """Untagged examples for one category.

    Attributes
    ----------
    category : str
    keys : tuple of str
        Most alike first.
    because : tuple of str
        The features that weigh most in the likeness ("camera=night", "truth=3", a word), at most five.
    """

    category: str
    keys: tuple[str, ...]
    because: tuple[str, ...]


def suggest(
    features: Mapping[str, Sequence[str]], tagged: Mapping[str, str], refused: frozenset[tuple[str, str]] = frozenset()
) -> tuple[Suggestion, ...]:
    """Find untagged examples that are as alike to a category as its own members are to each other.

    Examples are bags of features weighted by rarity (tf-idf) and compared by cosine. An untagged example is offered
    to the category whose centroid it is nearest to, if it is nearer than the median member is to the others'
    centroid; so a category of examples that share nothing offers nothing.

    Parameters
    ----------
    features : mapping of example key to its features
        "column=value", "truth=...", "predicted=...", words of the text.
    tagged : mapping of example key to category
    refused : set of (key, category)
        Never offered again.

    Returns
    -------
    tuple of Suggestion
        Largest first; categories with fewer than three members are left out.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    keys = [key for key in features if features[key]]
    members = {c: [i for i, k in enumerate(keys) if tagged.get(k) == c] for c in sorted(set(tagged.values()))}
    members = {category: rows for category, rows in members.items() if len(rows) >= MINIMUM_MEMBERS}
    untagged = [i for i, key in enumerate(keys) if key not in tagged]
    if not members or not untagged:
        return ()
    vectorizer = TfidfVectorizer(analyzer=lambda bag: bag, sublinear_tf=True)
    matrix = vectorizer.fit_transform([list(features[key]) for key in keys])
    names = vectorizer.get_feature_names_out()
    categories = list(members)
    centroids = np.vstack([_unit(np.asarray(matrix[members[c]].mean(axis=0)).ravel()) for c in categories])
    likeness = np.asarray(matrix[untagged] @ centroids.T)
    best = likeness.argmax(axis=1)
    found: list[Suggestion] = []
    for number, category in enumerate(categories):
        bar = _typical_likeness(matrix[members[category]].toarray())
        near = [
            (float(likeness[row, number]), keys[index])
            for row, index in enumerate(untagged)
            if best[row] == number and likeness[row, number] > bar and (keys[index], category) not in refused
        ]
        if near:
            weights = centroids[number] * np.log1p(matrix[members[category]].getnnz(axis=0))
            because = tuple(str(names[i]) for i in np.argsort(-weights)[:5] if weights[i] > 0)
            ordered = tuple(key for _, key in sorted(near, key=lambda pair: (-pair[0], pair[1])))
            found.append(Suggestion(category=category, keys=ordered, because=because))
    return tuple(sorted(found, key=lambda s: -len(s.keys)))


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector


def _typical_likeness(rows: NDArray[np.float64]) -> float:
    """Median cosine of each member with the centroid of the others, shape of rows (members, features)."""
    total = rows.sum(axis=0)
    return float(np.median([float(row @ _unit(total - row)) for row in rows]))
