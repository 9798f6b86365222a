"""Signing in through a provider on loopback: the way there and back, and everything that must not work."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.server import passes, signing
from app.server.signing import own_path
from tests.server import hosted
from tests.server.hosted import HTML, URL, browser
from tests.support.provider import Provider

DEEP = "/curves?project=p&run=1&slice=a%3D1"


@pytest.fixture(scope="module")
def running():
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(running):
    running.sign_in_as("first@example.org")
    running.spoil, running.algorithm = {}, "RS256"
    return running


@pytest.fixture
def app(workspace, provider):
    return hosted.application(workspace, provider.settings(URL))


def begin(client, path=DEEP):
    """Ask for a page and let the provider sign in; returns where it sends the browser back to."""
    asked = client.get(path, headers=HTML)
    assert asked.status_code == 303
    login = client.get(asked.headers["location"])
    back = httpx.get(login.headers["location"]).headers["location"]
    assert back.startswith(f"{URL}/_auth/callback?")
    return back


def sign_in(client, path=DEEP):
    """Go the whole way; returns the answer that sets the cookie."""
    return client.get(begin(client, path))


def test_the_page_that_was_asked_for_comes_after_signing_in(app, workspace):
    client = browser(app)
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["location"]) == (303, DEEP)
    shown = client.get(DEEP, headers=HTML).json()["pass"]
    assert len(shown) == 1
    assert workspace.people.signed_in(shown[0].removeprefix("person ")) == "first@example.org"
    assert workspace.people.person("first@example.org").owner
    assert workspace.audit.entries()[0].action == "sign_in"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app):
    cookies = sign_in(browser(app)).headers.get_list("set-cookie")
    kept = next(c for c in cookies if c.startswith(passes.PERSON_COOKIE))
    assert re.search(r"; HttpOnly; Max-Age=43200; Path=/; SameSite=lax$", kept)


def test_cookies_are_secure_where_the_site_is(workspace, provider):
    app = hosted.application(workspace, provider.settings("https://clinic.example.org"))
    client = browser(app, url="http://clinic.example.org")
    answer = client.get("/_auth/login")
    assert "redirect_uri=https%3A%2F%2Fclinic.example.org%2F_auth%2Fcallback" in answer.headers["location"]
    assert "; Secure" in answer.headers["set-cookie"]


def test_the_request_to_the_provider_has_state_nonce_and_challenge(app):
    client = browser(app)
    query = parse_qs(urlsplit(client.get("/_auth/login").headers["location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["scope"] == ["openid email profile"]
    again = parse_qs(urlsplit(client.get("/_auth/login").headers["location"]).query)
    for name in ("state", "nonce", "code_challenge"):
        assert len(query[name][0]) >= 32
        assert query[name] != again[name]


def test_signing_out_ends_the_sign_in_for_whoever_kept_the_cookie(app):
    client, thief = browser(app), browser(app)
    sign_in(client)
    thief.cookies.set(passes.PERSON_COOKIE, client.cookies[passes.PERSON_COOKIE])
    assert thief.get("/curves").status_code == 200
    foreign = {"sec-fetch-site": "cross-site"}
    assert client.get("/_auth/logout", headers=foreign).status_code == 303
    assert thief.get("/curves").status_code == 200
    assert client.get("/_auth/logout").status_code == 200
    assert passes.PERSON_COOKIE not in client.cookies
    assert thief.get("/curves").status_code == 401


def test_a_wrong_or_missing_state_is_refused(app):
    client = browser(app)
    back = begin(client)
    code = parse_qs(urlsplit(back).query)["code"][0]
    for query in (f"code={code}&state=wrong", f"code={code}", f"code={code}&state="):
        assert client.get(f"/_auth/callback?{query}").status_code == 400
    assert client.get("/curves").status_code == 401


def test_the_way_back_belongs_to_the_browser_that_began(app):
    back = begin(browser(app))
    victim = browser(app)
    assert victim.get(back).status_code == 400
    begin(victim)
    assert victim.get(back).status_code == 400
    assert passes.PERSON_COOKIE not in victim.cookies


def test_a_code_and_a_state_work_once(app, provider):
    client = browser(app)
    back = begin(client)
    attempt = client.cookies[signing.ATTEMPT_COOKIE]
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 400
    # Even with the attempt put back and a provider that would accept a fresh code for the same state.
    other = browser(app)
    other.cookies.set(signing.ATTEMPT_COOKIE, attempt, path="/_auth/")
    assert other.get(back).status_code == 403
    state = parse_qs(urlsplit(back).query)["state"][0]
    used = dict(provider_query(app, attempt), state=state)
    fresh = urlsplit(provider.authorize(used)).query
    assert other.get(f"/_auth/callback?{fresh}").status_code in (400, 403)
    assert passes.PERSON_COOKIE not in other.cookies


def provider_query(app, attempt):
    """What the browser of an attempt would send to the provider."""
    from itsdangerous import URLSafeTimedSerializer

    from app.server.oidc import Attempt
    from app.server.oidc import Provider as Client
    from tests.server.conftest import SECRET

    kept = Attempt(**URLSafeTimedSerializer(SECRET, salt="run-clinic attempt").loads(attempt))
    guard = next(m for m in app.user_middleware if "sign_in" in m.kwargs)
    query = parse_qs(urlsplit(Client(guard.kwargs["sign_in"]).address(kept)).query)
    return {name: values[0] for name, values in query.items()}


def test_an_attempt_that_took_too_long_is_refused(app, monkeypatch):
    client = browser(app)
    back = begin(client)
    monkeypatch.setattr(signing, "ATTEMPT_SECONDS", -1)
    answer = client.get(back)
    assert answer.status_code == 400
    assert "took too long" in answer.text


@pytest.mark.parametrize(
    "spoil",
    [
        {"iss": "https://evil.example"},
        {"aud": "another client"},
        {"aud": ["run-clinic-tests", "x"], "azp": "x"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
    ],
)
def test_tokens_that_are_not_for_this_sign_in_are_refused(app, provider, spoil):
    provider.spoil = spoil
    assert sign_in(browser(app)).status_code == 403


@pytest.mark.parametrize("algorithm", ["none", "forged"])
def test_tokens_that_the_provider_did_not_sign_are_refused(app, provider, algorithm):
    provider.algorithm = algorithm
    assert sign_in(browser(app)).status_code == 403


@pytest.mark.parametrize(
    "claims", [{"email_verified": False}, {"email_verified": "true"}, {"email": ""}, {"email": None}, {"email": ["a"]}]
)
def test_an_address_that_nobody_verified_names_nobody(app, provider, claims, workspace):
    provider.claims |= claims
    answer = sign_in(browser(app))
    assert answer.status_code == 403
    assert "did not name you" in answer.text
    assert workspace.people.everyone() == []


def test_what_the_provider_says_is_not_repeated_on_the_page(app):
    client = browser(app)
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]
    answer = client.get(f"/_auth/callback?state={state}&error=<script>x</script>&error_description=<b>")
    assert answer.status_code == 403
    assert "<script" not in answer.text
    assert "<b>" not in answer.text


def test_a_provider_that_does_not_answer_is_said_so(workspace, provider):
    env = provider.settings(URL) | {"RUN_CLINIC_OIDC_ISSUER": "http://127.0.0.1:9"}
    answer = browser(hosted.application(workspace, env)).get("/_auth/login")
    assert answer.status_code == 503


def test_new_keys_of_the_provider_are_fetched(app, provider):
    from joserfc.jwk import RSAKey

    assert sign_in(browser(app)).status_code == 303
    provider.key = RSAKey.generate_key(2048, {"kid": "one"})
    assert sign_in(browser(app)).status_code == 303


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:x",
        "",
        "/a\nb",
        "/_auth/login",
    ],
)
def test_signing_in_leads_to_our_own_pages_only(text):
    assert own_path(text) == "/"
    assert own_path(DEEP) == DEEP
