"""Folders and archives of several runs, names that mean harm, and the way to a finding without a mouse."""

import zipfile

import pytest

from tests.e2e.conftest import DEMO
from tests.support.pages import go, main_text, open_page, send_files, settled

pytestmark = pytest.mark.browser
RUNS = ("digits-overfitting", "digits-healthy")
HOSTILE = ("<img src=x onerror=alert(1)>", "[click](javascript:alert(1))", "**bold** :red[x] $x$", "ａ‮gpj.exe")


def log(offset=0.0):
    rows = "\n".join(f"{n},{2 * 0.9**n + offset:.4f},{2 * 0.9**n + 0.1 + offset:.4f}" for n in range(20))
    return f"epoch,loss,val_loss\n{rows}".encode()


def runs_of(page):
    """Text of the heading that counts the runs."""
    return page.get_by_role("heading", name="Runs (", exact=False).inner_text()


def test_a_zip_of_several_runs_becomes_several_runs(server, page, tmp_path):
    archive = tmp_path / "runs.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for run in RUNS:
            for file in sorted((DEMO / run).iterdir()):
                packed.write(file, f"experiments/{run}/{file.name}")
    assert "2 runs read" in send_files(page, server.url, [archive])
    assert runs_of(page) == "Runs (2)"


def test_a_folder_of_several_runs_becomes_several_runs(server, page, tmp_path):
    for n, run in enumerate(RUNS):
        (tmp_path / "experiments" / run).mkdir(parents=True)
        (tmp_path / "experiments" / run / "metrics.csv").write_bytes(log(n / 10))
    open_page(page, f"{server.url}/files")
    page.locator("input[webkitdirectory]").set_input_files(str(tmp_path / "experiments"))
    reading = page.locator(".st-key-rc-reading")
    reading.wait_for()
    settled(page)
    assert "2 runs read" in reading.inner_text()
    assert runs_of(page) == "Runs (2)"


def test_hostile_names_stay_letters_on_every_page(server, page):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    open_page(page, f"{server.url}/files")
    page.locator("input.pick-files").set_input_files(
        [{"name": f"{name}.csv", "mimeType": "text/csv", "buffer": log(n / 10)} for n, name in enumerate(HOSTILE)]
    )
    page.locator(".st-key-rc-reading").wait_for()
    settled(page)
    for place in ("Triage", "Learning curves", "Runs & files"):
        go(page, place)
        assert page.locator('img[src="x"], [onerror], a[href^="javascript"]').count() == 0
    assert asked == []


def test_a_finding_is_reached_and_opened_with_the_keyboard_alone(server, page):
    send_files(page, server.url, [DEMO / "digits-overfitting" / "history.json"])
    go(page, "Triage")
    open_page(page, page.url)  # the focus starts at the top of the page
    wanted = page.locator('[data-testid="stMain"] summary').first
    wanted.wait_for()
    opened = wanted.evaluate("element => element.parentElement.open")
    for _press in range(120):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            break
    else:
        pytest.fail("no stop of the Tab key at the first expander")
    outline = wanted.evaluate(
        "element => { const s = getComputedStyle(element); return s.outlineStyle + s.outlineWidth + s.boxShadow; }"
    )
    assert outline != "none0pxnone", "the focus cannot be seen"
    page.keyboard.press("Enter")
    page.wait_for_function(
        "([element, before]) => element.parentElement.open !== before", arg=[wanted.element_handle(), opened]
    )
    assert "Overfitting" in main_text(page)
