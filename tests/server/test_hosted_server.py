"""The running server with sign-in: what the small application of the other tests cannot show."""

import http.client

import httpx
import pytest

from app.server import passes
from diagnostics.workspace import Workspace
from tests.support.provider import Provider
from tests.support.server import Server

HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def provider():
    running = Provider()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory, provider):
    running = Server(tmp_path_factory.mktemp("hosted") / "home", RUN_CLINIC_DEMO="0")
    running.environment |= provider.settings(running.url) | {"RUN_CLINIC_OWNERS": "boss@example.org"}
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def link(server):
    """Share and token of a link to the learning curves of a project."""
    opened = Workspace.open(server.home)
    project = opened.create_project("shared").id
    yield opened, *opened.shares.create(project, author="boss", page="curves", query={}, seconds=600)
    opened.close()


def signed_in(server, provider, email):
    client = httpx.Client(base_url=server.url, headers=HTML, follow_redirects=True)
    provider.sign_in_as(email)
    assert client.get("/curves").status_code == 200
    return client


def socket(server, cookie, **headers):
    """Status of opening the page's socket with a cookie."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": server.url, "Cookie": cookie}
    connection.request("GET", "/_stcore/stream", headers={**upgrade, **key, **headers})
    status = connection.getresponse().status
    connection.close()
    return status


def cookie_of(client):
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/files",
        "/_stcore/metrics",
        "/_stcore/host-config",
        "/_stcore/agent/mcp",
        "/media/x.png",
        "/app/static/fonts/ibm-plex-mono-latin-400-normal.woff2",
        "/static/",
        "/_auth/../files",
        "//files",
    ],
)
def test_strangers_get_nothing(server, path):
    answer = httpx.get(server.url + path)
    assert answer.status_code in (401, 404)
    assert "frame-ancestors" in answer.headers["content-security-policy"]


def test_metrics_are_for_owners_of_everything(server, provider):
    assert signed_in(server, provider, "boss@example.org").get("/_stcore/metrics").status_code == 200
    assert signed_in(server, provider, "ana@example.org").get("/_stcore/metrics").status_code == 403


def test_the_socket_opens_for_who_signed_in_until_they_sign_out(server, provider):
    assert socket(server, "") == 403
    assert socket(server, "", **{passes.HEADER: "proxy boss@example.org"}) == 403
    client = signed_in(server, provider, "ana@example.org")
    cookie = cookie_of(client)
    assert socket(server, cookie) == 101
    assert socket(server, cookie, Origin="http://evil.example") == 403
    client.get("/_auth/logout")
    assert socket(server, cookie) == 403


def test_a_link_opens_its_page_and_stops_when_revoked(server, link):
    workspace, share, token = link
    guest = httpx.Client(base_url=server.url, headers=HTML, follow_redirects=True)
    assert str(guest.get(f"/s/{token}").url) == f"{server.url}/curves?project=shared"
    assert str(guest.get("/files?project=other").url) == f"{server.url}/curves?project=shared"
    assert guest.get("/_stcore/metrics").status_code == 403
    assert guest.get("/_stcore/host-config").status_code == 200
    assert guest.put("/_upload/shared/file?name=x", content=b"x").status_code == 403
    assert socket(server, cookie_of(guest)) == 101
    workspace.shares.revoke(share.id)
    assert socket(server, cookie_of(guest)) == 403
    assert guest.get("/_stcore/host-config").status_code == 401
