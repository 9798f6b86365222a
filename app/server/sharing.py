"""Opening a shared link: `/s/<token>` hands out a guest cookie and leads to the one view it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.server import door, notices, passes

if TYPE_CHECKING:
    from app.hosting import SignIn
    from diagnostics.workspace import Workspace
    from diagnostics.workspace.shares import Share

SECONDS = 30 * 86400


class SharedLinks:
    """The routes of shared links.

    Parameters
    ----------
    sign_in : SignIn
    secret : str
        Signs the guest cookie.
    workspace : callable returning Workspace
    """

    def __init__(self, sign_in: SignIn, secret: str, workspace: Callable[[], Workspace]) -> None:
        self._sign_in = sign_in
        self._secret = secret
        self._workspace = workspace
        self._door = door.Door(_nothing, sign_in, secret, workspace)

    def routes(self) -> list[Route]:
        """The routes to mount."""
        return [
            Route("/s/{token}", self.open, methods=["GET"]),
            Route("/_auth/leave", self.leave, methods=["GET"]),
        ]

    async def open(self, request: Request) -> Response:
        """Lead to the view; somebody who may read the project anyway goes there as themselves."""
        return await to_thread.run_sync(self._open, request)

    def _open(self, request: Request) -> Response:
        share = self._workspace().shares.opened(request.path_params["token"])
        if share is None:
            return notices.page("link_unknown", request.headers, status=404, link="/")
        answer = RedirectResponse(
            door.address(share), 303, {"cache-control": "no-store", "referrer-policy": "no-referrer"}
        )
        if self._is_member(request, share):
            answer.delete_cookie(passes.GUEST_COOKIE, path="/")
            return answer
        self._workspace().audit.note(f"link {share.id}", "open_link", share.project, share.id)
        answer.set_cookie(
            passes.GUEST_COOKIE,
            passes.sign(self._secret, "guest", share.id),
            max_age=SECONDS,
            httponly=True,
            samesite="lax",
            secure=passes.is_secure(request.headers, request.url.scheme, self._sign_in.url),
        )
        return answer

    def _is_member(self, request: Request, share: Share) -> bool:
        from diagnostics.workspace.people import Action

        _, who = self._door.recognise(request.scope, guests=False)
        return bool(who.person) and self._workspace().people.may(who.person, Action.READ, share.project)

    async def leave(self, request: Request) -> Response:
        """Forget the link and go to the start page as oneself."""
        answer = RedirectResponse("/", 303, {"cache-control": "no-store"})
        answer.delete_cookie(passes.GUEST_COOKIE, path="/")
        return answer


async def _nothing(scope: object, receive: object, send: object) -> None:
    """Stand in for an application: this door is only asked who somebody is."""
