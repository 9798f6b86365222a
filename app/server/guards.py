"""Middleware in front of everything: known hosts, own origin, a session cookie, security headers."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.server import tokens

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def host_name(host: str) -> str | None:
    """The name or address in a Host header, lower-case and without port; None where it is malformed."""
    try:
        parts = urlsplit(f"//{host}")
        name, _port = parts.hostname, parts.port
    except ValueError:
        return None
    if not name or parts.path or parts.query or parts.fragment or "@" in host:
        return None
    return name.rstrip(".")


def host_allowed(host: str, allowed: Sequence[str]) -> bool:
    """Whether to answer to this Host header.

    Names must be listed ("*.example.org" covers names below it, "*" all). Addresses in digits pass: DNS rebinding
    needs a name.
    """
    name = host_name(host)
    if name is None:
        return False
    for pattern in allowed:
        if pattern in ("*", name) or (pattern.startswith("*.") and name.endswith(pattern[1:])):
            return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def own_origin(headers: Headers) -> bool:
    """Whether a request comes from a page of ours, or from no page at all.

    The scheme is not compared: a proxy in front may speak TLS where we do not.
    """
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or (urlsplit(origin).netloc.lower() == headers.get("host", "").lower() and origin != "null")


class HostAndOriginGuard:
    """Refuses requests under names that are not ours, and changes or sockets asked for by other sites."""

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        self.app = app
        self.allowed = tuple(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI interface."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = None
        if not host_allowed(headers.get("host", ""), self.allowed):
            refusal = (400, "This host name is not allowed here; add it to RUN_CLINIC_HOSTS.")
        elif (scope["type"] == "websocket" or scope["method"] not in _SAFE_METHODS) and not own_origin(headers):
            refusal = (403, "Requests from other sites are not accepted.")
        if refusal is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await close_socket(receive, send, refusal[1])
        else:
            await PlainTextResponse(refusal[1], status_code=refusal[0])(scope, receive, send)


async def close_socket(receive: Receive, send: Send, reason: str) -> None:
    """Refuse a socket before it opens."""
    await receive()
    await send({"type": "websocket.close", "code": 1008, "reason": reason})


class SessionCookie:
    """Gives every browser that opens a page a signed random session value."""

    def __init__(self, app: ASGIApp, secret: str) -> None:
        self.app = app
        self.secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI interface."""
        if scope["type"] != "http" or not self._needs_one(Headers(scope=scope), scope):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        secure = "https" in (scope["scheme"], headers.get("x-forwarded-proto", "").split(",")[0].strip())
        cookie = f"{tokens.COOKIE}={tokens.new_session(self.secret)}; Path=/; HttpOnly; SameSite=Lax"
        await self.app(scope, receive, _adding(send, [("set-cookie", cookie + ("; Secure" if secure else ""))]))

    def _needs_one(self, headers: Headers, scope: Scope) -> bool:
        if scope["method"] != "GET" or "text/html" not in headers.get("accept", ""):
            return False
        return not tokens.valid_session(self.secret, session_of(headers))


class SecurityHeaders:
    """Adds the same headers to every answer."""

    def __init__(self, app: ASGIApp, headers: Sequence[tuple[str, str]]) -> None:
        self.app = app
        self.headers = list(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI interface."""
        await self.app(scope, receive, _adding(send, self.headers) if scope["type"] == "http" else send)


def _adding(send: Send, extra: Sequence[tuple[str, str]]) -> Callable[[Message], Any]:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in extra:
                if name == "set-cookie":
                    headers.append(name, value)
                else:
                    headers[name] = value
        await send(message)

    return wrapped


def session_of(headers: Headers) -> str:
    """The session cookie's value, "" where there is none."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(headers.get("cookie", ""))
    except CookieError:
        return ""
    found = jar.get(tokens.COOKIE)
    return found.value if found else ""
