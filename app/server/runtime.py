"""What the running server tells the pages: whether it has routes of its own, and tokens for them.

Under `streamlit run` there are none, and pages use Streamlit's own uploader.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.server import tokens


@dataclass
class _Running:
    secret: str = ""
    max_upload: int = 0
    preparing: bool = False


_running = _Running()


def announce(secret: str, max_upload: int) -> None:
    """Note that this process serves our routes; called once by the server, before the first page."""
    _running.secret, _running.max_upload = secret, max_upload


def prepare(going: bool) -> None:
    """Note that the workspace is being prepared beside the first visits, or no more."""
    _running.preparing = going


def is_preparing() -> bool:
    """Whether the demo project may not be there in full yet."""
    return _running.preparing


def has_routes() -> bool:
    """Whether files can be uploaded to `upload_url`."""
    return bool(_running.secret)


def max_upload() -> int:
    """Largest file in bytes that the upload route takes; 0 without routes."""
    return _running.max_upload


def upload_url(project: str) -> str:
    """Where to PUT a file (path from the root of the site); add `?name=` with the logical name, URL-encoded."""
    from streamlit import config

    base = (config.get_option("server.baseUrlPath") or "").strip("/")
    return f"{'/' + base if base else ''}/_upload/{project}/file"


def upload_token(project: str) -> str | None:
    """The token to send in the header `X-Upload-Token`; None where this session cannot upload by route."""
    import streamlit as st

    session = st.context.cookies.get(tokens.COOKIE, "") if has_routes() else ""
    if not session or not tokens.valid_session(_running.secret, session):
        return None
    return tokens.issue(_running.secret, session, project)
