"""Who gets through the door: people behind a trusted proxy, guests with a link, nobody else."""

import re
from itertools import product

import pytest

from app.server import passes
from diagnostics.workspace.people import Role
from tests.server import hosted
from tests.server.conftest import SECRET
from tests.server.hosted import HTML, PROXY, browser, said_by_socket, upload

TRUSTED = "10.0.0.5"
PATHS = {
    "page": "/curves?project=p&run=1",
    "other page": "/files?project=p",
    "script": "/static/js/main.js",
    "font": "/app/static/fonts/x.woff2",
    "component": "/component/x/index.html",
    "media": "/media/abc.png",
    "host config": "/_stcore/host-config",
    "metrics": "/_stcore/metrics",
    "agent": "/_stcore/agent/mcp",
    "traversal": "/static%2f..%2f_stcore/metrics",
    "health": "/healthz",
}
# Status of a GET by who asks. Media is 404: no session of this test shows it.
EXPECTED = {
    "nobody": dict.fromkeys(PATHS, 401) | {"health": 200},
    "stranger": dict.fromkeys(PATHS, 200) | {"media": 404, "metrics": 403, "agent": 404, "traversal": 404},
    "boss": dict.fromkeys(PATHS, 200) | {"media": 404, "agent": 404, "traversal": 404},
    "guest": dict.fromkeys(PATHS, 200)
    | {"other page": 303, "media": 404, "metrics": 403, "agent": 403, "traversal": 404},
}


@pytest.fixture
def app(workspace):
    workspace.create_project("q")
    for role in Role:
        workspace.people.set_role("p", f"{role}@example.org", role)
    return hosted.application(workspace, PROXY)


@pytest.fixture
def link(workspace, app):
    """A link to the learning curves of one run: the share and its token."""
    return workspace.shares.create("p", author="o", page="curves", query={"run": ["1"]}, seconds=600)


@pytest.fixture
def visitors(app, link):
    """Browsers by who sits in front of them."""
    guest = browser(app)
    guest.get(f"/s/{link[1]}")
    people = {name: browser(app, address=TRUSTED, person=f"{name}@example.org") for name in ("stranger", "boss")}
    people["boss"].get("/", headers=HTML)
    return {"nobody": browser(app), "guest": guest, **people}


@pytest.mark.parametrize(("who", "path"), list(product(EXPECTED, PATHS)))
def test_paths_by_visitor(visitors, who, path):
    expected = EXPECTED[who][path]
    assert visitors[who].get(PATHS[path]).status_code == expected


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("editor", 200), ("viewer", 403), ("stranger", 403), ("boss", 200)],
)
def test_uploads_by_role(app, who, status):
    client = browser(app, address=TRUSTED, person=f"{who}@example.org")
    client.get("/", headers=HTML)
    assert upload(client, "p") == status
    assert upload(client, "q") == (200 if who == "boss" else 403)


def test_guests_and_strangers_upload_nothing(visitors):
    assert upload(visitors["guest"], "p") == 403
    assert upload(visitors["nobody"], "p") == 401
    assert visitors["guest"].put("/_stcore/upload_file/a/b", content=b"x").status_code == 403
    assert visitors["guest"].post("/curves").status_code == 403


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.6", "192.168.1.1", "testclient", "::1"])
def test_the_header_counts_from_the_proxy_only(app, address):
    client = browser(app, address=address, person="boss@example.org")
    assert client.get("/curves", headers={**HTML, "x-forwarded-for": TRUSTED}).status_code == 401
    assert said_by_socket(client) == "Not allowed."


@pytest.mark.parametrize("address", [TRUSTED, "192.168.0.77", "::ffff:10.0.0.5"])
def test_the_proxy_names_the_person(app, workspace, address):
    client = browser(app, address=address, person="Owner@Example.org")
    assert client.get("/curves", headers=HTML).json()["pass"] == ["proxy owner@example.org"]
    assert workspace.people.person("owner@example.org").seen is not None
    assert said_by_socket(client) == ["proxy owner@example.org"]


