"""An owner signs in and shares; a guest sees that one view, read only, until the link is revoked."""

import pytest

from diagnostics.workspace import Workspace
from tests.e2e.conftest import DEMO, PATIENCE, Watch
from tests.support.pages import main_text, open_page, send_files, settled
from tests.support.provider import Provider
from tests.support.server import Server

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=\"document.title='owned'\"> [a](javascript:alert(1))"


@pytest.fixture
def provider():
    running = Provider()
    yield running
    running.stop()


@pytest.fixture
def server(tmp_path, provider):
    """A server people sign in to."""
    (tmp_path / "served").mkdir()
    instance = Server(tmp_path / "served" / "home", RUN_CLINIC_DEMO="0")
    instance.environment |= provider.settings(instance.url)
    instance.start()
    yield instance
    instance.stop()


@pytest.fixture
def guest_watch():
    return Watch()


@pytest.fixture
def guest(browser, guest_watch):
    """A page of another browser that knows nobody."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    guest_watch.attach(opened)
    yield opened
    context.close()
    assert guest_watch.outside == []


def share(page):
    """Make a link to what is on the screen and return its address."""
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Make a link").click()
    code = page.locator("[data-testid=stCode] code")
    code.wait_for()
    address = code.inner_text().strip()
    page.keyboard.press("Escape")
    settled(page)
    return address


def test_a_guest_sees_the_shared_view_and_no_more_until_it_is_revoked(server, provider, page, guest, guest_watch):
    provider.sign_in_as("owner@example.org")
    send_files(page, server.url, [DEMO / "digits-overfitting" / "history.json"])
    workspace = Workspace.open(server.home)
    try:
        (project,) = workspace.projects()
        (run,) = workspace.runs(project.id)
        open_page(page, f"{server.url}/curves?project={project.id}&run={run.id}")
        page.locator(".js-plotly-plot").first.wait_for()
        address = share(page)
        assert address.startswith(f"{server.url}/s/")

        open_page(guest, address)
        guest.locator(".js-plotly-plot").first.wait_for()
        settled(guest)
        assert guest.url.startswith(f"{server.url}/curves?project={project.id}")
        assert "Overfitting" in main_text(guest)
        assert guest.locator(".rc-nav").count() == 0
        assert guest.get_by_text("Shared view, read only.").is_visible()
        assert guest.get_by_role("button", name="Share").count() == 0
        open_page(guest, f"{server.url}/files?project={project.id}")
        assert "/curves" in guest.url

        assert guest_watch.errors == []

        (link,) = workspace.shares.listed(project.id)
        workspace.shares.revoke(link.id)
        guest.get_by_text("Português").click()  # any rerun of the open session
        guest.get_by_role("heading", name="Você saiu").wait_for()
        guest.locator(".js-plotly-plot").wait_for(state="detached")
    finally:
        workspace.close()


def test_names_that_look_like_code_stay_text(server, provider, page):
    provider.sign_in_as("owner@example.org", name=HOSTILE)
    open_page(page, server.url)
    workspace = Workspace.open(server.home)
    try:
        project = workspace.create_project(HOSTILE)
        workspace.people.set_role(project.id, f"{HOSTILE}@example.org", None)
        workspace.people.arrive(f"{HOSTILE[:30]}@example.org", HOSTILE)
        workspace.shares.create(project.id, author=HOSTILE, page="curves", query={}, seconds=900, name=HOSTILE)
        workspace.audit.note(HOSTILE, HOSTILE[:40], project.id, HOSTILE, name=HOSTILE)
    finally:
        workspace.close()
    open_page(page, f"{server.url}/people?project={project.id}")
    page.get_by_role("heading", name="What happened in this project").wait_for()
    assert "owned" not in page.title()
    assert "<img src=x" in main_text(page)
    assert page.locator('img[src="x"], a[href^="javascript"]').count() == 0
