"""A shallow tree that stands in for the model, drawn, with the path of the chosen row."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import TYPE_CHECKING

import streamlit as st

from app import state
from app.components import chart, sliders
from app.components.explain import data, store, subject
from app.components.text import escape
from app.i18n import _
from diagnostics.figures import explanations_tree as figures

if TYPE_CHECKING:
    from app.components.explain.subject import Picture
    from diagnostics.explanations.surrogates import Surrogate
    from diagnostics.explanations.tree_shape import Node
    from diagnostics.explanations.work import Outcome

DEEPEST = 6


def draw(picture: Picture) -> None:
    """Draw the tree with its depth control, its fidelity and the path of a row."""
    from diagnostics.explanations import tree_shape, work

    st.caption(_("A single tree fitted to the answers in the file: easy to read, and only as true as its fidelity."))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        depth = sliders.whole(_("Depth"), key="depth", default=3, low=1, high=DEEPEST)
        place = data.pick_row(picture)
    names = tuple(data.encoding(picture).names)
    sample, number = picture.sample, picture.number
    key = hashlib.sha256(f"{picture.key}{names}{depth}".encode()).hexdigest()
    outcome: Outcome | None = store.wait_for(
        f"tree-{key}",
        lambda job: work.stand_in(job, sample, names, number, (picture.key,), depth=depth, explained=False),
        told=_("Fitting a tree"),
    )
    if outcome is None:
        return
    subject.fidelity(outcome)
    surrogate: Surrogate = outcome.subject.surrogate  # type: ignore[union-attr]
    lit = tree_shape.path(surrogate.model, outcome.subject.matrix[place])
    boxes = tree_shape.nodes(surrogate.model, outcome.subject.encoding, depth=depth)
    words = data.words("", rows=_("rows"))
    figure = figures.tree(boxes, words, state.theme(), lit=lit)
    leaves = sum(not box.feature for box in boxes)
    alt = _("Decision tree of depth {depth} with {n} leaves; the path of the chosen row is lit.")
    chart.chart(figure, key=f"tree-{key[:24]}-{place}", alt=alt.format(depth=depth, n=leaves), file="tree")
    passed = [box for box in boxes if box.number in lit]
    questions = [f"{escape(figures.question(box))} · {yes}" for box, yes in _answers(passed)]
    st.markdown(_("Path of the row:") + " " + " → ".join([*questions, f"**{passed[-1].value:.4g}**"]))
    st.caption(_("Left means yes. Boxes hold the mean answer of their rows and the number of rows."))


def _answers(passed: list[Node]) -> list[tuple[Node, str]]:
    """Pair each question on the path with its answer."""
    return [(box, _("yes") if below.x < box.x else _("no")) for box, below in pairwise(passed)]
