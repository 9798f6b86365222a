"""One browser a session, one server a test; every page must end without outside requests or console errors."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.browser import ARGUMENTS, obtain_browser
from tests.support.server import Server

PATIENCE = 120_000
"""Milliseconds a browser waits for what a test asks for; a busy machine must not fail it."""

DEMO = Path(__file__).resolve().parents[2] / "demo_data" / "runs"


@pytest.fixture
def server(tmp_path):
    """A server with an empty home, the demo not read: what one test uploads no other sees."""
    instance = Server(tmp_path / "served" / "home", RUN_CLINIC_DEMO="0")
    instance.home.parent.mkdir()
    instance.start()
    yield instance
    instance.stop()


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=obtain_browser(), args=ARGUMENTS)
        yield instance
        instance.close()


@dataclass
class Watch:
    """What a page asked for and complained about."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def attach(self, page) -> None:
        page.on("request", self.on_request)
        page.on("websocket", lambda socket: self.on_url(socket.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)

    def on_request(self, request) -> None:
        self.on_url(request.url)

    def on_url(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.outside.append(url)


@pytest.fixture
def watch():
    return Watch()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A failure tells what its pages and its server said, so that one seen once can be understood."""
    report = yield
    if call.when == "call" and call.excinfo is not None:
        report.sections += list(last_words(item.funcargs))
    return report


def last_words(used):
    """The end of the server's log, and what each page showed when the test failed."""
    if isinstance(server := used.get("server"), Server):
        yield "end of the server's log", server.log.read_text(errors="replace")[-2000:]
    for name in ("page", "second"):
        if name in used and not used[name].is_closed():
            yield f"what {name} showed at {used[name].url}", used[name].locator("body").inner_text()[-3000:]


@contextmanager
def person(browser, watch):
    """A browser of somebody's own; ends in a failure where the page asked outside or complained."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    # Only how long a failure takes: on a machine full of other work one step was seen to need a minute.
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    watch.attach(page)
    yield page
    context.close()
    assert watch.outside == []
    assert watch.errors == []


@pytest.fixture
def page(browser, watch):
    with person(browser, watch) as page:
        yield page


@pytest.fixture
def second(browser):
    """Another person's browser."""
    with person(browser, Watch()) as page:
        yield page
