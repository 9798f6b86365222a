"""The board under a finger: a card that is held can be dragged, a swipe scrolls, a tap chooses."""

import pytest

from tests.e2e.conftest import PATIENCE, Watch
from tests.support.boards import collect, count, create, lane, table, titles
from tests.support.pages import open_page, send_files

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(browser):
    """A browser with fingers only."""
    watch = Watch()
    context = browser.new_context(
        viewport={"width": 800, "height": 900}, has_touch=True, is_mobile=True, locale="en-US"
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    watch.attach(page)
    yield page
    context.close()
    assert watch.outside == [] and watch.errors == []


class Finger:
    """Touches as the browser's own input would send them."""

    def __init__(self, page):
        self.session = page.context.new_cdp_session(page)

    def _send(self, kind, *points):
        self.session.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        )

    def down(self, place):
        self.at = place
        self._send("touchStart", place)

    def move(self, place, steps=8):
        (x0, y0), (x1, y1) = self.at, place
        for i in range(1, steps + 1):
            self._send("touchMove", (x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps))
        self.at = place

    def up(self):
        self._send("touchEnd")


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + 80, box["y"] + min(box["height"] / 2, 200)


@pytest.fixture
def board(server, page, phone, tmp_path):
    """A board with 24 untagged cards and one column, seen on the phone."""
    send_files(page, server.url, [table(tmp_path)])
    query = collect(page, server.url)
    create(page, "Dark")
    open_page(phone, f"{server.url}/board{query}")
    count(phone, "Untagged", 24)
    return phone


def test_a_held_card_is_dragged_and_stays_where_it_is_let_go(board):
    card = lane(board, "Untagged").locator(".card").nth(1)
    name = card.locator(".title").inner_text()
    finger = Finger(board)
    finger.down(middle(card))
    board.locator(".rc-board .ghost").wait_for()
    assert "lifted" in board.locator(".rc-board .said").inner_text()
    before = lane(board, "Untagged").locator(".lane-body").evaluate("(node) => node.scrollTop")
    finger.move(middle(lane(board, "Dark").locator(".lane-body")))
    board.locator(".rc-board .lane.aimed[aria-label^='Dark']").wait_for()
    finger.up()
    count(board, "Dark", 1)
    count(board, "Untagged", 23)
    assert titles(board, "Dark") == [name]
    assert lane(board, "Untagged").locator(".lane-body").evaluate("(node) => node.scrollTop") == before
    assert board.locator(".rc-board .card.chosen").count() == 0  # letting go is no tap
    board.get_by_role("button", name="Undo").click()
    count(board, "Untagged", 24)


def test_a_swipe_scrolls_and_moves_nothing(board):
    body = lane(board, "Untagged").locator(".lane-body")
    finger = Finger(board)
    x, y = middle(lane(board, "Untagged").locator(".card").nth(3))
    finger.down((x, y))
    finger.move((x, y - 160), steps=12)
    board.wait_for_function("(node) => node.scrollTop > 20", arg=body.element_handle())
    assert board.locator(".rc-board .ghost").count() == 0
    finger.up()
    count(board, "Untagged", 24)
    assert board.locator(".rc-board .card.chosen").count() == 0


def test_a_tap_chooses_and_the_link_opens_the_example_in_the_queue(board):
    card = lane(board, "Untagged").locator(".card").nth(2)
    name = card.locator(".title").inner_text()
    card.tap()
    board.locator(".rc-board .card.chosen").wait_for()
    assert "1 chosen" in board.locator(".rc-board .tools").inner_text()
    board.get_by_role("link", name=f"Open {name} in the queue").tap()
    board.locator(".rc-queue .stage h2", has_text=name).wait_for()


def test_a_finger_that_is_taken_away_by_the_system_puts_the_card_back(board):
    finger = Finger(board)
    finger.down(middle(lane(board, "Untagged").locator(".card").nth(1)))
    board.locator(".rc-board .ghost").wait_for()
    finger.move(middle(lane(board, "Dark").locator(".lane-body")))
    finger._send("touchCancel")
    board.locator(".rc-board .ghost").wait_for(state="detached")
    count(board, "Untagged", 24)
    count(board, "Dark", 0)
