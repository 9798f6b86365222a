"""Settings of the sign-in: incomplete or unsafe ones are refused at the start."""

import subprocess
import sys

import httpx
import pytest

from app import hosting, settings
from app.hosting import HostingError
from tests.support.server import ROOT, Server

OIDC = {
    "RUN_CLINIC_OIDC_ISSUER": "https://id.example.org",
    "RUN_CLINIC_OIDC_CLIENT": "c",
    "RUN_CLINIC_URL": "https://clinic.example.org/",
}
PROXY = {"RUN_CLINIC_PROXY_HEADER": "X-User", "RUN_CLINIC_PROXY_ADDRESSES": "10.0.0.5,fd00::/8"}


def test_nothing_set_is_local_use():
    assert hosting.load({}).method == ""
    assert not hosting.is_on({"RUN_CLINIC_PROXY_HEADER": " "})
    assert hosting.is_on(OIDC)
    assert hosting.is_on(PROXY)


def test_what_is_set_is_read():
    read = hosting.load(OIDC | {"RUN_CLINIC_OWNERS": " Ana@Example.org,, b ", "RUN_CLINIC_SIGN_IN_HOURS": "2"})
    assert (read.method, read.callback) == ("oidc", "https://clinic.example.org/_auth/callback")
    assert (read.owners, read.seconds, read.claim) == (("ana@example.org", "b"), 7200, "email")
    assert hosting.load(PROXY).header == "x-user"


@pytest.mark.parametrize(
    ("env", "named"),
    [
        (OIDC | PROXY, "not both"),
        (OIDC | {"RUN_CLINIC_OIDC_CLIENT": ""}, "RUN_CLINIC_OIDC_CLIENT"),
        (OIDC | {"RUN_CLINIC_URL": ""}, "RUN_CLINIC_URL"),
        (OIDC | {"RUN_CLINIC_URL": "http://clinic.example.org"}, "https"),
        (OIDC | {"RUN_CLINIC_OIDC_ISSUER": "http://id.example.org"}, "https"),
        (OIDC | {"RUN_CLINIC_OIDC_ISSUER": "id.example.org"}, "RUN_CLINIC_OIDC_ISSUER"),
        (PROXY | {"RUN_CLINIC_PROXY_ADDRESSES": ""}, "RUN_CLINIC_PROXY_ADDRESSES"),
        (PROXY | {"RUN_CLINIC_PROXY_ADDRESSES": "proxy.example.org"}, "RUN_CLINIC_PROXY_ADDRESSES"),
        (OIDC | {"RUN_CLINIC_SIGN_IN_HOURS": "0"}, "RUN_CLINIC_SIGN_IN_HOURS"),
        (PROXY | {"RUN_CLINIC_SIGN_IN_HOURS": "x"}, "RUN_CLINIC_SIGN_IN_HOURS"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(env, named):
    with pytest.raises(HostingError, match=named):
        hosting.load(env)
    with pytest.raises(settings.SettingsError, match=named):
        settings.load(env)


@pytest.mark.parametrize(
    ("address", "trusted"),
    [("10.0.0.5", True), ("::ffff:10.0.0.5", True), ("fd00::1", True), ("10.0.0.50", False), ("", False), ("x", False)],
)
def test_the_proxy_is_known_by_its_address(address, trusted):
    assert hosting.load(PROXY).trusts(address) is trusted


def test_signing_in_does_not_replace_the_secret(tmp_path):
    command = [sys.executable, "-m", "app.cli", "serve", "--host", "0.0.0.0", "--home", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env={**PROXY, "PATH": ""}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 3
    assert "RUN_CLINIC_SECRET" in done.stderr


def test_the_running_server_believes_the_connection_and_not_what_it_says_of_itself(tmp_path):
    server = Server(tmp_path / "home", RUN_CLINIC_DEMO="0", **PROXY).start()
    try:
        said = {"x-user": "boss", "x-forwarded-for": "10.0.0.5", "forwarded": "for=10.0.0.5", "x-real-ip": "10.0.0.5"}
        assert httpx.get(f"{server.url}/files", headers=said).status_code == 401
    finally:
        server.stop()
