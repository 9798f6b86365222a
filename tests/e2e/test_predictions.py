"""The prediction pages in a browser: a file goes in, the slider moves, rows open, links restore."""

from collections import Counter

import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
import pytest

from tests.app import prediction_files as files
from tests.e2e.conftest import DEMO
from tests.support.pages import go, main_text, open_page, send_files, settled, unfold
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


def test_a_ranking_has_its_page_and_the_others_point_to_it(server, page):
    send_files(page, server.url, [DEMO / "digits-retrieval" / "ranking.csv"])
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


def click_cell(page, truth: int, predicted: int) -> None:
    """Click a cell of the matrix, rows and columns counted from 0 in the order that is shown."""
    place = page.evaluate(
        """([row, column]) => {
            const plot = document.querySelector('.rc-chart-plot'), layout = plot._fullLayout;
            const box = plot.getBoundingClientRect();
            return [box.x + layout.xaxis._offset + layout.xaxis.c2p(column),
                    box.y + layout.yaxis._offset + layout.yaxis.c2p(row)];
        }""",
        [truth, predicted],
    )
    page.mouse.move(*place)
    page.mouse.click(*place)


def test_a_cell_of_the_matrix_opens_its_rows_and_sends_them_to_the_board(server, page):
    file = DEMO / "digits-healthy" / "predictions.parquet"
    send_files(page, server.url, [file])
    go(page, "Confusion matrix")
    drawn(page)
    table = parquet.read_table(file, columns=["y_true", "y_pred"])
    pairs = Counter(pair for pair in zip(*table.to_pydict().values(), strict=True) if pair[0] != pair[1])
    (truth, answer), n = pairs.most_common(1)[0]
    page.locator(".rc-chart-plot").first.scroll_into_view_if_needed()
    click_cell(page, truth, answer)
    page.get_by_text(f"Truth {truth}, predicted {answer}").wait_for()
    settled(page)
    page.get_by_role("button", name=f"Send the {n} listed rows to the error board").first.click()
    page.get_by_text(f"✓ {n} errors are on the board.").wait_for()
    settled(page)
    page.get_by_test_id("stMain").get_by_role("link", name="Open in the queue").first.click()
    page.locator(".rc-queue .stage h2").wait_for()
    assert f"of {n}" in page.locator(".rc-queue .head").inner_text()


def test_labels_of_a_second_file_are_joined_and_the_matrix_stands(server, page, tmp_path):
    whole = parquet.read_table(DEMO / "digits-healthy" / "predictions.parquet")
    answers, labels = tmp_path / "answers.csv", tmp_path / "truth.csv"
    arrow_csv.write_csv(whole.drop(["y_true"]), answers)
    arrow_csv.write_csv(whole.select(["id", "y_true"]).slice(20), labels)
    send_files(page, server.url, [answers, labels])
    unfold(page, "answers has no true labels")
    page.get_by_text(f"{whole.num_rows - 20} of {whole.num_rows} rows find their label").wait_for()
    page.get_by_role("button", name="Join the labels").click()
    page.get_by_text("The labels of truth are joined to answers").wait_for()
    settled(page)
    go(page, "Confusion matrix")
    drawn(page)
    assert f"n = {whole.num_rows - 20}" in main_text(page)


def test_a_link_opens_the_matrix_of_a_label_below_the_table_of_all(server, page):
    send_files(page, server.url, [DEMO / "digits-retrieval" / "properties.csv"])
    go(page, "Confusion matrix")
    drawn(page)
    assert "Decisions wrong (Hamming loss)" in main_text(page)
    open_page(page, page.url + "&label=prime")
    drawn(page)
    assert page.get_by_role("combobox", name="Label").input_value() == "prime"
