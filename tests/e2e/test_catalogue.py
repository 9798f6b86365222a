"""The catalogue in a browser: cells edited by two people, suggestions, the way out to a file and back, keys only."""

import json
import re

import pytest
from playwright.sync_api import TimeoutError

from tests.support.boards import collect, count, create, lane, table, titles
from tests.support.pages import go, main_text, open_page, send_files, settled, unfold

pytestmark = pytest.mark.browser
HAS_FOCUS = """(selector) => {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found.matches(selector);
}"""


def tagged(page, server, tmp_path, keys="1111"):
    """A board with the category Dark and some examples in it; its query."""
    send_files(page, server.url, [table(tmp_path)])
    query = collect(page, server.url)
    create(page, "Dark")
    page.locator(".rc-queue .stage").focus()
    for key in keys:
        page.keyboard.press(key)
    page.locator(".rc-queue .progress", has_text=f"Reviewed {len(keys)} of 24").wait_for()
    page.locator(".rc-queue .saving").wait_for(state="detached")
    return query


def grid(page):
    return page.get_by_test_id("stDataFrame").first


def write(page, text):
    """Write into the first cell as a person does; it is pinned, so it is always in sight.

    A double click opens the cell whether it is chosen already or not (in a chosen one, a click opens and Enter shuts).
    A table that was just drawn anew may be laid out once more under it, which shuts the cell: then once again.
    """
    settled(page)
    editor = page.locator("textarea.gdg-input")
    for patience in (3_000, 6_000, 12_000, 45_000):
        grid(page).locator(".dvn-scroller").first.dblclick(position={"x": 30, "y": 50})
        try:
            editor.fill(text, timeout=patience)
            editor.press("Enter", timeout=patience)
            editor.wait_for(state="detached")
            return
        except TimeoutError:
            assert patience < 45_000, "the cell never opened"


def overwrite(page, text):
    """Replace what stands in the cell that has the focus, by keys."""
    page.keyboard.press("Enter")
    editor = page.locator("textarea.gdg-input")
    editor.fill(text)
    editor.press("Enter")


def shown(page, text):
    """Wait until the table says something: its cells are also told to screen readers."""
    grid(page).locator("td, [role=gridcell]", has_text=text).first.wait_for(state="attached")


def stored(page, name):
    """Wait until the page was drawn with a category of that name, as it is stored and not only as it was typed."""
    page.wait_for_function(
        """(name) => [...document.querySelectorAll(".st-key-detail_category input")].some((box) => box.value === name)
          || document.querySelector(".st-key-detail_category")?.innerText.includes(name)""",
        arg=name,
    )
    settled(page)


def arrives(page, text, beside):
    """Open the page anew until a cell says what another person wrote; what is beside it is there all along."""
    cell = grid(page).locator("td, [role=gridcell]", has_text=text)
    for _ in range(50):
        page.reload()
        shown(page, beside)
        if cell.count():
            return
    raise AssertionError(f"nobody else sees {text}")


def test_a_cell_is_written_at_once_and_a_stale_one_is_refused_and_shown(server, page, second, tmp_path):
    query = tagged(page, server, tmp_path)
    for person in (page, second):
        open_page(person, f"{server.url}/catalogue{query}")
        shown(person, "Dark")
    write(page, "Too little light")
    stored(page, "Too little light")
    write(second, "Broken lamp")
    second.get_by_role("alert").filter(has_text="changed").wait_for()
    shown(second, "Too little light")
    assert grid(second).locator("td, [role=gridcell]", has_text="Broken lamp").count() == 0
    # What is on the screen now is no longer stale: the same person may write it.
    write(second, "Broken lamp")
    stored(second, "Broken lamp")
    page.reload()
    shown(page, "Broken lamp")


def test_a_cell_stays_open_while_the_one_before_is_written(server, page, second, tmp_path):
    query = tagged(page, server, tmp_path)
    create(page, "Far away")
    open_page(page, f"{server.url}/catalogue{query}")
    shown(page, "Dark")
    page.evaluate("() => { window.before = document.querySelector('[data-testid=stDataFrame] canvas'); }")
    write(page, "A Too little light")
    page.keyboard.press("Enter")  # the cell below has been chosen by the Enter before
    editor = page.locator("textarea.gdg-input")
    editor.fill("B Too")
    open_page(second, f"{server.url}/catalogue{query}")
    shown(second, "Far away")
    arrives(second, "A Too little light", beside="Far away")
    settled(page)
    assert editor.input_value() == "B Too"
    assert page.evaluate("() => window.before.isConnected"), "the table was drawn anew under an open cell"
    editor.press_sequentially(" far away")
    editor.press("Enter")
    shown(page, "B Too far away")
    arrives(second, "B Too far away", beside="A Too little light")


