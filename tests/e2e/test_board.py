"""Two people at one board, by mouse and by keyboard; hostile text stays text."""

import pytest

from tests.support.boards import HOSTILE, collect, count, create, drag, lane, table, titles
from tests.support.pages import open_page, send_files, settled

pytestmark = pytest.mark.browser
FOCUSED = """() => {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found.textContent;
}"""


def test_two_people_tag_and_drag_and_end_with_the_same_board(server, page, second, tmp_path):
    send_files(page, server.url, [table(tmp_path)])
    query = collect(page, server.url)
    create(page, "Dark")
    create(page, "Blurred")
    page.locator(".rc-queue .category", has_text="Blurred").wait_for()
    open_page(second, f"{server.url}/board{query}")
    count(second, "Untagged", 24)
    page.locator(".rc-queue .stage").focus()
    for key in "1122u1":  # five tags are left: one was taken back
        page.keyboard.press(key)
    count(second, "Untagged", 20)
    moved = lane(second, "Untagged").locator(".card").first
    name = moved.locator(".title").inner_text()
    drag(second, moved, lane(second, "Dark"))
    count(second, "Untagged", 19)
    assert name in titles(second, "Dark")
    open_page(page, f"{server.url}/board{query}")
    for person in (page, second):
        count(person, "Untagged", 19)
    for column in ("Dark", "Blurred", "Untagged"):
        assert titles(page, column) == titles(second, column)
    # A card that one of them holds does not move under the hand; both write, nobody's move is lost.
    one, other = lane(page, "Untagged").locator(".card").nth(2), lane(second, "Untagged").locator(".card").nth(5)
    drag(page, one, lane(page, "Blurred"))
    drag(second, other, lane(second, "Dark"))
    for person in (page, second):
        count(person, "Untagged", 17)
    for column in ("Dark", "Blurred"):
        assert titles(page, column) == titles(second, column)


def test_everything_by_keyboard_alone(server, page, tmp_path):
    send_files(page, server.url, [table(tmp_path)])
    query = collect(page, server.url)
    create(page, "Dark")
    open_page(page, f"{server.url}/board{query}")
    count(page, "Untagged", 24)
    card = lane(page, "Untagged").locator('.card[tabindex="0"]')
    card.focus()
    name = card.locator(".title").inner_text()
    page.keyboard.press("Space")
    assert "1 lifted" in page.locator(".rc-board .said").inner_text()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    count(page, "Dark", 1)
    assert titles(page, "Dark") == [name]
    # The card keeps the focus after the move and after the server's answer.
    assert page.evaluate(FOCUSED).startswith(name)
    page.keyboard.press("u")
    count(page, "Untagged", 24)
    page.keyboard.press("x")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    count(page, "Untagged", 24)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    count(page, "Dark", 2)


def test_a_stale_move_is_refused_gently_and_shown(server, page, second, tmp_path):
    send_files(page, server.url, [table(tmp_path)])
    query = collect(page, server.url)
    create(page, "Dark")
    create(page, "Blurred")
    for person in (page, second):
        open_page(person, f"{server.url}/board{query}")
        count(person, "Untagged", 24)
    held, taken = lane(page, "Untagged").locator(".card").first, lane(second, "Untagged").locator(".card").first
    name = held.locator(".title").inner_text()
    box = held.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 70, box["y"] + 40, steps=3)
    drag(second, taken, lane(second, "Blurred"))
    count(second, "Blurred", 1)
    second.wait_for_timeout(1000)  # the hand stays where it is while others write
    assert name in titles(page, "Untagged")
    end = lane(page, "Dark").bounding_box()
    page.mouse.move(end["x"] + 100, end["y"] + 80, steps=4)
    page.mouse.up()
    page.locator(".rc-board .said.bad", has_text="Somebody else changed this first").wait_for()
    count(page, "Blurred", 1)
    assert titles(page, "Blurred") == [name]


def test_hostile_text_stays_text_on_all_three_pages(server, page, tmp_path):
    send_files(page, server.url, [table(tmp_path, hostile=True)])
    query = collect(page, server.url)
    create(page, HOSTILE)
    page.locator(".rc-queue .stage").focus()
    page.keyboard.press("1")
    page.locator(".rc-queue .said", has_text="Tagged").wait_for()
    for name in ("queue", "board", "catalogue"):
        open_page(page, f"{server.url}/{name}{query}")
        page.get_by_role("heading", level=1).wait_for()
        settled(page)
        assert page.evaluate("window.pwned") is None
        assert page.locator('img[src="x"]').count() == 0


def test_no_accessibility_violation(server, page, tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    send_files(page, server.url, [table(tmp_path)])
    query = collect(page, server.url)
    create(page, "Dark")
    page.locator(".rc-queue .stage").focus()
    page.keyboard.press("1")
    for name, ready in (("queue", ".rc-queue .stage h2"), ("board", ".rc-board .card"), ("catalogue", "h1")):
        open_page(page, f"{server.url}/{name}{query}")
        page.locator(ready).first.wait_for()
        settled(page)
        found = axe.run(page).response["violations"]
        assert [(v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in found] == [], name
