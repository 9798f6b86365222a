"""A model, pictures and predictions are uploaded; a map lies over a picture; a tile of the sheet opens it."""

import pytest

from tests.e2e.conftest import Watch
from tests.support import images
from tests.support.boards import collect
from tests.support.pages import go, main_text, open_page, send_files
from tests.support.screenshots import settled

pytestmark = pytest.mark.browser


@pytest.fixture
def uploaded(server, page, tmp_path):
    pytest.importorskip("onnxruntime")
    paths = []
    for name, content in images.files().items():
        (tmp_path / name).write_bytes(content)
        paths.append(tmp_path / name)
    send_files(page, server.url, paths)
    go(page, "Image explanations")
    page.get_by_text("the same class as the file", exact=False).wait_for(timeout=90_000)
    return page


def overlay(page):
    return page.locator("img[alt^='The picture with the map of']")


def test_a_map_lies_over_the_picture_and_changes_with_the_method(uploaded, watch: Watch):
    page = uploaded
    overlay(page).wait_for(timeout=90_000)
    page.get_by_text("Check: hide it").wait_for()
    first = overlay(page).get_attribute("src")
    assert "Score-CAM" in overlay(page).get_attribute("alt")
    page.get_by_role("combobox", name="Method").click()
    page.get_by_role("option", name="Occlusion").click()
    page.locator("img[alt^='The picture with the map of Occlusion']").wait_for(timeout=90_000)
    settled(page)
    assert overlay(page).get_attribute("src") != first
    assert "cam=occlusion" in page.url


def test_a_tile_of_the_contact_sheet_opens_its_picture(uploaded):
    page = uploaded
    page.get_by_text("Contact sheet", exact=True).click()
    page.get_by_text("2 of 2 pictures").wait_for(timeout=90_000)
    settled(page)
    page.locator("[class*='st-key-tile-1'] button").click()
    overlay(page).wait_for(timeout=90_000)
    settled(page)
    assert "Row 2" in main_text(page)
    page.reload()
    overlay(page).wait_for(timeout=90_000)
    assert "Row 2" in main_text(page)


def test_the_queue_leads_to_the_map_over_its_picture(uploaded, server):
    page = uploaded
    collect(page, server.url)
    link = page.locator(".rc-queue").get_by_role("link", name="Where the model looked")
    link.wait_for(timeout=90_000)
    page.locator(".rc-queue .stage").focus()
    page.keyboard.press("ArrowRight")
    page.locator(".rc-queue .stage", has_text="Example 2 of 2").wait_for()
    named = link.get_attribute("href").rpartition("picture=")[2]
    link.click()
    overlay(page).wait_for(timeout=90_000)
    assert f"Row {int(named) + 1}:" in main_text(page)
    page.go_back()
    page.locator(".rc-queue .stage", has_text="Example 2 of 2").wait_for()


def test_the_story_of_a_row_leads_to_the_map_over_its_picture(uploaded, server):
    page = uploaded
    query = page.url.partition("?")[2]
    open_page(page, f"{server.url}/losses?{query}&row=7")
    page.get_by_role("link", name="Where the model looked").click()
    overlay(page).wait_for(timeout=90_000)
    assert "Row 7:" in main_text(page)
    page.reload()
    overlay(page).wait_for(timeout=90_000)
    assert "Row 7:" in main_text(page)
