import re

import pytest
from starlette.datastructures import Headers
from starlette.websockets import WebSocketDisconnect

from app.server import guards, policy, runtime, tokens
from tests.server.conftest import SECRET


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("localhost", True),
        ("LOCALHOST:8501", True),
        ("localhost.", True),
        ("127.0.0.1:80", True),
        ("192.168.1.7:8501", True),
        ("[::1]:8501", True),
        ("a.example.org", True),
        ("example.org", False),
        ("evilexample.org", False),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("localhost@evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost/path", False),
        ("localhost:port", False),
        ("", False),
    ],
)
def test_only_known_names_and_plain_addresses_are_answered(client, host, allowed):
    assert guards.host_allowed(host, ("localhost", "*.example.org")) is allowed
    assert client.get("/", headers={"host": host}).status_code == (200 if allowed else 400)


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({"host": "a:1"}, True),
        ({"host": "a:1", "origin": "https://a:1"}, True),
        ({"host": "a:1", "origin": "http://A:1"}, True),
        ({"host": "a:1", "origin": "http://a:2"}, False),
        ({"host": "a:1", "origin": "http://b"}, False),
        ({"host": "a:1", "origin": "null"}, False),
        ({"host": "a:1", "origin": ""}, False),
        ({"host": "a:1", "sec-fetch-site": "same-origin"}, True),
        ({"host": "a:1", "sec-fetch-site": "none"}, True),
        ({"host": "a:1", "sec-fetch-site": "same-site"}, False),
        ({"host": "a:1", "sec-fetch-site": "cross-site", "origin": "http://a:1"}, False),
    ],
)
def test_a_request_is_ours_when_its_page_is(headers, own):
    assert guards.own_origin(Headers(headers)) is own


def test_pages_may_be_linked_from_elsewhere_but_not_changed(client):
    foreign = {"origin": "http://evil.example", "sec-fetch-site": "cross-site"}
    assert client.get("/", headers=foreign).status_code == 200
    assert client.post("/change", headers=foreign).status_code == 403
    assert client.post("/change").status_code == 200


def test_sockets_are_opened_for_our_own_pages_only(client):
    with client.websocket_connect("ws://localhost/socket", headers={"origin": "http://localhost"}):
        pass
    for headers in ({"origin": "http://evil.example"}, {"host": "evil.example", "origin": "http://evil.example"}):
        with (
            pytest.raises(WebSocketDisconnect) as closed,
            client.websocket_connect("ws://localhost/socket", headers=headers),
        ):
            pass
        assert closed.value.code == 1008


def test_a_browser_gets_one_session_cookie_and_keeps_it(client):
    first = client.get("/", headers={"accept": "text/html"}).headers["set-cookie"]
    assert re.search("HttpOnly; SameSite=Lax$", first)
    assert tokens.valid_session(SECRET, client.cookies[tokens.COOKIE])
    assert "set-cookie" not in client.get("/", headers={"accept": "text/html"}).headers
    client.cookies.clear()
    assert "set-cookie" not in client.get("/", headers={"accept": "image/png"}).headers
    behind_tls = client.get("/", headers={"accept": "text/html", "x-forwarded-proto": "https"})
    assert behind_tls.headers["set-cookie"].endswith("; Secure")


def test_every_answer_carries_the_security_headers(client):
    for answer in (client.get("/"), client.get("/none"), client.get("/", headers={"host": "evil.example"})):
        for name, value in policy.headers():
            assert answer.headers[name] == value


def test_the_policy_names_no_other_host_and_allows_no_inline_script():
    text = policy.content_policy()
    directives = dict(part.split(" ", 1) for part in text.split("; "))
    assert "http" not in text
    assert "*" not in text
    assert "unsafe" not in directives["script-src"]
    assert directives["object-src"] == "'none'"
    assert len(policy.inline_hashes()) >= 1


def test_without_the_server_there_are_no_routes():
    assert not runtime.has_routes()
    assert runtime.upload_token("p") is None
