"""The curves chart in a real browser: zoom, list of findings, legend."""

import json

import pytest

from tests.e2e.conftest import DEMO
from tests.support.pages import go, send_files

pytestmark = pytest.mark.browser
DRAWN = "() => document.querySelector('.rc-chart-plot')?.dataset.drawn || ''"


@pytest.fixture
def curves(server, page):
    """The curves page with a long noisy run."""
    log = server.home.parent / "long" / "metrics.csv"
    log.parent.mkdir()
    rows = [f"{step},{2 / (1 + step / 500) + (step * 7919 % 101) / 1000:.4f}" for step in range(20_000)]
    log.write_text("\n".join(["step,loss", *rows]))
    send_files(page, server.url, [log])
    go(page, "Learning curves")
    page.wait_for_function(DRAWN)
    return page


def points(page):
    """Points of the first line, and the stretch they cover."""
    xs = page.evaluate("() => [...document.querySelector('.rc-chart-plot')._fullData[0].x].filter(Number.isFinite)")
    return len(xs), min(xs), max(xs)


def test_zooming_brings_all_points_of_the_stretch_and_one_button_goes_back(curves):
    count, first, last = points(curves)
    assert count <= 2500
    assert (first, last) == (0, 19_999)
    before = curves.evaluate(DRAWN)
    box = curves.locator(".rc-chart-plot .nsewdrag").first.bounding_box()
    curves.mouse.move(box["x"] + 0.50 * box["width"], box["y"] + 60)
    curves.mouse.down()
    curves.mouse.move(box["x"] + 0.55 * box["width"], box["y"] + 62, steps=4)
    curves.mouse.up()
    curves.wait_for_function(f"() => ({DRAWN})() !== {json.dumps(before)}")
    count, first, last = points(curves)
    assert last - first < 1300
    assert count == last - first + 1
    curves.get_by_role("button", name="Show everything").click()
    curves.wait_for_function(f"() => ({DRAWN})() === {json.dumps(before)}")
    assert points(curves)[1:] == (0, 19_999)


def test_a_finding_lights_its_place_and_opens_below(server, page):
    send_files(page, server.url, [DEMO / "digits-overfitting" / "history.json"])
    go(page, "Learning curves")
    page.wait_for_function(DRAWN)
    entry = page.locator(".rc-chart-rail button").first
    width = "() => document.querySelector('.rc-chart-plot').layout.shapes.find((s) => s.name === 'mark:0').line.width"
    assert page.evaluate(width) == 1
    entry.focus()
    page.wait_for_function(f"() => ({width})() === 3")
    page.keyboard.press("Enter")
    page.get_by_text("Likely causes").first.wait_for()
    assert page.locator('.rc-chart-rail button[aria-pressed="true"]').count() == 1
    page.get_by_text("Do not", exact=True).first.wait_for()


def test_on_a_phone_a_legend_takes_the_place_of_the_names_at_the_lines(server, page):
    send_files(page, server.url, [DEMO / "digits-overfitting" / "history.json"])
    address = f"{server.url}/curves"
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    page.wait_for_function(DRAWN)
    assert page.locator(".rc-chart-legend li").first.is_visible()
    assert "training" in page.locator(".rc-chart-legend").inner_text()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
