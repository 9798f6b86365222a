"""A small application behind the door, as it is when people sign in."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from app import hosting
from app.server import guards, passes, policy, tokens
from app.server.door import Door
from app.server.sharing import SharedLinks
from app.server.signing import SigningIn
from app.server.uploads import UploadRoute
from tests.server.conftest import SECRET

HTML = {"accept": "text/html"}
URL = "http://127.0.0.1"
PROXY = {
    "RUN_CLINIC_PROXY_HEADER": "X-Forwarded-User",
    "RUN_CLINIC_PROXY_ADDRESSES": "10.0.0.5, 192.168.0.0/24",
    "RUN_CLINIC_OWNERS": "boss@example.org",
}


async def _shown(request):
    """What the application behind the door gets to know."""
    return JSONResponse({"pass": request.headers.getlist(passes.HEADER), "path": request.url.path})


async def _socket(websocket):
    await websocket.accept()
    await websocket.send_json({"pass": websocket.headers.getlist(passes.HEADER)})
    await websocket.close()


def application(workspace, env):
    """The application for these settings."""
    sign_in = hosting.load(env)
    held = lambda: workspace  # noqa: E731
    return Starlette(
        routes=[
            UploadRoute(held, SECRET, hosted=True).route(),
            Route("/healthz", _shown),
            *SigningIn(sign_in, SECRET, held).routes(),
            *SharedLinks(sign_in, SECRET, held).routes(),
            WebSocketRoute("/_stcore/stream", _socket),
            WebSocketRoute("/other", _socket),
            Route("/page-of-html", lambda request: HTMLResponse("")),
            Route("/{rest:path}", _shown, methods=["GET", "POST", "PUT", "DELETE"]),
        ],
        middleware=[
            Middleware(guards.SecurityHeaders, headers=policy.headers()),
            Middleware(guards.HostAndOriginGuard, allowed=("localhost", "127.0.0.1", "clinic.example.org")),
            Middleware(guards.SessionCookie, secret=SECRET),
            Middleware(Door, sign_in=sign_in, secret=SECRET, workspace=held),
        ],
    )


def browser(app, *, address="127.0.0.1", person="", url=URL):
    """A browser; `person` is what the proxy says in its header."""
    client = TestClient(app, base_url=url, client=(address, 50_000), follow_redirects=False)
    if person:
        client.headers["x-forwarded-user"] = person
    return client


def said_by_socket(client, path="/_stcore/stream", **headers):
    """What the application says on a socket of this browser; "Not allowed." where the door stays shut."""
    try:
        with client.websocket_connect(f"ws://127.0.0.1{path}", headers=headers) as socket:
            return socket.receive_json()["pass"]
    except WebSocketDisconnect as closed:
        return closed.reason


def upload(client, project):
    """Try to upload with the cookie and token that a page of this browser has; returns the status."""
    session = tokens.new_session(SECRET)
    client.cookies.set(tokens.COOKIE, session)
    token = tokens.issue(SECRET, session, project)
    return client.put(f"/_upload/{project}/file?name=a", content=b"x", headers={tokens.HEADER: token}).status_code
