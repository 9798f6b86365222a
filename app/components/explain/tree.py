"""A tree with the path of the chosen row: one of the model's own, or a shallow one that stands in for the model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import streamlit as st

from app import state
from app.components import chart, choices, sliders
from app.components.explain import data, native, store, subject
from app.components.text import escape
from app.i18n import _, language
from diagnostics.figures import explanations_tree as figures
from diagnostics.knowledge.numbers import number

if TYPE_CHECKING:
    from app.components.explain.picture import Picture
    from diagnostics.explanations.native import NativeImportance
    from diagnostics.explanations.surrogates import Surrogate
    from diagnostics.explanations.tree_shape import Node
    from diagnostics.explanations.work import Outcome

DEEPEST = 6


def draw(picture: Picture) -> None:
    """Draw which tree, its depth control and the path of a row."""
    own = native.obtain(picture)
    if own is None or not own.trees:
        if picture.kind == "model" and own is not None:
            st.caption(_("This model has no trees of its own that can be read. The tree below stands in for it."))
        _stand_in(picture)
        return
    offered = {"own": _("The model's own"), "stand_in": _("Stand-in")}
    if choices.one(_("Tree of"), offered, key="tree_of", default="own") == "own":
        _own(picture, own)
    else:
        _stand_in(picture)


def _own(picture: Picture, own: NativeImportance) -> None:
    from diagnostics.explanations import model_tree, work
    from diagnostics.explanations.subject import ModelSubject

    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = sliders.whole(
            _("Tree (of {n})").format(n=own.trees), key="tree_number", default=1, low=1, high=own.trees,
            help=_("In the order of training; of a boosting the first ones carry most."),
        )  # fmt: skip
        depth = sliders.whole(_("Depth"), key="depth", default=3, low=1, high=DEEPEST)
        place = data.pick_row(picture)
    given = picture.outcome.subject if picture.outcome is not None else None
    assert isinstance(given, ModelSubject)
    found = store.wait_for(
        f"own-tree-{given.key}-{chosen}", lambda job: work.model_tree(job, given, chosen - 1),
        told=_("Reading the tree"),
    )  # fmt: skip
    if found is None:
        return
    tree, seen = found
    passed = tree.reached(seen)
    boxes = model_tree.boxes(tree, passed, _names(own, seen.shape[1]), _texts(picture), depth=depth)
    lit = set(passed[place].nonzero()[0].tolist())
    _figure(boxes, lit, f"own-{picture.key[:40]}-{chosen}-{depth}-{place}", depth)
    value = number(float(tree.answers(seen[[place]])[0]), language(), 4)
    _path(boxes, lit, value)
    st.caption(_("Left means yes. n counts the rows of this file that reach a box; the number is what the tree adds to "
                 "the model's raw output there, above a leaf its mean over these rows."))  # fmt: skip
    if own.before:
        text = _("The tree sees the inputs after these steps: {steps}. Its thresholds are in their units.")
        st.caption(text.format(steps=escape(", ".join(own.before))))


def _names(own: NativeImportance, width: int) -> Sequence[str]:
    return own.features if len(own.features) == width else [f"f{i}" for i in range(width)]


def _texts(picture: Picture) -> dict[str, dict[float, str]]:
    """Return the texts of the codes of each categorical column, as the binding has them."""
    from diagnostics.explanations.subject import ModelSubject

    given = picture.outcome.subject if picture.outcome is not None else None
    if not isinstance(given, ModelSubject):
        return {}
    return {name: {code: text for text, code in codes.items()} for name, codes in given.binding.codes.items()}


def _stand_in(picture: Picture) -> None:
    from diagnostics.explanations import tree_shape, work

    st.caption(_("A single tree fitted to the answers in the file: easy to read, and only as true as its fidelity."))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        depth = sliders.whole(_("Depth"), key="depth", default=3, low=1, high=DEEPEST)
        place = data.pick_row(picture)
    names = tuple(data.encoding(picture).names)
    sample, number_of_class = picture.sample, picture.number
    key = hashlib.sha256(f"{picture.key}{names}{depth}".encode()).hexdigest()
    outcome: Outcome | None = store.wait_for(
        f"tree-{key}",
        lambda job: work.stand_in(job, sample, names, number_of_class, (picture.key,), depth=depth, explained=False),
        told=_("Fitting a tree"),
    )
    if outcome is None:
        return
    subject.fidelity(outcome)
    surrogate: Surrogate = outcome.subject.surrogate  # type: ignore[union-attr]
    lit = set(tree_shape.path(surrogate.model, outcome.subject.matrix[place]))
    boxes = tree_shape.nodes(surrogate.model, outcome.subject.encoding, depth=depth)
    _figure(boxes, lit, f"tree-{key[:24]}-{place}", depth)
    last = [box for box in boxes if box.number in lit][-1]
    _path(boxes, lit, number(last.value, language(), 4))
    st.caption(_("Left means yes. Boxes hold the mean answer of their rows and the number of rows."))


def _figure(boxes: Sequence[Node], lit: set[int], key: str, depth: int) -> None:
    figure = figures.tree(boxes, data.words("", rows=_("rows")), state.theme(), lit=lit)
    leaves = sum(not box.feature for box in boxes)
    alt = _("Decision tree of depth {depth} with {n} leaves; the path of the chosen row is lit.")
    chart.chart(figure, key=key, alt=alt.format(depth=depth, n=leaves), file="tree")


def _path(boxes: Sequence[Node], lit: set[int], value: str) -> None:
    passed = [box for box in boxes if box.number in lit]
    steps = [f"{escape(figures.question(box))} · {yes}" for box, yes in _answers(passed)]
    if passed[-1].cut:
        steps.append("…")
    st.markdown(_("Path of the row:") + " " + " → ".join([*steps, f"**{escape(value)}**"]))


def _answers(passed: Sequence[Node]) -> list[tuple[Node, str]]:
    """Pair each question on the path with its answer."""
    return [(box, _("yes") if below.x < box.x else _("no")) for box, below in pairwise(passed)]
