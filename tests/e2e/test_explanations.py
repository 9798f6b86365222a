"""A model is uploaded, a dot is clicked, its row is explained, LIME stands beside it."""

import pytest

from tests.e2e.conftest import Watch
from tests.support import explained
from tests.support.pages import go, main_text, send_files
from tests.support.screenshots import settled

pytestmark = pytest.mark.browser


@pytest.fixture
def uploaded(server, page, tmp_path):
    pytest.importorskip("lightgbm")
    paths = []
    for name, content in explained.files(300).items():
        (tmp_path / name).write_bytes(content)
        paths.append(tmp_path / name)
    send_files(page, server.url, paths)
    go(page, "Explanations")
    page.get_by_text("agrees with the file's own predictions", exact=False).wait_for(timeout=90_000)
    return page


def test_a_click_on_a_dot_leads_to_the_waterfall_of_its_row(uploaded, watch: Watch):
    page = uploaded
    page.locator(".rc-chart-plot[aria-label^='Waterfall of row 0:']").wait_for()
    swarm = page.locator(".rc-chart-plot[aria-label^='One line of dots']")
    swarm.locator(".point").nth(40).wait_for()
    swarm.locator(".point").nth(40).hover(force=True)
    box = swarm.locator(".point").nth(40).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function("() => new URL(location.href).searchParams.has('explained_row')")
    settled(page)
    chosen = page.evaluate("() => new URL(location.href).searchParams.get('explained_row')")
    page.locator(f".rc-chart-plot[aria-label^='Waterfall of row {chosen}:']").wait_for()


def test_lime_stands_beside_shap_and_the_tree_is_drawn(uploaded):
    page = uploaded
    page.get_by_role("radio", name="One row").or_(page.get_by_text("One row", exact=True)).first.click()
    page.locator(".rc-chart-plot[aria-label^='Contributions by SHAP and weights by LIME']").wait_for(timeout=90_000)
    assert "Local R² of LIME" in main_text(page)
    page.get_by_text("Tree", exact=True).first.click()
    page.locator(".rc-chart-plot[aria-label^='Decision tree of depth 3']").wait_for(timeout=90_000)
    settled(page)
    assert "Path of the row" in main_text(page) and "n counts the rows of this file" in main_text(page)
    page.get_by_text("Stand-in", exact=True).last.click()
    page.get_by_text("Held-out fidelity of the stand-in", exact=False).wait_for(timeout=90_000)
