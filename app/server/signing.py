"""Signing in and out: to the sign-in service and back to the page somebody wanted, with a cookie of our own."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from anyio import to_thread
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.hosting import SignIn
from app.server import guards, notices, passes
from app.server.oidc import Attempt, Provider, Unnamed, Unreachable, Untrusted
from diagnostics.exceptions import Forbidden, RunClinicError

if TYPE_CHECKING:
    from diagnostics.workspace import Workspace

_log = logging.getLogger(__name__)
ATTEMPT_COOKIE = "run_clinic_attempt"
ATTEMPT_SECONDS = 600
_NOT_KEPT = {"cache-control": "no-store"}


def own_path(text: str) -> str:
    """The path and query to go to after signing in; "/" for whatever would lead elsewhere."""
    harmless = text.startswith("/") and not text.startswith(("//", "/\\", "/_auth/")) and text.isprintable()
    return text if harmless and "\\" not in text and len(text) < 4000 else "/"


class SigningIn:
    """The routes of signing in and out.

    Parameters
    ----------
    sign_in : SignIn
    secret : str
        Signs cookies.
    workspace : callable returning Workspace
    provider : Provider, optional
    """

    def __init__(
        self, sign_in: SignIn, secret: str, workspace: Callable[[], Workspace], provider: Provider | None = None
    ) -> None:
        self._sign_in = sign_in
        self._secret = secret
        self._workspace = workspace
        self._provider = provider or Provider(sign_in)
        self._attempts = URLSafeTimedSerializer(secret, salt="run-clinic attempt")

    def routes(self) -> list[Route]:
        """The routes to mount."""
        found = [Route("/_auth/logout", self.logout, methods=["GET"])]
        if self._sign_in.method == "oidc":
            found += [
                Route("/_auth/login", self.login, methods=["GET"]),
                Route("/_auth/callback", self.callback, methods=["GET"]),
            ]
        return found

    async def login(self, request: Request) -> Response:
        """Send the browser to the sign-in service."""
        attempt = Attempt.new(own_path(request.query_params.get("next", "/")))
        try:
            there = await to_thread.run_sync(self._provider.address, attempt)
        except Unreachable:
            return notices.page("sign_in_unreachable", request.headers, status=503, link=request.url.path)
        except Untrusted as error:
            _log.warning("the sign-in service describes itself wrongly: %s", error)
            return notices.page("sign_in_refused", request.headers, status=502, link=request.url.path)
        answer = RedirectResponse(there, 303, _NOT_KEPT)
        answer.set_cookie(
            ATTEMPT_COOKIE,
            str(self._attempts.dumps(asdict(attempt))),
            max_age=ATTEMPT_SECONDS,
            path="/_auth/",
            httponly=True,
            samesite="lax",
            secure=self._is_secure(request),
        )
        return answer

    async def callback(self, request: Request) -> Response:
        """Take the browser back from the sign-in service; every attempt works once."""
        answer = await to_thread.run_sync(self._finish, request)
        answer.delete_cookie(ATTEMPT_COOKIE, path="/_auth/")
        return answer

    def _finish(self, request: Request) -> Response:
        attempt, code = self._attempt(request), request.query_params.get("code", "")
        if attempt is None:
            return self._failed(request, "sign_in_expired", 400)
        if not code:
            return self._failed(request, "sign_in_refused", 403)
        try:
            id, name = self._provider.person(code, attempt)
            person = self._workspace().people.arrive(id, name, owners=self._sign_in.owners)
            value = passes.derived(self._secret, "sign-in", attempt.state)
            self._workspace().people.sign_in(value, person.id, seconds=self._sign_in.seconds)
        except Unreachable:
            return self._failed(request, "sign_in_unreachable", 503)
        except Untrusted as error:
            _log.warning("a sign-in was refused: %s", error)
            return self._failed(request, "sign_in_refused", 403)
        except (Unnamed, RunClinicError) as error:
            code = "sign_in_expired" if isinstance(error, Forbidden) else "sign_in_unnamed"
            return self._failed(request, code, 403)
        self._workspace().audit.note(person.id, "sign_in")
        answer = RedirectResponse(attempt.next, 303, _NOT_KEPT)
        answer.set_cookie(
            passes.PERSON_COOKIE,
            passes.sign(self._secret, "sign-in", value),
            max_age=int(self._sign_in.seconds),
            httponly=True,
            samesite="lax",
            secure=self._is_secure(request),
        )
        return answer

    def _attempt(self, request: Request) -> Attempt | None:
        """The attempt that this browser began and the service answers to; None where they are not the same."""
        try:
            kept = self._attempts.loads(request.cookies.get(ATTEMPT_COOKIE, ""), max_age=ATTEMPT_SECONDS)
        except BadSignature:
            return None
        attempt = Attempt(**kept)
        same = hmac.compare_digest(attempt.state.encode(), request.query_params.get("state", "").encode())
        return attempt if same else None

    def _failed(self, request: Request, code: str, status: int) -> Response:
        return notices.page(code, request.headers, status=status, link="/")

    async def logout(self, request: Request) -> Response:
        """End the sign-in of this browser; other sites cannot ask for it."""
        if not guards.own_origin(request.headers):
            return RedirectResponse("/", 303, _NOT_KEPT)
        await to_thread.run_sync(self._end, request)
        answer = notices.page("signed_out", request.headers, link="/" if self._sign_in.method == "oidc" else "")
        for name in (passes.PERSON_COOKIE, passes.GUEST_COOKIE):
            answer.delete_cookie(name, path="/")
        return answer

    def _end(self, request: Request) -> None:
        from diagnostics.workspace.people import hashed

        value = passes.unsign(self._secret, "sign-in", request.cookies.get(passes.PERSON_COOKIE, ""))
        if value is None:
            return
        workspace = self._workspace()
        person = workspace.people.signed_in(hashed(value))
        workspace.people.sign_out(hashed(value))
        if person:
            workspace.audit.note(person, "sign_out")

    def _is_secure(self, request: Request) -> bool:
        return passes.is_secure(request.headers, request.url.scheme, self._sign_in.url)
