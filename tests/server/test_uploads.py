import hashlib

import pytest

from app.server import tokens
from tests.server.conftest import LIMIT, SECRET


@pytest.fixture
def token(session):
    return tokens.issue(SECRET, session, "p")


def put(client, content, token, *, name="run.csv", project="p", **headers):
    headers = {"x-upload-token": token, **{key.replace("_", "-"): value for key, value in headers.items()}}
    return client.put(f"/_upload/{project}/file", params={"name": name}, content=content, headers=headers)


def everything_in(workspace):
    return [path for path in workspace.home.rglob("*") if path.is_file() and "sqlite" not in path.name]


def test_a_file_is_stored_under_its_content(client, token, workspace):
    content = b"epoch,loss\n1,2\n"
    answer = put(client, content, token, name="runs/first/metrics.csv")
    (upload,) = workspace.uploads("p")
    assert answer.status_code == 200
    assert answer.json() == {
        "upload_id": upload.id,
        "name": "runs/first/metrics.csv",
        "digest": hashlib.sha256(content).hexdigest(),
        "size": len(content),
    }
    assert workspace.upload_path(upload.id).read_bytes() == content


def test_the_name_may_be_in_the_path(client, token, workspace):
    answer = client.put("/_upload/p/a%20b.csv", content=b"x", headers={"x-upload-token": token})
    assert answer.json()["name"] == "a b.csv"


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "..\\..\\x", "%2e%2e/%2e%2e/x", "/etc/x", "a\x00b", "C:\\x"])
def test_hostile_names_stay_inside(client, token, workspace, name):
    assert put(client, b"data", token, name=name).status_code == 200
    (upload,) = workspace.uploads("p")
    assert ".." not in upload.name.split("/")
    assert [path.parent.parent for path in everything_in(workspace)] == [workspace.home / "files"]


def test_nothing_comes_in_without_a_token_for_this_session_and_project(client, session, workspace):
    workspace.create_project("q")
    strange = tokens.new_session(SECRET)
    for bad in (
        "",
        "nonsense",
        tokens.issue("another secret, also long", session, "p"),
        tokens.issue(SECRET, session, "q"),
        tokens.issue(SECRET, strange, "p"),
        tokens.issue(SECRET, session, "p", now=0),
    ):
        answer = put(client, b"data", bad)
        assert (answer.status_code, answer.json()["code"]) == (403, "upload_not_allowed")
    assert workspace.uploads("p") == ()
    assert everything_in(workspace) == []


def test_a_token_without_the_cookie_it_was_made_for_is_worth_nothing(client, token, workspace):
    client.cookies.clear()
    assert put(client, b"data", token).status_code == 403
    client.cookies.set(tokens.COOKIE, "forged")
    assert put(client, b"data", tokens.issue(SECRET, "forged", "p")).status_code == 403


def test_a_token_is_stable_for_a_while_and_then_ends():
    session, hour = tokens.new_session(SECRET), 3600
    start = 100 * tokens.WINDOW_SECONDS
    token = tokens.issue(SECRET, session, "p", now=start)
    assert token == tokens.issue(SECRET, session, "p", now=start + hour)
    assert tokens.accepts(SECRET, token, session, "p", now=start + tokens.WINDOW_SECONDS + hour)
    assert not tokens.accepts(SECRET, token, session, "p", now=start + 2 * tokens.WINDOW_SECONDS)


@pytest.mark.parametrize("announced", [True, False])
def test_a_file_over_the_cap_is_refused_and_leaves_nothing(client, token, workspace, announced):
    body = b"x" * (LIMIT + 1)
    answer = put(client, body if announced else iter([body[: LIMIT // 2], body[LIMIT // 2 :]]), token)
    assert answer.status_code == 413
    assert answer.json()["code"] == "file_over_limit"
    assert answer.json()["params"]["limit"] == LIMIT
    assert workspace.uploads("p") == ()
    assert everything_in(workspace) == []


def test_a_file_of_exactly_the_cap_comes_in(client, token, workspace):
    assert put(client, iter([b"x" * 1_000_000] * 3), token).json()["size"] == LIMIT


def test_an_unknown_project_is_not_found(client, session, workspace):
    answer = put(client, b"x", tokens.issue(SECRET, session, "none"), project="none")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_project")


def test_another_site_cannot_upload_even_with_cookie_and_token(client, token, workspace):
    for headers in (
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:9999"},
        {"sec_fetch_site": "cross-site"},
    ):
        assert put(client, b"x", token, **headers).status_code == 403
    assert put(client, b"x", token, origin="http://localhost").status_code == 200
