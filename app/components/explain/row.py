"""One row: its waterfall, its forces, and LIME beside SHAP with where they disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from app import state
from app.components import chart, set_page
from app.components.explain import data, store
from app.components.text import escape
from app.i18n import _, language
from diagnostics.figures import explanations as figures
from diagnostics.figures import explanations_features as more
from diagnostics.knowledge.numbers import number

if TYPE_CHECKING:
    from app.components.explain.picture import Picture
    from diagnostics.explanations.local_linear import LocalExplanation

STEPS = 10
"""Features of the waterfall; the others are one step."""

COMPARED = 12
FIT = 0.5
"""Local R² under which the weights of LIME say little."""


def waterfall(picture: Picture, place: int) -> None:
    """Draw how the contributions of a row lead from the base to its answer."""
    attribution = picture.explained.attribution
    values = attribution.values[place]
    order = np.argsort(-np.abs(values), kind="stable")
    top, others = order[:STEPS], order[STEPS:]
    words = data.words(picture.output, base=_("expected"), answer=_("this row"), rest=_("{n} other features"))
    figure = figures.waterfall(
        [data.named(picture, int(column), place) for column in top], values[top],
        float(attribution.base[place]), words, state.theme(), rest=float(values[others].sum()),
        rest_count=len(others),
    )  # fmt: skip
    row = int(picture.sample.row[place])
    alt = _("Waterfall of row {row}: from the expected {output} to its own, one step for each feature.")
    chart.chart(figure, key="explained-waterfall", alt=alt.format(row=row, output=picture.output),
                file=f"waterfall-row-{row}")  # fmt: skip


def force(picture: Picture, place: int) -> None:
    """Draw what raises and what lowers the answer of a row."""
    attribution = picture.explained.attribution
    names = [data.named(picture, column, place) for column in range(len(attribution.features))]
    words = data.words(picture.output, base=_("expected"), answer=_("this row"))
    figure = figures.force(names, attribution.values[place], float(attribution.base[place]), words, state.theme())
    row = int(picture.sample.row[place])
    st.caption(_("Orange raises the answer, blue lowers it."))
    alt = _("Features that raise and features that lower the answer of row {row}").format(row=row)
    chart.chart(figure, key="explained-force", file=f"force-row-{row}", alt=alt)


def lime(picture: Picture, place: int) -> None:
    """Draw LIME beside SHAP for a row, and where they disagree."""
    from diagnostics.explanations import work

    st.header(_("LIME beside SHAP"), anchor=False)
    outcome, row = picture.outcome, int(picture.sample.row[place])
    if outcome is None:
        st.caption(_("LIME asks the model for new rows; uploaded values cannot answer. Add the model for it."))
        return
    found: LocalExplanation | None = store.wait_for(
        f"lime-{picture.key}-{row}", lambda job: work.explain_row(job, outcome.subject, place),
        told=_("Explaining the row with LIME under five seeds"),
    )  # fmt: skip
    if found is not None:
        _side_by_side(picture, place, found)


def _side_by_side(picture: Picture, place: int, found: LocalExplanation) -> None:
    from diagnostics.explanations.disagreement import compare

    values = picture.explained.attribution.values[place]
    differ = compare(found.features, values, found.weights)
    facts = {
        _("Local R² of LIME"): found.fit,
        _("Agreement of its {n} seeds").format(n=len(found.seeds)): found.agreement,
        _("Rank agreement with SHAP"): differ.agreement,
    }
    set_page.line([f"{name} **{escape(number(value, language()))}**" for name, value in facts.items()])
    if found.fit < FIT:
        st.caption(_("The local model of LIME fits badly here, so its weights say little about this row."))
    both = np.abs(values) / (np.abs(values).max() or 1) + np.abs(found.weights) / (np.abs(found.weights).max() or 1)
    order = np.argsort(-both, kind="stable")[:COMPARED]
    marked = {*differ.opposite, *differ.only_first, *differ.only_second}
    names = [data.named(picture, int(column), place) for column in order]
    flagged = [name for name, column in zip(names, order, strict=True) if found.features[int(column)] in marked]
    words = data.words(
        "", first=_("SHAP: contribution to the {output}").format(output=picture.output),
        second=_("LIME: local weight"),
    )  # fmt: skip
    figure = more.side_by_side(
        names, values[order], found.weights[order], words, state.theme(), low=found.low[order],
        high=found.high[order], marked=flagged,
    )  # fmt: skip
    row = int(picture.sample.row[place])
    chart.chart(figure, key=f"both-{picture.key}-{row}", file=f"shap-lime-row-{row}",
                alt=_("Contributions by SHAP and weights by LIME of row {row}").format(row=row))  # fmt: skip
    _told(differ.opposite, differ.only_first, differ.only_second)


def _told(opposite: tuple[str, ...], first: tuple[str, ...], second: tuple[str, ...]) -> None:
    lines = []
    if opposite:
        lines.append(_("Opposite sign: {names}.").format(names=escape(", ".join(opposite))))
    if first:
        lines.append(_("Among the five largest of SHAP only: {names}.").format(names=escape(", ".join(first))))
    if second:
        lines.append(_("Among the five largest of LIME only: {names}.").format(names=escape(", ".join(second))))
    st.markdown("\n".join(f"- {line}" for line in lines or [_("The two agree on signs and on the largest features.")]))
    st.caption(_("SHAP says how the answer differs from the expected one; LIME how the answer bends around this row. "
                 "They may differ without either being wrong."))  # fmt: skip
