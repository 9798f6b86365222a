"""SHAP values somebody computed elsewhere and uploaded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from app import loading, state
from app.components.explain import store
from app.components.explain.picture import Picture, output
from app.components.text import escape, shorten
from app.i18n import _, language
from diagnostics.exceptions import RunClinicError
from diagnostics.knowledge import error_text
from diagnostics.types import Predictions

if TYPE_CHECKING:
    from diagnostics.explanations.sampling import Sample
    from diagnostics.workspace import Upload


def files(project: str, predictions: Predictions) -> list[Upload]:
    """Return the tables of a project that may hold SHAP values, newest first."""
    found = [u for u in reversed(loading.uploads(project)) if u.name.lower().endswith((".csv", ".parquet", ".npz"))]
    return [u for u in found if predictions.source.name not in (u.name, u.label)]


def pick(offered: list[Upload]) -> Upload:
    """Draw the choice of a file and return it; one that says SHAP in its name comes first."""
    by_id = {upload.id: upload for upload in sorted(offered, key=lambda u: "shap" not in u.name.lower())}
    state.from_address("values")
    if state.widget("values") not in by_id:
        state.control("values", next(iter(by_id)))
    chosen: str = st.selectbox(
        _("File of SHAP values"), list(by_id), format_func=lambda id: shorten(by_id[id].name, 60), key="values",
        width=420,
    )  # fmt: skip
    state.to_address("values", chosen)
    return by_id[chosen]


def picture(file: Upload | None, sample: Sample, number: int) -> Picture | None:
    """Return what a file of values explains; draws why it cannot."""
    from diagnostics.explanations.explaining import Explained
    from diagnostics.explanations.uploaded_values import match, read_values

    if file is None:
        st.info(_("No file of SHAP values in this project yet. Add one above."))
        return None
    try:
        uploaded = read_values(store.path(file), file.name, tuple(sample.columns))
        found = match(uploaded, sample, number)
        if found.attribution.gap == found.attribution.gap:
            found.attribution.checked()
        else:
            st.warning(_("The file has no scores, so whether the values add up to the answers was not checked."))
    except RunClinicError as error:
        st.error(escape(error_text(error, language())))
        return None
    explained = Explained(
        attribution=found.attribution, output=found.output, scale=found.scale, wanted=len(found.place)
    )
    return Picture(
        kind="values", key=f"{file.digest}-{number}-{len(sample)}", sample=_taken(sample, found.place),
        explained=explained, outcome=None, number=number, output=output(sample, number, found.scale),
    )  # fmt: skip


def _taken(sample: Sample, place: Any) -> Sample:
    return replace(
        sample, row=sample.row[place], columns={n: v[place] for n, v in sample.columns.items()},
        truth=sample.truth[place], answer=sample.answer[place],
        scores=None if sample.scores is None else sample.scores[place],
    )  # fmt: skip
