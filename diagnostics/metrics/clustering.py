"""Classes in an order that puts those that are mixed up beside each other."""

from __future__ import annotations

import numpy as np

from diagnostics.types import ConfusionCounts, IntArray


def clustered(confusion: ConfusionCounts) -> IntArray:
    """Class numbers so that confused classes are neighbours, shape (k,).

    Average linkage on 1 - affinity, leaves ordered optimally (Bar-Joseph et al. 2001) up to a few hundred classes.
    The affinity of two classes is the mean of both shares of truth that go to the other.
    """
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import squareform

    size = len(confusion.classes)
    if size < 3:
        return np.arange(size)
    share = confusion.counts / np.maximum(confusion.support, 1e-12)[:, None]
    affinity = (share + share.T) / 2
    # Confusions are rare; the square root spreads small shares so that the tree sees more than the largest.
    distance = 1 - np.sqrt(np.clip(affinity / max(float((affinity - np.diag(np.diag(affinity))).max()), 1e-12), 0, 1))
    np.fill_diagonal(distance, 0)
    flat = squareform(distance, checks=False)
    tree = linkage(flat, method="average")
    if size <= BEST_ORDER:
        tree = optimal_leaf_ordering(tree, flat)
    return np.asarray(leaves_list(tree), dtype=np.int64)


BEST_ORDER = 300
"""Up to so many classes the leaves are put in the best order, which takes cubic time."""
