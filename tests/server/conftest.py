"""The guards and routes around a tiny application, and one real server for what needs the whole."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient

from app.server import guards, policy, tokens
from app.server.uploads import UploadRoute
from diagnostics.workspace import Limits, Workspace
from tests.support.server import Server

SECRET = "test secret, long enough"
LIMIT = 3_000_000


@pytest.fixture
def workspace(tmp_path):
    opened = Workspace.open(tmp_path / "home", limits=Limits(file_bytes=LIMIT))
    opened.create_project("p")
    yield opened
    opened.close()


async def _page(request):
    return HTMLResponse("<html></html>")


async def _socket(websocket):
    await websocket.accept()
    await websocket.close()


@pytest.fixture
def client(workspace):
    application = Starlette(
        routes=[
            UploadRoute(lambda: workspace, SECRET).route(),
            Route("/", _page),
            Route("/change", lambda request: Response(), methods=["POST"]),
            WebSocketRoute("/socket", _socket),
        ],
        middleware=[
            Middleware(guards.SecurityHeaders, headers=policy.headers()),
            Middleware(guards.HostAndOriginGuard, allowed=("localhost", "127.0.0.1", "*.example.org")),
            Middleware(guards.SessionCookie, secret=SECRET),
        ],
    )
    return TestClient(application, base_url="http://localhost")


@pytest.fixture
def session(client):
    """A browser session: the cookie is in the client from now on."""
    client.get("/", headers={"accept": "text/html"})
    return client.cookies[tokens.COOKIE]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("served") / "home", RUN_CLINIC_DEMO="0").start()
    yield running
    running.stop()
