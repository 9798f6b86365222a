"""A plotly figure that reports zooms and clicks, with a list of findings beside it that lights their places.

Streamlit's own chart knows neither zoom events nor clicks on heatmap cells; this one is a small component around the
plotly.js of the Python package.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from app import state
from app.components import plotly_asset
from app.i18n import _

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from diagnostics.figures import KeyEntry

HERE = Path(__file__).parent
_HTML = """
<div class="rc-chart">
  <div class="rc-chart-body">
    <div class="rc-chart-main">
      <div class="rc-chart-tools"></div>
      <div class="rc-chart-plot" role="img"></div>
      <ul class="rc-chart-legend"></ul>
    </div>
    <div class="rc-chart-rail"></div>
  </div>
</div>
"""

# Plotly writes its own style sheet into the document's head, which a shadow root would not see.
_component = st.components.v2.component(
    "run_clinic_chart",
    html=_HTML,
    css=(HERE / "chart.css").read_text(encoding="utf-8"),
    js=(HERE / "chart.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


@dataclass(frozen=True, kw_only=True)
class RailItem:
    """An entry of the list beside the chart.

    Attributes
    ----------
    key : int
        Number in the names of the figure's shapes ("mark:3").
    sign : str
        Severity mark and number.
    severity : str
    title, text : str
        Plain text.
    run : str
        Whose lines stand out while the entry is pointed at.
    """

    key: int
    sign: str
    severity: str
    title: str
    text: str
    run: str = ""


@dataclass(frozen=True, kw_only=True)
class Events:
    """What somebody did: the cell that was just clicked, the rail entry that is open."""

    click: Mapping[str, Any] | None = None
    selected: int | None = None


def chart(
    figure: go.Figure, *, key: str, alt: str, file: str, rail: Sequence[RailItem] = (), legend: Sequence[KeyEntry] = (),
    zoomable: Mapping[str, Any] | None = None, clickable: bool = False,
) -> Events:  # fmt: skip
    """Draw a figure.

    Parameters
    ----------
    figure : Figure
        With an explicit height.
    key : str
        Of the widget; `zoom(key)` and the session know it by this name.
    alt : str
        What the picture shows, for those who do not see it.
    file : str
        Name of the downloaded picture, without ending.
    rail : sequence of RailItem
    legend : sequence of KeyEntry
        Shown under the figure where it has no room for names at its lines.
    zoomable : mapping or None
        Handed back with the range by `zoom`; None where nothing is sampled anew when somebody zooms.
    clickable : bool
        Whether clicks on points and cells are reported.
    """
    spec = figure.to_json()
    data = {
        "figure": spec,
        "revision": hashlib.sha256(spec.encode()).hexdigest()[:16],
        "plotly": plotly_asset.url(),
        "alt": alt,
        "file": file,
        "legend": [asdict(entry) for entry in legend],
        "rail": [asdict(item) for item in rail],
        "zoomable": None if zoomable is None else dict(zoomable),
        "zoomed": _value(key, "zoom") is not None,
        "clickable": clickable,
        "selected": _value(key, "selected"),
        "words": {
            "reset": _("Show everything"),
            "picture": _("Picture (PNG)"),
            "legend": _("Runs"),
            "rail": _("Findings on this chart"),
            "problem": _("The chart library could not be loaded from this server. The table below has the numbers."),
        },
    }
    result = _component(
        key=key, data=data, on_zoom_change=_nothing, on_selected_change=_nothing, on_click_change=_nothing
    )
    return Events(click=result.get("click"), selected=result.get("selected"))


def zoom(key: str, frame: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return the stretch of the horizontal axis somebody zoomed to, or None.

    Parameters
    ----------
    key : str
    frame : mapping
        What `zoomable` will be; a zoom that was made in another frame (another axis) does not count.
    """
    value = _value(key, "zoom")
    if not isinstance(value, Mapping) or any(value.get(name) != wanted for name, wanted in frame.items()):
        return None
    low, high = sorted(float(end) for end in value["range"])
    return (low, high) if low < high else None


def _value(key: str, name: str) -> Any:
    found = state.widget(key)
    return found.get(name) if isinstance(found, Mapping) else None


def _nothing() -> None:
    """Events are read from the session; naming a callback is what makes Streamlit keep them."""
