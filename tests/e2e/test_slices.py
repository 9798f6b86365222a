"""From a prediction file to its weak slice, to the rows of that slice on another page, and back by a link."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from tests.support.pages import go, main_text, open_page, send_files, settled

pytestmark = pytest.mark.browser
N = 1500


@pytest.fixture
def predictions(tmp_path):
    """Answers that fail at night; and how many rows, errors at night, and rows at night there are."""
    random = np.random.default_rng(4)
    camera, truth = random.choice(["day", "night", "dusk"], N), random.choice(["cat", "dog"], N)
    wrong = random.random(N) < np.where(camera == "night", 0.5, 0.08)
    answer = np.where(wrong, np.where(truth == "cat", "dog", "cat"), truth)
    rows = [f"{n},{truth[n]},{answer[n]},{camera[n]}" for n in range(N)]
    file = tmp_path / "answers.csv"
    file.write_text("\n".join(["id,label,prediction,camera", *rows]))
    return file, int((camera == "night").sum()), int((wrong & (camera == "night")).sum())


def counts(page, n: int) -> None:
    """Wait until the headline of the confusion matrix counts `n` rows."""
    page.get_by_text(f"n = {n:,}", exact=True).first.wait_for()


def test_upload_search_open_see_the_matrix_change_save_and_come_back(server, page, predictions):
    file, night, errors = predictions
    send_files(page, server.url, [file])
    go(page, "Confusion matrix")
    counts(page, N)

    go(page, "Slices")
    page.get_by_text("survive", exact=False).first.wait_for()
    forest = page.locator(".js-plotly-plot").first
    forest.wait_for()
    assert "camera = night" in forest.inner_text()
    # The dot is where the whisker's path is; a click on it opens the slice.
    dot = forest.locator(".scatterlayer .points path").first.bounding_box()
    page.mouse.click(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    page.get_by_role("heading", name="Examples of the active slice").wait_for()
    settled(page)
    said = main_text(page)
    assert f"{night} rows of 1,500" in said
    assert f"{errors} errors" in said
    assert f"{night - errors} successes" in said

    page.get_by_label("Name of the active slice").fill("Dark hours")
    page.get_by_role("button", name="Save slice").click()
    page.get_by_text("Saved as Dark hours.").wait_for()
    address = page.url
    assert "slice=" in address

    go(page, "Confusion matrix")
    counts(page, night)
    assert "camera = night" in main_text(page)

    page.goto("about:blank")
    server.restart()
    open_page(page, address)
    page.get_by_text("Saved as Dark hours.").wait_for()
    assert f"{night} rows of 1,500" in main_text(page)
    page.get_by_role("button", name="×").click()
    page.get_by_text(f"{night} rows of 1,500").wait_for(state="detached")
    settled(page)
    go(page, "Confusion matrix")
    counts(page, N)


def test_dark_pictures_are_found_and_narrow_the_matrix(server, page, tmp_path):
    random = np.random.default_rng(7)
    n = 400
    level, truth = random.integers(10, 250, n), random.choice(["cat", "dog"], n)
    wrong = random.random(n) < np.where(level < 80, 0.7, 0.05)
    answer = np.where(wrong, np.where(truth == "cat", "dog", "cat"), truth)
    rows = [f"{k},{truth[k]},{answer[k]},photos/{k}.png" for k in range(n)]
    file, photos = tmp_path / "answers.csv", tmp_path / "photos.zip"
    file.write_text("\n".join(["id,label,prediction,photo", *rows]))
    with zipfile.ZipFile(photos, "w") as held:
        for k in range(n):
            picture = io.BytesIO()
            Image.new("L", (12, 12), int(level[k])).save(picture, "PNG")
            held.writestr(f"photos/{k}.png", picture.getvalue())
    send_files(page, server.url, [file, photos])

    go(page, "Slices")
    page.get_by_text("searched: brightness(photo)", exact=False).wait_for()
    forest = page.locator(".js-plotly-plot").first
    forest.wait_for()
    assert "brightness(photo) < 0.3" in forest.inner_text()
    dot = forest.locator(".scatterlayer .points path").first.bounding_box()
    page.mouse.click(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    page.get_by_role("heading", name="Examples of the active slice").wait_for()
    settled(page)
    go(page, "Confusion matrix")
    assert "brightness(photo) < 0.3" in main_text(page)
    shown = int(main_text(page).split("n = ", 1)[1].split()[0].replace(",", ""))
    assert shown == pytest.approx((level < 80).sum(), abs=12)
