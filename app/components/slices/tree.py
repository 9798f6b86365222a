"""The errors as a tree: which questions divide the rows into easy and hard ones."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from app import state
from app.components import active_slice, chart
from app.components.slices import forest, search, table
from app.components.slices import words as slice_words
from app.components.slices.controls import Reading
from app.i18n import _, language
from diagnostics.figures.slices_tree import Branch, tree
from diagnostics.knowledge.numbers import integer
from diagnostics.slices import surveying
from diagnostics.slices.gauge import is_worse
from diagnostics.slices.tree import Node
from diagnostics.types import Predictions


def draw(predictions: Predictions, reading: Reading) -> None:
    """Draw the tree and its nodes as a table."""
    root = search.result(surveying.tree, predictions, reading.metric, reading.min_size, reading.depth)
    if root is None:
        return
    if not root.children:
        st.info(_("No question divides the rows into clearly easier and harder ones."))
        return
    nodes = list(_walk(root, 0, None, []))
    branches = [branch for branch, _node in nodes]
    slices = [node.slice for _branch, node in nodes]
    words = slice_words.figure_words(root.slice.metric.name)
    figure = tree(branches, words, state.theme())
    leaves = [f"{slice_words.told(node.slice.predicate)}: {slice_words.value(node.slice.metric)}"
              for _branch, node in nodes if not node.children]  # fmt: skip
    alt = _("A tree of {n} nodes. Its leaves: {leaves}.").format(n=len(nodes), leaves="; ".join(leaves[:4]))
    key = predictions.digest[:12]
    events = chart.chart(figure, key=f"tree-{key}", alt=alt, file="slice-tree", clickable=True)
    forest.chosen(events.click, [one.predicate for one in slices], key=key)
    table.draw(slices[1:], root.slice.metric, key=f"tree-table-{key}", alt=_("Nodes of the tree"), tested=False)
    st.caption(_("The tree is for looking, not for testing: its questions were chosen because they divide the loss, so "
                 "its differences look larger than they are."))  # fmt: skip


def _walk(node: Node, depth: int, parent: int | None, seen: list[int]) -> Iterator[tuple[Branch, Node]]:
    place = len(seen)
    seen.append(place)
    found = node.slice
    # A node is named by what it adds to its parent; a range that narrows an earlier one is told whole.
    own = found.predicate[-1:] if depth else ()
    value = f"{slice_words.metric(found.metric.name)} {slice_words.value(found.metric)} · n = {{n}}"
    yield (
        Branch(
            name=slice_words.told(own) if depth else _("all rows"), told=value.format(n=integer(found.n, language())),
            value=found.metric, worse=is_worse(found), depth=depth, parent=parent,
            chosen=bool(found.predicate) and found.predicate == active_slice.predicate(),
        ),
        node,
    )  # fmt: skip
    for child in node.children:
        yield from _walk(child, depth + 1, place, seen)
