"""The only owner of `st.session_state` and `st.query_params`: what is picked, in which language, and what to say next.

The address bar names what a page shows (`?project=...&run=...&predictions=...&slice=...&lang=...`). Opening an
address fills the session; after that the session leads and the address follows, also across page switches, which
clear it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from app import i18n

_SELECTION = "rc_selection"
_LANGUAGE = "rc_language"
_WRITTEN = "rc_written"
_FLASH = "rc_flash"
_LINGERS = 3.0  # seconds
_PAGES = "rc_pages"
_NAMES = ("project", "run", "predictions", "slice")
LANGUAGE_COOKIE = "run_clinic_language"


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What every page looks at.

    Attributes
    ----------
    project : str
        Id; "" where none is picked yet.
    runs : tuple of str
        Ids; empty means all runs of the project.
    predictions : str
        Id of a prediction set, or "".
    slice : str
        The active slice as text, or "".
    """

    project: str = ""
    runs: tuple[str, ...] = ()
    predictions: str = ""
    slice: str = ""


def selection() -> Selection:
    """Return what is picked."""
    picked: Selection = st.session_state.get(_SELECTION, Selection())
    return picked


def select(**changes: Any) -> None:
    """Change the selection (fields of `Selection`); another project drops the runs, predictions and slice."""
    now = selection()
    if changes.get("project", now.project) != now.project:
        now = Selection()
    if "runs" in changes:
        changes["runs"] = tuple(changes["runs"])
    st.session_state[_SELECTION] = replace(now, **changes)


def language() -> str:
    """Return the session's language, a key of `i18n.LANGUAGES`."""
    code: str = st.session_state.get(_LANGUAGE, i18n.DEFAULT)
    return code


def set_language(code: str) -> None:
    """Change the session's language."""
    if code in i18n.LANGUAGES:
        st.session_state[_LANGUAGE] = code


def begin() -> None:
    """Bring address and session together; the frame calls this once at the start of every run."""
    if _LANGUAGE not in st.session_state:
        set_language(_first_language())
    found = _from_address()
    if found and found != st.session_state.get(_WRITTEN):
        _adopt(found)
    publish()


def publish() -> None:
    """Write the selection to the address, touching only the names this module owns."""
    wanted = address()
    for name in (*_NAMES, "lang"):
        value = wanted.get(name)
        if value:
            st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]
    st.session_state[_WRITTEN] = wanted


def address(**changes: Any) -> dict[str, str | list[str]]:
    """Return the query of a link to what is picked, with `changes` (fields of `Selection`) applied."""
    now = selection()
    if changes.get("project", now.project) != now.project:
        now = Selection()
    now = replace(now, **changes)
    query: dict[str, str | list[str]] = {
        "project": now.project,
        "run": list(now.runs),
        "predictions": now.predictions,
        "slice": now.slice,
        "lang": _short(language()),
    }
    return {name: value for name, value in query.items() if value}


def view() -> dict[str, tuple[str, ...]]:
    """Return everything the address says of what is on the screen, also what widgets keep in it."""
    return {name: tuple(st.query_params.get_all(name)) for name in st.query_params if name != "lang"}


def site() -> str:
    """Return scheme and host under which this session sees the site, without a trailing slash; "" where unknown."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def register(pages: Mapping[str, st.Page]) -> None:
    """Keep the run's pages so that views can link to each other by name without importing each other."""
    st.session_state[_PAGES] = dict(pages)


def page(name: str) -> st.Page | None:
    """Return a page of the frame by name; None where a view is drawn without the frame."""
    pages: Mapping[str, st.Page] = st.session_state.get(_PAGES, {})
    return pages.get(name)


def flash(kind: str, **details: Any) -> None:
    """Leave a message for the next run ("deleted", with what it needs to undo); it takes the place of those seen."""
    unseen = [message for message in st.session_state.get(_FLASH, []) if "drawn" not in message]
    st.session_state[_FLASH] = [*unseen, {"kind": kind, **details}]


