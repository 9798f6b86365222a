"""What only the whole server shows: Streamlit inside our guards, memory, restarts."""

import http.client
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app.server import tokens
from diagnostics.workspace import Workspace
from tests.support.server import ROOT, Server, wait_until

MEGABYTE = 1 << 20


@pytest.fixture
def workspace(server):
    opened = Workspace.open(server.home)
    yield opened
    opened.close()


@pytest.fixture
def upload(server, workspace):
    """Cookie and token as a page would have them, and the project they are for."""
    project = workspace.create_project("served").id
    cookie = httpx.get(server.url, headers={"accept": "text/html"}).cookies[tokens.COOKIE]
    secret = (server.home / "secret").read_text()
    headers = {"cookie": f"{tokens.COOKIE}={cookie}", "x-upload-token": tokens.issue(secret, cookie, project)}
    return project, headers


def resident(pid):
    """Resident memory of a process in bytes, now and at its highest."""
    text = Path(f"/proc/{pid}/status").read_text()
    lines = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    return [int(lines[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM")]


def test_it_says_where_it_is_and_that_it_is_well(server):
    assert httpx.get(f"{server.url}/healthz").json() == {"status": "ok"}
    wait_until(lambda: f"http://127.0.0.1:{server.port}" in server.log.read_text(), "the address")


def test_pages_and_streamlits_own_paths_are_behind_the_guards(server):
    for path in ("/", "/curves?project=demo", "/_stcore/health", "/_stcore/host-config", "/healthz"):
        answer = httpx.get(server.url + path)
        assert answer.status_code == 200, path
        assert "frame-ancestors" in answer.headers["content-security-policy"]
        assert httpx.get(server.url + path, headers={"host": "evil.example"}).status_code == 400
    assert httpx.put(server.url + "/_stcore/upload_file/a/b", headers={"origin": "http://evil"}).status_code == 403


@pytest.mark.parametrize(("origin", "status"), [("own", 101), ("http://evil.example", 403)])
def test_the_page_socket_opens_for_our_own_pages_only(server, origin, status):
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Origin": server.url if origin == "own" else origin,
    }
    connection.request("GET", "/_stcore/stream", headers=headers)
    assert connection.getresponse().status == status
    connection.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_big_upload_does_not_grow_memory(server, workspace, upload):
    project, headers = upload
    chunk, count = os.urandom(MEGABYTE), 200
    httpx.put(f"{server.url}/_upload/{project}/file?name=first", content=b"warm up", headers=headers)
    before, _ = resident(server.process.pid)
    answer = httpx.put(
        f"{server.url}/_upload/{project}/file?name=big.bin",
        content=(chunk for _ in range(count)),
        headers=headers,
        timeout=120,
    )
    assert answer.json()["size"] == count * MEGABYTE
    _, highest = resident(server.process.pid)
    assert highest - before < count * MEGABYTE / 5
    assert workspace.upload_path(answer.json()["upload_id"]).stat().st_size == count * MEGABYTE


def test_an_upload_that_breaks_off_leaves_nothing(server, workspace, upload):
    project, headers = upload
    files = set(server.home.glob("files/*/*"))
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        lines = [f"PUT /_upload/{project}/file?name=half HTTP/1.1", f"Host: 127.0.0.1:{server.port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()] + [f"Content-Length: {50 * MEGABYTE}"]
        line.sendall("\r\n".join([*lines, "", ""]).encode() + b"x" * 3 * MEGABYTE)
        wait_until(lambda: any((server.home / "incoming").iterdir()), "the beginning of the upload")
    wait_until(lambda: not any((server.home / "incoming").iterdir()), "the end of the upload")
    assert set(server.home.glob("files/*/*")) == files
    assert workspace.uploads(project) == ()


def test_uploads_survive_a_kill(tmp_path):
    running = Server(tmp_path / "home", RUN_CLINIC_DEMO="0").start()
    try:
        opened = Workspace.open(running.home)
        id = opened.add_upload(opened.create_project("kept").id, "a.csv", b"epoch,loss\n1,2\n").id
        opened.close()
        cookie = httpx.get(running.url, headers={"accept": "text/html"}).cookies[tokens.COOKIE]
        running.restart()
        again = Workspace.open(running.home)
        assert again.upload_path(id).read_bytes() == b"epoch,loss\n1,2\n"
        again.close()
        # The signing secret was kept: the session cookie from before is still good.
        answer = httpx.get(running.url, headers={"accept": "text/html", "cookie": f"{tokens.COOKIE}={cookie}"})
        assert "set-cookie" not in answer.headers
    finally:
        running.stop()


def test_starting_imports_none_of_the_heavy_libraries():
    heavy = ["sklearn", "shap", "lime", "torch", "pandas", "duckdb", "matplotlib"]  # plotly: Streamlit itself
    code = (
        "import sys, json; import app.cli, app.server.asgi, diagnostics; from pathlib import Path; from app import "
        "settings; app.server.asgi.create_app(settings.load({'RUN_CLINIC_HOME': sys.argv[1]})); "
        f"print(json.dumps([name for name in {heavy!r} if name in sys.modules]))"
    )
    home = str(ROOT / ".pytest_cache" / "imports-home")
    done = subprocess.run([sys.executable, "-c", code, home], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_a_server_that_has_just_started_brings_the_demo_project_in(tmp_path):
    fresh = Server(tmp_path / "home").start()
    opened = Workspace.open(fresh.home)
    try:
        wait_until(lambda: any(found.demo for found in opened.projects()), "the demo project")
    finally:
        opened.close()
        fresh.stop()
    assert "Traceback" not in fresh.log.read_text(encoding="utf-8")
