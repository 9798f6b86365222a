"""Uploaded models of a project, and the background work of this process that explains them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from app import access, loading, state
from app.components.text import escape
from app.i18n import _, language
from diagnostics.knowledge import error_text
from diagnostics.workspace import Upload

if TYPE_CHECKING:
    from diagnostics.explanations.jobs import Job, Jobs

PATIENCE = 0.8
"""Seconds a page waits for work before it shows progress instead; kept results are there at once."""

SOON = 1.5
"""Seconds to the end for which a page that shows the first part waits, rather than be drawn in between."""

TICK = 0.25
"""Seconds between two looks at running work; a look is a small run of the progress bar alone."""


@cache
def jobs() -> Jobs:
    """Return the background work of this process."""
    from diagnostics.explanations.jobs import Jobs

    return Jobs()


def path(upload: Upload) -> Path:
    """Return the bytes of an uploaded file, for reading only."""
    access.require(access.READ, upload.project)
    return loading.workspace().upload_path(upload.id)


def kind(upload: Upload) -> str:
    """Return which kind of model a stored file is, "" for anything else."""
    return _kind(upload.digest, str(path(upload)))


@lru_cache(maxsize=8192)
def _kind(digest: str, place: str) -> str:
    from diagnostics.explanations.formats import kind_of

    found = kind_of(Path(place))
    return found.name if found is not None else ""


def of_kinds(project: str, kinds: Sequence[str]) -> list[Upload]:
    """Return the uploads of a project that hold one of some kinds of model, newest first."""
    return [upload for upload in reversed(loading.uploads(project)) if kind(upload) in kinds]


def wait_for(
    key: str, work: Callable[[Job], Any], *, told: str, place: str = "", file: str = "",
    enough: Callable[[Any], bool] | None = None, rest: bool = False,
) -> Any:  # fmt: skip
    """Start work or find it done; draw its progress while it runs.

    Parameters
    ----------
    key : str
        Digest of everything the result depends on, and the name of the work.
    told : str
        What is being done, plain text.
    place : str, optional
        Where one result follows the other: what this session waited for there before is stopped, so that turning a
        knob does not leave a queue of work nobody will look at.
    file : str, optional
        Name of the file that an error is about, plain text.
    enough : callable, optional
        Whether what is there already is worth drawing, asked of each part; the end is waited for where it is missing.
    rest : bool
        Whether the caller asks for the `rest` once it has drawn what is worth it; progress is drawn there then.

    Returns
    -------
    object
        The result, what is there already, or None; errors are drawn.
    """
    if place:
        _stop_former(key, place)
    job = jobs().start(key, work)
    job.wait(PATIENCE, enough)
    if not job.finished:
        shown = _is_enough(job, enough)
        if not (rest and shown):
            _watch(key, told, enough, shown)
        return job.partial
    if job.cancelled:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_("Cancelled. What was done until then is shown."))
            st.button(_("Start again"), key=f"again-{key[:24]}", on_click=jobs().drop, args=(key,))
        return job.partial
    if job.error is not None:
        about = f"**{escape(file)}**: " if file else ""
        st.warning(about + escape(error_text(job.error, language())))
        st.button(_("Try again"), key=f"again-{key[:24]}", on_click=jobs().drop, args=(key,))
        return job.partial
    return job.result


def rest(key: str, *, told: str) -> None:
    """Wait for the rest of work that is near its end, then draw the page anew; draw the progress of other work.

    What was drawn before shows meanwhile, and what would follow keeps standing from the last run.

    Parameters
    ----------
    key : str
        Of work that `wait_for` returned a part of.
    told : str
        What is being done, plain text.
    """
    job = jobs().get(key)
    if job is None or job.cancelled or job.error is not None:
        return
    remaining = job.remaining()
    if not job.finished and (remaining is None or remaining > SOON):
        _watch(key, told, None, True)
        return
    started = time.monotonic()
    place = st.empty()
    while not job.wait(TICK) and time.monotonic() - started < 2 * SOON:
        place.caption(_("The other rows follow."))  # a place where a click that came meanwhile is heard
    if job.finished:
        st.rerun()
    _watch(key, told, None, True)


def watch(key: str, told: str) -> None:
    """Draw the progress of work that was started, until its end draws the page again."""
    _watch(key, told, None, False)


def _stop_former(key: str, place: str) -> None:
    former = state.recall(f"waited-{place}")
    job = jobs().get(former) if former and former != key else None
    if job is not None and not job.finished:
        # Another session that waits for the same starts it anew.
        jobs().drop(former)
    state.remember(f"waited-{place}", key)


def _is_enough(job: Job, enough: Callable[[Any], bool] | None) -> bool:
    return job.partial is not None and (enough is None or enough(job.partial))


@st.fragment(run_every=TICK)
def _watch(key: str, told: str, enough: Callable[[Any], bool] | None, shown: bool) -> None:
    """Draw progress; once there is more to show, draw the whole page again."""
    job = jobs().get(key)
    if job is None or job.finished or (not shown and _is_enough(job, enough)):
        st.rerun()
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        share = min(job.done / job.total, 1.0) if job.total else 0.0
        st.progress(share, text=escape(told))
        st.button(_("Cancel"), key=f"cancel-{key[:24]}", on_click=job.cancel)
