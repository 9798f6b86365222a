"""Signed values: the session cookie, and the upload token that a page hands to its own browser only.

An upload is accepted when both the cookie and the token come with it and the token was made for that cookie and
project. Another site can make a browser send the cookie, but it can neither read nor make the token.
"""

from __future__ import annotations

import hashlib
import secrets
import time

from itsdangerous import BadSignature, Signer, URLSafeSerializer

COOKIE = "run_clinic_session"
HEADER = "x-upload-token"
# A token lives between one and two windows; inside a window it does not change, so that pages do not redraw for it.
WINDOW_SECONDS = 6 * 3600


def new_session(secret: str) -> str:
    """A signed random session value for the cookie."""
    return Signer(secret, salt="session").sign(secrets.token_urlsafe(16)).decode()


def valid_session(secret: str, value: str) -> bool:
    """Whether a cookie value was made by `new_session` with this secret."""
    return Signer(secret, salt="session").validate(value)


def issue(secret: str, session: str, project: str, *, now: float | None = None) -> str:
    """A token that allows uploads into one project from one browser session.

    Parameters
    ----------
    session : str
        Value of the session cookie.
    """
    window = int((time.time() if now is None else now) // WINDOW_SECONDS)
    return _serializer(secret).dumps([_fingerprint(session), project, window])


def accepts(secret: str, token: str, session: str, project: str, *, now: float | None = None) -> bool:
    """Whether a token was issued for this session and project, not too long ago."""
    if not valid_session(secret, session):
        return False
    try:
        claims = _serializer(secret).loads(token)
    except BadSignature:
        return False
    window = int((time.time() if now is None else now) // WINDOW_SECONDS)
    return claims in ([_fingerprint(session), project, w] for w in (window, window - 1))


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="upload")


def _fingerprint(session: str) -> str:
    return hashlib.sha256(session.encode()).hexdigest()[:32]