def test_suggestions_are_accepted_and_refused_by_hand(server, page, tmp_path):
    query = tagged(page, server, tmp_path, keys="")
    open_page(page, f"{server.url}/board{query}")
    count(page, "Untagged", 24)
    for n in range(1, 5):
        lane(page, "Untagged").locator(".card", has_text="cat → dog").first.click()
        page.locator(".rc-board .move").select_option(label="Dark")
        count(page, "Dark", n)
    page.locator(".rc-board .card.waiting").first.wait_for(state="detached")
    unfold(page, "Suggestions for untagged errors")
    offer = page.locator('[class*="st-key-suggest_"]').first
    said = offer.get_by_text("look like Dark", exact=False)
    said.wait_for()
    settled(page)
    n = int(said.inner_text().split()[0])
    assert n >= 2 and "They share" in offer.inner_text()
    # One is taken out of the choice and refused; it is not offered again.
    choice = offer.get_by_role("combobox")
    choice.focus()
    for _ in range(min(n, 12) - 1):
        page.keyboard.press("Backspace")
    offer.get_by_role("button", name="Refuse 1").click()
    page.get_by_text(f"{n - 1} untagged error", exact=False).first.wait_for()
    count(page, "Dark", 4)
    settled(page)
    accept = offer.get_by_role("button", name=re.compile("^Accept"))
    taken = int(accept.inner_text().split()[-1])
    accept.click()
    count(page, "Dark", 4 + taken)
    page.get_by_role("button", name="Undo").first.click()
    count(page, "Dark", 4)


def test_a_board_goes_out_as_json_and_comes_back(server, page, tmp_path):
    query = tagged(page, server, tmp_path)
    open_page(page, f"{server.url}/catalogue{query}")
    shown(page, "Dark")
    unfold(page, "Export and import")
    with page.expect_download() as download:
        page.get_by_role("button", name="Everything (JSON)").click()
    file = tmp_path / "board.json"
    download.value.save_as(file)
    kept = json.loads(file.read_text())
    assert sum(example.get("category") is not None for example in kept["examples"]) == 4
    kept["categories"][0]["name"] = "=cmd|too little light"
    file.write_text(json.dumps(kept))
    page.locator('[data-testid="stFileUploader"] input[type="file"]').set_input_files(str(file))
    page.get_by_text("1 change brought in.").wait_for()
    shown(page, "too little light")
    settled(page)
    page.locator('[data-testid="stFileUploader"] input[type="file"]').set_input_files(
        [{"name": "board.json", "mimeType": "application/json", "buffer": b"[" * 5000}]
    )
    page.get_by_role("alert").filter(has_text="board.json").wait_for()
    shown(page, "too little light")


def test_tags_go_out_as_csv_formula_safe_and_come_back(server, page, tmp_path):
    query = tagged(page, server, tmp_path)
    open_page(page, f"{server.url}/catalogue{query}")
    shown(page, "Dark")
    write(page, "=1+1")
    # A download belongs to one drawing of the page: asked for under another one it never comes.
    stored(page, "=1+1")
    unfold(page, "Export and import")
    with page.expect_download() as download:
        page.get_by_role("button", name="Tagged examples (CSV)").click()
    file = tmp_path / "examples.csv"
    download.value.save_as(file)
    lines = file.read_text().splitlines()
    assert len(lines) == 25
    own = [line for line in lines if "=1+1" in line]
    assert len(own) == 4 and all(",=1+1" not in line for line in own)
    # One tag is taken away in the file; it comes back without the others being touched.
    open_page(page, f"{server.url}/board{query}")
    count(page, "Untagged", 20)
    first = titles(page, "Untagged")[0]
    lane(page, "Untagged").locator(".card", has_text=first).click()
    page.locator(".rc-board .move").select_option(index=2)
    count(page, "Untagged", 19)
    page.locator(".rc-board .card.waiting").first.wait_for(state="detached")
    go(page, "Error catalogue")
    unfold(page, "Export and import")
    page.locator('[data-testid="stFileUploader"] input[type="file"]').set_input_files(str(file))
    page.get_by_text("brought in.").wait_for()
    assert "Reviewed" in main_text(page)


def test_queue_and_catalogue_by_keyboard_alone(server, page, tmp_path):
    query = tagged(page, server, tmp_path, keys="")
    # The queue: Tab to the example, then keys only.
    open_page(page, f"{server.url}/queue{query}")
    page.locator(".rc-queue .stage h2").wait_for()
    tab_to(page, ".stage")
    name = page.locator(".rc-queue .stage h2").inner_text()
    for key in ("h", "1"):
        page.keyboard.press(key)
    page.locator(".rc-queue .said", has_text="Tagged: Dark").wait_for()
    page.keyboard.press("ArrowLeft")
    page.locator(".rc-queue .stage h2", has_text=name).wait_for()
    assert page.locator(".rc-queue .stage .tag").all_inner_texts() == ["Dark", "Hard"]
    page.keyboard.press("u")
    page.locator(".rc-queue .stage .tag", has_text="Dark").wait_for(state="detached")
    page.keyboard.press("1")
    page.locator(".rc-queue .saving").wait_for(state="detached")
    # The catalogue: Tab into the table, whose first cell has the focus; Enter, write.
    open_page(page, f"{server.url}/catalogue{query}")
    shown(page, "Dark")
    settled(page)
    tab_to(page, "canvas")
    overwrite(page, "Too little light")
    shown(page, "Too little light")


def tab_to(page, selector):
    """Press Tab until what has the focus matches."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(HAS_FOCUS, selector):
            return
    raise AssertionError(f"Tab never came to {selector}")