def flashes() -> list[dict[str, Any]]:
    """Return the messages to draw: each in every run of its first seconds, then never again.

    A run that follows at once, because a component answered or work ended, would otherwise take a message away
    before anybody read it.
    """
    now = time.monotonic()
    waiting = [{"drawn": now} | message for message in st.session_state.get(_FLASH, [])]
    shown = [message for message in waiting if now - message["drawn"] < _LINGERS]
    st.session_state[_FLASH] = shown
    return shown


def recall(name: str, default: Any = None) -> Any:
    """Return a value a view keeps for the picked project in this session."""
    return st.session_state.get(_own(name), default)


def remember(name: str, value: Any) -> None:
    """Keep a value for the picked project in this session."""
    st.session_state[_own(name)] = value


def forget(names: Iterable[str]) -> None:
    """Drop values that `remember` or a widget kept."""
    for name in names:
        st.session_state.pop(_own(name), None)


def keep(name: str, value: Any) -> None:
    """Keep a value for this session, whatever the project."""
    st.session_state[f"rc_all_{name}"] = value


def kept(name: str, default: Any = None) -> Any:
    """Return a value that `keep` kept."""
    return st.session_state.get(f"rc_all_{name}", default)


def control(key: str, value: Any) -> None:
    """Set a widget's value before it is drawn, so that the session and not the widget leads."""
    st.session_state[key] = value


def widget(key: str, default: Any = None) -> Any:
    """Return the value of a widget, for callbacks."""
    return st.session_state.get(key, default)


def from_address(key: str, *, many: bool = False) -> None:
    """Give a widget, before it is drawn, the codes that the address names, or those it had on an earlier visit.

    Streamlit's own binding writes the labels that are shown, so a link would break in the other language.
    """
    asked, seen = tuple(st.query_params.get_all(key)), st.session_state.get(f"rc_bound_{key}")
    if asked and asked != seen:
        st.session_state[key] = list(asked) if many else asked[0]
    elif seen and key not in st.session_state:
        st.session_state[key] = list(seen) if many else seen[0]


def to_address(key: str, value: str | Iterable[str] | None, *, default: object = None) -> None:
    """Write a widget's codes to the address after it was drawn; nothing is written for the default."""
    codes = () if value is None or value == default else (value,) if isinstance(value, str) else tuple(value)
    st.session_state[f"rc_bound_{key}"] = codes
    if codes:
        st.query_params[key] = list(codes)
    elif key in st.query_params:
        del st.query_params[key]


def release(key: str) -> None:
    """Let a widget that is kept in the address start from its default again."""
    for name in (key, f"rc_bound_{key}"):
        st.session_state.pop(name, None)
    if key in st.query_params:
        del st.query_params[key]


def asked(key: str) -> str:
    """Return what the address says under a name no widget has, or ""."""
    return str(st.query_params.get(key, ""))


def theme() -> str:
    """Return "light" or "dark": what the browser shows."""
    return "dark" if st.context.theme.type == "dark" else "light"


def _own(name: str) -> str:
    return f"rc_{selection().project}_{name}"


def _short(code: str) -> str:
    return code.split("_")[0]


def _first_language() -> str:
    offered = (st.query_params.get("lang"), st.context.cookies.get(LANGUAGE_COOKIE), st.context.locale)
    return next((code for tag in offered if (code := i18n.match(tag))), i18n.DEFAULT)


def _from_address() -> dict[str, str | list[str]]:
    query = st.query_params
    found: dict[str, str | list[str]] = {}
    for name in (*_NAMES, "lang"):
        value = query.get_all(name) if name == "run" else query.get(name, "")
        if value:
            found[name] = value
    return found


def _adopt(found: Mapping[str, str | list[str]]) -> None:
    if code := i18n.match(str(found.get("lang", ""))):
        set_language(code)
    if not any(name in found for name in _NAMES):
        return
    st.session_state[_SELECTION] = Selection(
        project=str(found.get("project", "")),
        runs=tuple(found.get("run", ())),
        predictions=str(found.get("predictions", "")),
        slice=str(found.get("slice", "")),
    )


i18n.follow(language)
