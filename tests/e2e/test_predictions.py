"""The prediction pages in a browser: a file goes in, the slider moves, rows open, links restore."""

import pytest

from tests.app import prediction_files as files
from tests.e2e.conftest import DEMO
from tests.support.pages import go, main_text, open_page, send_files, settled
from tests.support.server import wait_until

pytestmark = pytest.mark.browser


def written(folder, content: bytes):
    file = folder / "predictions.csv"
    file.write_bytes(content)
    return file


def drawn(page) -> int:
    """Charts that have their lines."""
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    return page.locator(".js-plotly-plot").count()


def test_the_threshold_moves_with_the_keyboard_and_the_link_keeps_it(server, page):
    send_files(page, server.url, [DEMO / "cancer-rare-class" / "predictions.csv"])
    go(page, "Thresholds")
    assert drawn(page) >= 5
    counts = page.get_by_test_id("stMain").locator("table").first
    before = counts.inner_text()
    slider = page.get_by_role("slider", name="Threshold")
    slider.focus()

    def moved() -> bool:
        slider.press("ArrowLeft")
        settled(page)
        return counts.inner_text() != before

    wait_until(moved, "another count")
    after, address = counts.inner_text(), page.url
    assert "threshold=" in address
    page.goto("about:blank")
    open_page(page, address)
    page.locator("table").first.wait_for()
    settled(page)
    assert page.locator("table").first.inner_text() == after


def test_the_worst_row_of_a_regression_tells_why(server, page):
    send_files(page, server.url, [DEMO / "diabetes-regression" / "predictions.csv"])
    go(page, "Regression")
    assert drawn(page) >= 3
    said = main_text(page)
    assert "RMSE" in said
    go(page, "Loss explorer")
    drawn(page)
    open_page(page, page.url + "&row=6")
    page.get_by_role("heading", name="Row 6").wait_for()
    assert "The loss is its square" in main_text(page)


def test_a_ranking_has_its_page_and_the_others_point_to_it(server, page, tmp_path):
    send_files(page, server.url, [written(tmp_path, files.ranking())])
    go(page, "Thresholds")
    page.get_by_text("The page Ranking shows it", exact=False).wait_for()
    page.get_by_test_id("stMain").get_by_role("link", name="Ranking ›").click()
    page.get_by_role("heading", name="Worst groups").wait_for()
    settled(page)
    assert "NDCG@10" in main_text(page)


def test_nothing_is_cut_off_on_a_phone(server, page, tmp_path):
    send_files(page, server.url, [written(tmp_path, files.multiclass())])
    page.set_viewport_size({"width": 390, "height": 844})
    for name in ("thresholds", "losses"):
        open_page(page, f"{server.url}/{name}")
        drawn(page)
        assert page.evaluate("document.querySelector('[data-testid=\"stMain\"]').scrollWidth") <= 390
