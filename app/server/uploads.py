"""The upload route: `PUT /_upload/{project}/{name}` streams the body to disk and answers with the upload's id.

A logical name with folders goes into `?name=`, because paths with dots are refused further in. Nothing is kept of an
upload that breaks off, is too large or may not come in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.server import guards, tokens
from diagnostics.exceptions import NotFound, RunClinicError, TooLarge

if TYPE_CHECKING:
    from diagnostics.workspace import Upload, Workspace
    from diagnostics.workspace.content import Incoming

_log = logging.getLogger(__name__)
BATCH_BYTES = 1 << 20
PATH = "/_upload/{project}/{name:path}"


class UploadRoute:
    """Receives files into a workspace.

    Parameters
    ----------
    workspace : callable returning Workspace
        Called at the first upload.
    secret : str
    hosted : bool
        Whether people sign in; then only those who may write to the project upload to it.
    """

    def __init__(self, workspace: Callable[[], Workspace], secret: str, *, hosted: bool = False) -> None:
        self._workspace = workspace
        self._secret = secret
        self._hosted = hosted

    def route(self) -> Route:
        """The route to mount."""
        return Route(PATH, self.handle, methods=["PUT"])

    async def handle(self, request: Request) -> Response:
        """Answer 200 with `{"upload_id", "name", "digest", "size"}`, or an error with `{"code", "params"}`."""
        project = request.path_params["project"]
        token = request.headers.get(tokens.HEADER, "")
        if not tokens.accepts(self._secret, token, guards.session_of(request.headers), project):
            return _problem(403, "upload_not_allowed")
        if not await to_thread.run_sync(self._may_write, request, project):
            return _problem(403, "not_allowed")
        name = request.query_params.get("name") or request.path_params["name"]
        try:
            workspace = await to_thread.run_sync(self._workspace)
            await to_thread.run_sync(workspace.project, project)
            _check_announced(request, name, workspace)
            upload = await self._receive(request, workspace, project, name)
        except ClientDisconnect:
            _log.info("upload broke off")
            return Response(status_code=400)
        except TooLarge as error:
            return _problem(413, error.code, error.params)
        except NotFound as error:
            return _problem(404, error.code, error.params)
        except RunClinicError as error:
            return _problem(400, error.code, error.params)
        return JSONResponse({"upload_id": upload.id, "name": upload.name, "digest": upload.digest, "size": upload.size})

    def _may_write(self, request: Request, project: str) -> bool:
        """Whether the person whom the door let in may; used locally there is one person, who may everything."""
        if not self._hosted:
            return True
        from app import access
        from app.server.passes import NOBODY

        visitor = getattr(request.state, "visitor", NOBODY)
        return access.allowed(self._workspace(), visitor, access.WRITE, project)

    async def _receive(self, request: Request, workspace: Workspace, project: str, name: str) -> Upload:
        with ExitStack() as stack:
            incoming = await to_thread.run_sync(stack.enter_context, workspace.receive())
            await _copy(request, incoming, workspace, name)
            stored = await to_thread.run_sync(incoming.commit)
        upload = await to_thread.run_sync(workspace.register, project, name, stored)
        visitor = getattr(request.state, "visitor", None)
        if visitor is not None:
            await to_thread.run_sync(workspace.audit.note, visitor.label, "upload", project, upload.name)
        return upload


async def _copy(request: Request, incoming: Incoming, workspace: Workspace, name: str) -> None:
    """Write the body in batches, off the event loop; the cap counts what really arrives."""
    batch = bytearray()
    async for chunk in request.stream():
        batch += chunk
        workspace.limits.check_file(name, incoming.size + len(batch))
        if len(batch) >= BATCH_BYTES:
            await to_thread.run_sync(incoming.write, bytes(batch))
            batch.clear()
    if batch:
        await to_thread.run_sync(incoming.write, bytes(batch))


def _check_announced(request: Request, name: str, workspace: Workspace) -> None:
    announced = request.headers.get("content-length", "")
    if announced.isdigit():
        workspace.limits.check_file(name, int(announced))


def _problem(status: int, code: str, params: Any = None) -> JSONResponse:
    return JSONResponse({"code": code, "params": dict(params or {})}, status_code=status)