def test_two_names_in_one_request_are_nobody(app):
    client = browser(app, address=TRUSTED)
    pairs = [("x-forwarded-user", "owner@example.org"), ("x-forwarded-user", "boss@example.org")]
    assert client.get("/curves", headers=pairs).status_code == 401
    assert client.get("/curves", headers={"x-forwarded-user": " \t"}).status_code == 401


def test_nobody_can_write_a_pass_of_their_own(app, visitors, link):
    forged = {passes.HEADER: "proxy boss@example.org"}
    assert visitors["nobody"].get("/curves", headers=forged).status_code == 401
    assert visitors["guest"].get("/curves", headers=forged).json()["pass"] == [f"guest {link[0].id}"]
    client = browser(app)
    for cookie in (link[0].id, f"{link[0].id}.x", passes.sign("another secret", "guest", link[0].id),
                   passes.sign(SECRET, "sign-in", link[0].id)):  # fmt: skip
        client.cookies.set(passes.GUEST_COOKIE, cookie)
        assert client.get("/curves").status_code == 401


def test_a_link_leads_to_its_view_and_nowhere_else(app, link):
    client = browser(app)
    answer = client.get(f"/s/{link[1]}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/curves?project=p&run=1")
    assert re.search(r"HttpOnly; Max-Age=\d+; Path=/; SameSite=lax$", answer.headers["set-cookie"])
    assert client.get("/files?project=q").headers["location"] == "/curves?project=p&run=1"
    assert said_by_socket(client) == [f"guest {link[0].id}"]
    assert said_by_socket(client, "/other") == "Not allowed."


def test_a_revoked_link_stops_at_once(app, workspace, visitors, link):
    guest = visitors["guest"]
    assert guest.get("/curves", headers=HTML).status_code == 200
    workspace.shares.revoke(link[0].id)
    assert guest.get("/static/x.js").status_code == 401
    assert said_by_socket(guest) == "Not allowed."
    answer = guest.get("/curves", headers=HTML)
    assert answer.status_code == 403
    assert "This link works no more" in answer.text
    assert browser(app).get(f"/s/{link[1]}").status_code == 404


def test_unknown_and_expired_links_open_nothing(app, workspace):
    _, old = workspace.shares.create("p", author="o", page="", query={}, seconds=-1)
    for token in (old, "x" * 32, "-"):
        answer = browser(app).get(f"/s/{token}", headers={"accept-language": "pt-BR"})
        assert answer.status_code == 404
        assert passes.GUEST_COOKIE not in answer.headers.get("set-cookie", "")
        assert 'lang="pt-BR"' in answer.text


def test_who_may_read_the_project_opens_a_link_as_themselves(app, link):
    viewer = browser(app, address=TRUSTED, person="viewer@example.org")
    viewer.get(f"/s/{link[1]}")
    assert viewer.get("/files").json()["pass"] == ["proxy viewer@example.org"]
    stranger = browser(app, address=TRUSTED, person="stranger@example.org")
    stranger.get(f"/s/{link[1]}")
    assert stranger.get("/curves").json()["pass"] == [f"guest {link[0].id}"]
    stranger.get("/_auth/leave")
    assert stranger.get("/files").json()["pass"] == ["proxy stranger@example.org"]


def test_cookies_are_secure_behind_tls(app, link):
    answer = browser(app).get(f"/s/{link[1]}", headers={"x-forwarded-proto": "https"})
    assert "; Secure" in answer.headers["set-cookie"]


def test_other_names_of_the_host_and_other_sites_stay_out(app, visitors):
    boss = visitors["boss"]
    assert boss.get("/curves", headers={"host": "evil.example"}).status_code == 400
    assert boss.post("/curves", headers={"origin": "http://evil.example"}).status_code == 403
    assert "other sites" in said_by_socket(boss, origin="http://evil.example")
    assert "host name" in said_by_socket(boss, host="evil.example")
