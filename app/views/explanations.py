"""Explanations: why this prediction, which features matter, what the errors have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from app import loading
from app.components import choices, links, set_page
from app.components.explain import compare, data, errors, features, model, overall, row, subject, tree
from app.components.explain import picture as picture_of
from app.components.explain.picture import Picture
from app.components.files import uploads
from app.components.text import escape
from app.i18n import _, language
from diagnostics.exceptions import RunClinicError
from diagnostics.knowledge import error_text
from diagnostics.types import Predictions


def render() -> None:
    """Draw the page."""
    st.title(_("Explanations"), anchor=False)
    st.caption(_("Why this prediction, which features matter, and what do the errors have in common?"))
    uploads.report(stored=False)
    opened = set_page.opened("explanations")
    if opened is None:
        return
    entry, predictions = opened
    try:
        picture = subject.obtain(predictions, loading.predictions(entry))
    except RunClinicError as error:
        st.warning(escape(error_text(error, language())))
        links.to_page("files", _("Runs & files") + " ›")
        return
    if picture is not None:
        _parts(picture, predictions)


def _parts(picture: Picture, predictions: Predictions) -> None:
    set_page.line(picture_of.method(picture))
    offered = {
        "all": _("All rows"), "row": _("One row"), "feature": _("One feature"), "errors": _("Errors"),
        "compare": _("Importance compared"), "tree": _("Tree"),
    }  # fmt: skip
    part = choices.one(_("Show"), offered, key="part", default="all")
    rest = partial(picture_of.rest, picture, st.container())
    drawn = {
        "row": _row, "feature": features.draw, "compare": compare.draw, "tree": tree.draw,
        "errors": partial(errors.draw, predictions=predictions),
    }  # fmt: skip
    if part == "all":
        _all(picture, rest)
    else:
        rest()
        drawn[part](picture)
    with st.expander(_("How this is computed")):
        st.markdown("\n".join(f"- {line}" for line in _method(picture)))


def _all(picture: Picture, rest: Callable[[], None]) -> None:
    overall.draw(picture, rest)
    st.header(_("One row"), anchor=False)
    row.waterfall(picture, data.pick_row(picture))
    with st.expander(_("All rows as a heatmap"), key="explain_heatmap", on_change="rerun") as opened:
        if opened.open:
            overall.heatmap(picture)


def _row(picture: Picture) -> None:
    place = data.pick_row(picture)
    row.waterfall(picture, place)
    row.force(picture, place)
    row.lime(picture, place)


def _method(picture: Picture) -> list[str]:
    lines = [
        _("Contributions add up: expected value plus all contributions is the model's own answer. Where they miss it "
          "by more than 1 % of its range, nothing is drawn."),
        _("Tree SHAP spreads interactions along the paths of the trees; permutation sampling breaks the ties between "
          "features. With correlated features the two may differ."),
        _("A contribution says what the model used, not what causes the outcome."),
        _("Results repeat with the seed and are kept by the content of model and file."),
    ]  # fmt: skip
    described = picture_of.description_of(picture)
    if described is not None:
        lines.append(model.locks(described))
    return lines
