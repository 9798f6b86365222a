"""The queue opens at the example that a card, a row of the catalogue or an address names."""

import pytest

from tests.support.boards import collect, count, create, lane, table
from tests.support.pages import open_page, send_files, settled

pytestmark = pytest.mark.browser


def shown(page):
    return page.locator(".rc-queue .stage h2").inner_text()


def at(page, name):
    page.locator(".rc-queue .stage h2", has_text=name).wait_for()
    settled(page)


def test_a_card_opens_in_the_queue_and_the_address_follows_the_arrows(server, page, tmp_path):
    send_files(page, server.url, [table(tmp_path)])
    query = collect(page, server.url)
    create(page, "Dark")
    open_page(page, f"{server.url}/board{query}")
    count(page, "Untagged", 24)
    cards = lane(page, "Untagged").locator(".card")
    names = [cards.nth(i).locator(".title").inner_text() for i in range(6)]
    # By keyboard alone: down to the fifth card, Tab to the link beside it, Enter.
    cards.first.focus()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    at(page, names[4])
    page.go_back()
    count(page, "Untagged", 24)
    cards.nth(4).focus()
    page.keyboard.press("o")
    at(page, names[4])
    page.locator(".rc-queue .stage").focus()
    page.keyboard.press("ArrowRight")
    at(page, names[5])
    create(page, "Blurred")  # the whole page is drawn anew: the example and its address stay
    assert shown(page) == names[5]
    page.reload()
    at(page, names[5])


def test_an_example_of_the_catalogue_opens_in_the_queue(server, page, tmp_path):
    send_files(page, server.url, [table(tmp_path)])
    query = collect(page, server.url)
    create(page, "Dark")
    page.locator(".rc-queue .stage").focus()
    name = shown(page)
    page.keyboard.press("1")
    page.locator(".rc-queue .said", has_text="Tagged").wait_for()
    page.locator(".rc-queue .saving").wait_for(state="detached")
    open_page(page, f"{server.url}/catalogue{query}")
    link = page.get_by_role("link", name=f"Open {name} in the queue")
    link.focus()
    page.keyboard.press("Enter")
    at(page, name)
    assert "Dark" in page.locator(".rc-queue .stage .tag").inner_text()


def test_an_example_that_is_not_there_opens_the_queue_where_it_would_open_anyway(server, page, tmp_path):
    send_files(page, server.url, [table(tmp_path)])
    query = collect(page, server.url)
    first = shown(page)
    open_page(page, f"{server.url}/queue{query}&example=nothing")
    at(page, first)
