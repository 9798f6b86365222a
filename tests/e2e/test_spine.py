"""From a file in the browser to a finding, and back again after a restart."""

import pytest

from tests.e2e.conftest import DEMO
from tests.support.pages import go, main_text, open_page, send_files, settled

pytestmark = pytest.mark.browser
OVERFITTING = DEMO / "digits-overfitting" / "history.json"


def test_a_dropped_log_is_diagnosed(server, page):
    assert "1 run read" in send_files(page, server.url, [OVERFITTING])
    go(page, "Triage")
    said = main_text(page)
    assert "Overfitting" in said
    assert "Do not" in said
    assert "epoch" in said


def test_a_prediction_file_becomes_a_matrix_whose_mistakes_open_their_rows(server, page):
    send_files(page, server.url, [DEMO / "cancer-rare-class" / "predictions.csv"])
    go(page, "Confusion matrix")
    page.locator(".js-plotly-plot").first.wait_for()
    cells = page.locator(".js-plotly-plot").first
    assert "malignant" in cells.inner_text()
    box = cells.locator(".nsewdrag").first.bounding_box()
    # Two classes: the upper right cell holds the benign cases that were called malignant.
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"])
    page.get_by_text("Truth benign, predicted malignant", exact=False).first.wait_for()
    page.get_by_text("1 row ·", exact=False).first.wait_for()


def test_a_deep_link_survives_a_restart(server, page, watch):
    send_files(page, server.url, [OVERFITTING])
    go(page, "Learning curves")
    page.locator(".js-plotly-plot").first.wait_for()
    address = page.url
    assert "project=" in address
    page.goto("about:blank")
    server.restart()
    open_page(page, address)
    page.locator(".js-plotly-plot").first.wait_for()
    assert "Overfitting" in main_text(page)


def test_the_language_switch_translates_findings_too(server, page):
    send_files(page, server.url, [OVERFITTING])
    go(page, "Triage")
    page.get_by_text("Português").click()
    page.get_by_role("heading", name="O que há de errado", exact=False).wait_for()
    settled(page)
    assert page.evaluate("document.documentElement.lang").lower().startswith("pt")
    assert "época" in main_text(page)
    assert "Overfitting from" not in main_text(page)


def test_a_file_that_could_run_code_is_refused_and_the_rest_is_read(server, page, tmp_path):
    broken = tmp_path / "weights.pkl"
    broken.write_bytes(b"\x80\x04\x95\x1e\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.")
    said = send_files(page, server.url, [broken, DEMO / "digits-healthy" / "training.log"])
    assert "1 run read" in said
    assert "weights.pkl" in main_text(page)


def test_the_demo_opens_with_one_click(server, page):
    open_page(page, server.url)
    page.get_by_role("button", name="Open the demo project").click()
    page.get_by_role("heading", name="Findings", exact=True).wait_for()
    settled(page)
    assert "Overfitting" in main_text(page)
