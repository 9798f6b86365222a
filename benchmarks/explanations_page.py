"""The page of explanations against bare TreeExplainer: `python -m benchmarks.explanations_page [repeats]`.

LightGBM with 200 rounds, 1,000 rows x 20 features. The model's worker is warm and 200 rows are on the page; 1,000 are
chosen instead. Once as the server alone draws the page, once in a browser until the last chart is painted; server,
worker and browser share the cores.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
from playwright.sync_api import Page, sync_playwright

from benchmarks.explanations import NAMES, ROWS, TREES, best, table, told
from diagnostics.explanations import binding
from diagnostics.explanations.known_rows import KnownRows
from diagnostics.workspace import Workspace
from tests.support.browser import ARGUMENTS, obtain_browser
from tests.support.screenshots import settled
from tests.support.server import Server

# Notes when each chart was painted, in seconds after the hook was set.
HOOK = """() => {
  const began = performance.now(), plotly = window.Plotly, react = plotly.react;
  window.painted = [];
  plotly.react = async (...given) => {
    const done = await react.apply(plotly, given);
    await new Promise((then) => requestAnimationFrame(() => setTimeout(then, 0)));
    window.painted.push((performance.now() - began) / 1000);
    return done;
  };
}"""
COMPLETE = """() => document.querySelector('[data-testid="stApp"]').dataset.testScriptState === "notRunning"
  && document.body.textContent.includes("Rows 1,000")"""


def stored(home: Path, seed: int) -> tuple[str, object, np.ndarray]:
    """A workspace with the model and its predictions: project, model, rows; no seed's rows are known of another."""
    import lightgbm

    matrix, target = table(4000)
    rows = matrix[:ROWS]
    model = lightgbm.train(
        {"objective": "binary", "verbose": -1, "num_threads": 1, "seed": seed}, lightgbm.Dataset(matrix, target), TREES
    )
    score = model.predict(rows)
    columns = {"y_true": target[:ROWS].astype(int), "y_pred": (score > 0.5).astype(int), "y_score": score}
    file = pa.BufferOutputStream()
    arrow_csv.write_csv(pa.table(columns | dict(zip(NAMES, rows.T, strict=True))), file)
    workspace = Workspace.open(home)
    project = workspace.create_project("Benchmark").id
    files = {"a/predictions.csv": file.getvalue().to_pybytes(), "a/model.txt": model.model_to_string().encode()}
    workspace.ingest(project, [workspace.add_upload(project, name, data).id for name, data in files.items()])
    workspace.close()
    return project, model, rows


def on_the_server(project: str, home: Path) -> float:
    """Seconds until the server has drawn all rows, none of them known, without a browser."""
    os.environ["RUN_CLINIC_HOME"] = str(home)
    from diagnostics.explanations.warm import warm
    from tests.app.conftest import draw, texts

    page = draw("explanations", project=project, explained="200")
    while "Rows **200**" not in texts(page):
        page.run()
    binding.known_rows = KnownRows()
    started = time.perf_counter()
    page.selectbox("explained").set_value("1000").run()
    while "Rows **1,000**" not in texts(page):
        page.run()
    took = time.perf_counter() - started
    warm.close()
    return took


def in_a_browser(page: Page, url: str, project: str) -> float:
    """Seconds from the choice until the last chart of all rows is painted."""
    page.goto(f"{url}/explanations?lang=en&project={project}&explained=200")
    page.get_by_text("Rows 200").first.wait_for()
    settled(page)
    page.get_by_test_id("stSelectbox").filter(has_text="Rows").locator("input").click()
    choice = page.get_by_role("option", name="1,000").first
    choice.wait_for()
    page.evaluate(HOOK)
    choice.click()
    page.wait_for_function(COMPLETE, polling=200)
    settled(page)
    return float(page.evaluate("() => window.painted.at(-1)"))


def main(repeats: int) -> None:
    """Measure everything `repeats` times, each with a server of its own."""
    import shap

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=obtain_browser(), args=ARGUMENTS)
        for number in range(repeats):
            with tempfile.TemporaryDirectory() as folder:
                home = Path(folder) / "home"
                project, model, rows = stored(home, number)
                bare = best(lambda model=model, rows=rows: shap.TreeExplainer(model).shap_values(rows), 3)
                told(f"{number + 1}: bare shap.TreeExplainer", bare)
                told("   page drawn by the server", on_the_server(project, home), bare)
                server = Server(home, RUN_CLINIC_DEMO="0").start()
                try:
                    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
                    took = in_a_browser(page, server.url, project)
                    page.context.close()
                finally:
                    server.stop()
                told("   everything painted in a browser", took, bare)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
