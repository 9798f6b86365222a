"""The list of pages: every page without an accessibility violation, links that carry what is picked, the keyboard."""

import pytest

from app.main import PAGES
from tests.support.pages import go, open_page, settled
from tests.support.server import Server

pytestmark = pytest.mark.browser
DEMO = "?project=demo"


@pytest.fixture
def demo(tmp_path):
    """A server whose demo project is there."""
    instance = Server(tmp_path / "served" / "home")
    instance.home.parent.mkdir()
    instance.start()
    instance.wait_for_demo()
    yield instance
    instance.stop()


def violations(page):
    """What axe finds wrong with the whole page, by rule, with the first places."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page).response["violations"]
    return [(v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in found]


def test_no_page_has_an_accessibility_violation(demo, page):
    for name in PAGES:
        path = "" if name == "triage" else name
        open_page(page, f"{demo.url}/{path}{DEMO}")
        page.get_by_role("heading", level=1).first.wait_for()
        settled(page)
        assert violations(page) == [], name


def test_nor_has_one_in_the_dark_on_a_phone(demo, page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.add_init_script(
        """for (const path of ["", "queue", "board", "catalogue"])
             window.localStorage.setItem(`stActiveTheme-/${path}-v2`, JSON.stringify("Dark"));"""
    )
    for path in ("", "queue", "board", "catalogue"):
        open_page(page, f"{demo.url}/{path}{DEMO}")
        settled(page)
        assert violations(page) == [], path


def test_a_link_switches_the_page_keeps_what_is_picked_and_goes_back(demo, page):
    open_page(page, f"{demo.url}/{DEMO}")
    page.evaluate("window.notLoadedAnew = true")
    go(page, "Error board")
    page.get_by_role("heading", name="Error board", level=1).wait_for()
    assert "/board?project=demo" in page.url
    go(page, "Error catalogue")
    page.get_by_role("heading", name="Error catalogue", level=1).wait_for()
    page.go_back()
    page.get_by_role("heading", name="Error board", level=1).wait_for()
    page.locator('.rc-nav [aria-current="page"]', has_text="Error board").wait_for()
    assert page.locator(".rc-nav [aria-current]").count() == 1
    assert page.evaluate("window.notLoadedAnew") is True
    # The link of a page holds what is picked, so it can be copied or opened in a tab of its own.
    assert "project=demo" in page.locator(".rc-nav a", has_text="Learning curves").get_attribute("href")


def test_the_keyboard_alone_reaches_a_page(demo, page):
    open_page(page, f"{demo.url}/{DEMO}")
    link = page.locator(".rc-nav a", has_text="Error queue")
    for _ in range(40):
        page.keyboard.press("Tab")
        if link.evaluate("(node) => node === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Error queue", level=1).wait_for()
    settled(page)
    assert link.get_attribute("aria-current") == "page"
    assert link.evaluate("(node) => node === document.activeElement")


def test_on_a_phone_the_list_makes_room_for_the_page(demo, page):
    from playwright.sync_api import expect

    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, f"{demo.url}/{DEMO}")
    link = page.locator(".rc-nav a", has_text="Error board")
    expect(link).not_to_be_in_viewport()
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(link).to_be_in_viewport()
    link.click()
    page.get_by_role("heading", name="Error board", level=1).wait_for()
    expect(link).not_to_be_in_viewport()
