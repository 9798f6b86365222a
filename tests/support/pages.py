"""What browser tests do again and again: open a page, wait until it has settled, send files."""

from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page

from tests.support.screenshots import settled


def open_page(page: Page, url: str) -> None:
    """Go to an address and wait until the script has run."""
    page.goto(url)
    settled(page)


def send_files(page: Page, url: str, files: Iterable[Path]) -> str:
    """Choose files in the upload area of the files page; wait until they were read; return what was said."""
    open_page(page, f"{url}/files")
    page.locator("input.pick-files").set_input_files([str(file) for file in files])
    reading = page.locator(".st-key-rc-reading")
    reading.wait_for()
    settled(page)
    return reading.inner_text()


def unfold(page: Page, name: str) -> None:
    """Open an expander and wait until it has its height: what lies in it moves until then, and a click may miss it."""
    page.locator("summary", has_text=name).first.click()
    settled(page)


def main_text(page: Page) -> str:
    """Everything the page says, without the sidebar."""
    return page.get_by_test_id("stMain").inner_text()


def go(page: Page, name: str) -> None:
    """Follow a link of the navigation."""
    navigation = page.locator(".rc-nav")
    navigation.get_by_role("link", name=name, exact=True).click()
    navigation.locator('[aria-current="page"]', has_text=name).wait_for()
    settled(page)
