"""The door: in hosted mode every request shows who asks, or gets no further.

What is not on the list of open paths is refused. A guest with a shared link reaches the one page of that link and
what the page is made of; everything else needs a person. What a person may see and do is decided inside, at
`app.access`, for every read and write.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.hosting import SignIn
from app.server import guards, media, notices, passes
from app.server.passes import NOBODY, Pass, Visitor

if TYPE_CHECKING:
    from diagnostics.workspace import Workspace
    from diagnostics.workspace.shares import Share

_log = logging.getLogger(__name__)

# Open to everybody: they say nothing about anybody.
OPEN = re.compile(r"/healthz|/_stcore/health|/favicon\.png|/_auth/[a-z]+|/s/[\w-]+")
PAGE = re.compile(r"/[a-z]*")
# What every page is made of, for people and guests alike.
PARTS = re.compile(
    r"/static/.*|/app/static/.*|/component/.*|/_stcore/bidi-components/.*|/_stcore/host-config|/manifest\.json"
)
SOCKET = "/_stcore/stream"
MEDIA = re.compile(r"/media/(.+)")
UPLOADS = re.compile(r"/_upload/.*|/_stcore/upload_file/.*")
METRICS = "/_stcore/metrics"
_READING = ("GET", "HEAD", "OPTIONS")


class Door:
    """ASGI middleware in front of pages, files, sockets and routes.

    Parameters
    ----------
    app : ASGIApp
    sign_in : SignIn
    secret : str
        Signs cookies.
    workspace : callable returning Workspace
    """

    def __init__(self, app: ASGIApp, sign_in: SignIn, secret: str, workspace: Callable[[], Workspace]) -> None:
        self.app = app
        self.sign_in = sign_in
        self.secret = secret
        self.workspace = workspace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI interface."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        # Nobody but us says who somebody is.
        name = passes.HEADER.encode()
        headers = [(key, value) for key, value in scope["headers"] if key.lower() != name]
        scope = {**scope, "headers": headers}
        if scope["type"] == "http" and OPEN.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
            return
        shown, who = await to_thread.run_sync(self.recognise, scope)
        answer = await to_thread.run_sync(self.refusal, scope, shown, who)
        if answer is not None:
            await _refuse(answer, scope, receive, send)
            return
        assert shown is not None
        scope["headers"] = [*headers, (name, shown.text().encode())]
        scope["state"] = {**scope.get("state", {}), "visitor": who}
        await self.app(scope, receive, send)

    def recognise(self, scope: Scope, *, guests: bool = True) -> tuple[Pass | None, Visitor]:
        """The pass that a request shows, and who it is where the pass holds; a shared link goes first."""
        headers = Headers(scope=scope)
        for shown in self._shown(headers, (scope.get("client") or ("",))[0]):
            if shown.kind == "guest" and not guests:
                continue
            who = passes.visitor(self.workspace(), shown)
            if who != NOBODY:
                if shown.kind == "proxy" and _is_page_load(scope, headers):
                    self.workspace().people.arrive(shown.key, owners=self.sign_in.owners)
                return shown, who
        return None, NOBODY

    def _shown(self, headers: Headers, address: str) -> list[Pass]:
        cookies = passes.cookies(headers)
        found = []
        share = passes.unsign(self.secret, "guest", cookies.get(passes.GUEST_COOKIE, ""))
        if share:
            found.append(Pass("guest", share))
        if self.sign_in.method == "proxy" and self.sign_in.trusts(address):
            from diagnostics.workspace.people import person_id

            names = {person_id(name) for name in headers.getlist(self.sign_in.header)} - {""}
            if len(names) == 1:
                found.append(Pass("proxy", names.pop()))
        if self.sign_in.method == "oidc":
            from diagnostics.workspace.people import hashed

            value = passes.unsign(self.secret, "sign-in", cookies.get(passes.PERSON_COOKIE, ""))
            if value:
                found.append(Pass("person", hashed(value)))
        return found

    def refusal(self, scope: Scope, shown: Pass | None, who: Visitor) -> Response | None:
        """The answer to who may not come in; None where they may."""
        headers, path = Headers(scope=scope), scope["path"]
        if shown is None or who == NOBODY:
            return self._stranger(scope, headers)
        if ".." in path or "//" in path or "\\" in path:
            return PlainTextResponse("No such page.", status_code=404)
        if scope["type"] == "websocket":
            return None if path == SOCKET else PlainTextResponse("Not here.", status_code=403)
        if PARTS.fullmatch(path) and scope["method"] in _READING:
            return None
        if file := MEDIA.fullmatch(path):
            return None if media.is_of(shown, file[1]) else PlainTextResponse("No such file.", status_code=404)
        if who.share is not None:
            return _guest(scope, who.share)
        if path == METRICS:
            from diagnostics.workspace.people import Action

            allowed = self.workspace().people.may(who.person, Action.ADMINISTER)
            return None if allowed else PlainTextResponse("Not allowed.", status_code=403)
        if PAGE.fullmatch(path) or UPLOADS.fullmatch(path):
            return None
        return PlainTextResponse("No such page.", status_code=404)

    def _stranger(self, scope: Scope, headers: Headers) -> Response:
        if scope["type"] == "websocket" or not _is_page_load(scope, headers):
            return PlainTextResponse("Sign in first.", status_code=401)
        if passes.cookies(headers).get(passes.GUEST_COOKIE):
            return notices.page("link_ended", headers, status=403, forget=passes.GUEST_COOKIE, link="/")
        if self.sign_in.method == "proxy":
            return notices.page("proxy_said_nobody", headers, status=401)
        query = scope["query_string"].decode("latin-1")
        there = scope["path"] + (f"?{query}" if query else "")
        return RedirectResponse(f"/_auth/login?{urlencode({'next': there})}", 303, {"cache-control": "no-store"})


def address(share: Share) -> str:
    """The path and query that a link opens."""
    query = {"project": (share.project,), **share.query}
    return f"/{share.page}?{urlencode([(name, value) for name, values in query.items() for value in values])}"


def _guest(scope: Scope, share: Share) -> Response | None:
    if scope["method"] not in _READING:
        return PlainTextResponse("A shared link is for reading only.", status_code=403)
    if scope["path"] == f"/{share.page}":
        return None
    if PAGE.fullmatch(scope["path"]):
        return RedirectResponse(address(share), 303, {"cache-control": "no-store"})
    return PlainTextResponse("Not part of this link.", status_code=403)


def _is_page_load(scope: Scope, headers: Headers) -> bool:
    reads = scope["type"] == "http" and scope["method"] == "GET"
    return reads and "text/html" in headers.get("accept", "") and bool(PAGE.fullmatch(scope["path"]))


async def _refuse(answer: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await guards.close_socket(receive, send, "Not allowed.")
    else:
        await answer(scope, receive, send)


__all__: Any = ["Door", "address"]
