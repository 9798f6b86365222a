"""Versions of what is installed, and what cannot be read because something is not."""

from __future__ import annotations

import platform
from functools import cache
from importlib import metadata

import streamlit as st

from app.i18n import _

PARTS = {
    "run-clinic": "Run Clinic", "streamlit": "Streamlit", "duckdb": "DuckDB", "scikit-learn": "scikit-learn",
    "shap": "shap", "lime": "lime",
}  # fmt: skip
READERS = {
    "onnxruntime": "ONNX", "xgboost-cpu": "XGBoost", "lightgbm": "LightGBM", "catboost": "CatBoost", "skops": "skops",
}  # fmt: skip
SAME = {"xgboost-cpu": "xgboost"}
"""Another name under which the same library may be installed."""


def draw() -> None:
    """Draw the versions."""
    st.header(_("Versions"), anchor=False)
    found = {shown: version(name) for name, shown in {**PARTS, **READERS}.items()}
    found["Python"] = platform.python_version()
    st.dataframe(
        {
            _("Part"): [*found, _("System")],
            _("Version"): [*(v or _("not installed") for v in found.values()), platform.platform(terse=True)],
        },
        hide_index=True, key="status_versions", alt=_("Versions of what is installed"),
    )  # fmt: skip
    if not all(version(name) for name in READERS):
        st.caption(_("Model formats that are not installed come with the extra: pip install 'run-clinic[models]'."))


@cache
def version(name: str) -> str:
    """Return the version of an installed package, "" where it is not installed."""
    for known in (name, SAME.get(name, name)):
        try:
            return metadata.version(known)
        except metadata.PackageNotFoundError:
            continue
    return ""
