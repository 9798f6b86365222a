"""Where the browser finds plotly.js: the copy inside the Python package, served by this server and by nobody else."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

_PROJECT, _ASSET = "run_clinic", "plotly"
_FOLDER, _FILE = "package_data", "plotly.min.js"


def url() -> str:
    """Return the address of plotly.js on this server, with its version so that browsers may keep it.

    Streamlit serves files of a component's asset folder; the folder is normally declared by an installed package's
    pyproject.toml. Ours is another package's, so it is declared here.
    """
    import plotly

    manager = get_bidi_component_manager()
    name = f"{_PROJECT}.{_ASSET}"
    if manager.get_component_path(name) is None:
        parts = [ComponentConfig(name=_ASSET, asset_dir=_FOLDER)]
        manifest = ComponentManifest(name=_PROJECT, version=plotly.__version__, components=parts)
        manager.register_from_manifest(manifest, Path(plotly.__file__).parent)
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    prefix = f"/{base}" if base else ""
    return f"{prefix}/_stcore/bidi-components/{name}/{_FILE}?v={plotly.__version__}"
