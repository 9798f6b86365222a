"""How the columns of a run were understood: which training and validation series belong together."""

from __future__ import annotations

import streamlit as st

from app.components.text import escape, plain
from app.i18n import _, language
from diagnostics.knowledge import label, note_text
from diagnostics.types import Curve, Run, Split

_SPLITS = (Split.TRAIN, Split.VALIDATION, Split.TEST, None)


def draw(run: Run) -> None:
    """Draw the pairing as a table, a row a metric, and what the reader noticed."""
    metrics = list(dict.fromkeys(curve.metric for curve in run.curves))
    curves = {split: [_named(run.curve(metric, split)) for metric in metrics] for split in _SPLITS}
    table: dict[str, list[str]] = {_("Metric"): [plain(metric) for metric in metrics]}
    heads = {Split.TRAIN: _("Training"), Split.VALIDATION: _("Validation"), Split.TEST: _("Test"), None: _("No split")}
    for split, head in heads.items():
        if any(curves[split]):
            table[head] = curves[split]
    of_metric = {metric: next(c for c in run.curves if c.metric == metric) for metric in metrics}
    table[_("Role")] = [label(of_metric[metric].role, language()) for metric in metrics]
    table[_("Better")] = [_direction(of_metric[metric]) for metric in metrics]
    st.dataframe(
        table,
        hide_index=True,
        alt=_("Which columns of the files were paired as training and validation of the same metric"),
    )
    for note in run.notes:
        st.markdown(f"- {escape(note_text(note, language()))}")


def _named(curve: Curve | None) -> str:
    return "" if curve is None else f"{plain(curve.source)} ({len(curve)})"


def _direction(curve: Curve) -> str:
    if curve.greater_is_better is None:
        return ""
    return _("higher") if curve.greater_is_better else _("lower")
