"""Pictures of every page for looking at: `python -m tests.support.screenshots OUTDIR [--url URL] [--only PAGE ...]`.

Without a URL a server is started with a home of its own. Every state (empty, demo, broken file) is made through the
pages themselves.
"""

import argparse
import signal
import sys
import tempfile
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browser import ARGUMENTS, obtain_browser
from tests.support.server import Server

WIDTHS = {"wide": (1280, 900), "phone": (390, 844)}
NAMES = (
    "files", "curves", "confusion", "thresholds", "regression", "ranking", "losses", "slices", "queue", "board",
    "catalogue", "explanations", "images", "structure", "status",
)  # fmt: skip
PAGES = {"triage": "", **{name: name for name in NAMES}}
SETTLED = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app && app.dataset.testScriptState === "notRunning" && !document.querySelector('[data-stale="true"]')
    && !document.querySelector('[data-testid="stSkeleton"]') && document.fonts.status === "loaded"
    && [...document.querySelectorAll("img")].every((img) => img.complete)
    && ![...document.querySelectorAll("details")].some((box) => box.style.overflow || box.getAnimations().length)
    && [...document.querySelectorAll(".rc-chart-plot")].every((plot) => plot.querySelector(".main-svg"));
}"""


def settled(page: Page) -> None:
    """Wait until the script has run, nothing is stale or still unfolding, fonts and pictures are there."""
    page.wait_for_selector('[data-testid="stMainBlockContainer"]')
    page.wait_for_function(SETTLED)


def open_page(page: Page, url: str, theme: str) -> None:
    """Open an address in a theme, chosen as the switch keeps it."""
    page.add_init_script(
        f"""for (const path of {[f"/{path}" for path in PAGES.values()]})
              window.localStorage.setItem(`stActiveTheme-${{path}}-v2`, JSON.stringify("{theme}"));
            window.localStorage.setItem("runClinicTheme", JSON.stringify("{theme}"));"""
    )
    page.goto(url)
    settled(page)


def whole(page: Page, file: Path) -> None:
    """Save the page at its full height: Streamlit scrolls inside a frame, so the window grows to fit."""
    size = page.viewport_size
    height = page.evaluate("""() => {
      const main = document.querySelector('[data-testid="stMain"]');
      return Math.min(12000, Math.max(main.scrollHeight, window.innerHeight));
    }""")
    page.set_viewport_size({"width": size["width"], "height": height})
    settled(page)
    page.screenshot(path=file)
    page.set_viewport_size(size)


def broken(browser: Browser, url: str) -> str:
    """Upload a good log and one that is none, through the page; the query of their project."""
    page = browser.new_page()
    page.goto(url)
    settled(page)
    rows = "\n".join(f"{n},{2 * 0.9**n:.4f},{2 * 0.9**n + 0.1:.4f}" for n in range(20))
    page.locator("input.pick-files").set_input_files(
        [
            {"name": "good.csv", "mimeType": "text/csv", "buffer": f"epoch,loss,val_loss\n{rows}".encode()},
            {"name": "noise.csv", "mimeType": "text/csv", "buffer": bytes(range(256)) * 20},
        ]
    )
    page.get_by_text("1 run read").first.wait_for()
    query = "?" + page.url.partition("?")[2]
    page.close()
    return query


def take(url: str, folder: Path, only: list[str], queries: dict[str, str]) -> None:
    """Photograph the pages of a running server in both themes and widths, once for every state."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [name for name in PAGES if not only or name in only]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=obtain_browser(), args=ARGUMENTS)
        for state, query in queries.items():
            # Made only now: with a project of the visitor's own the first page is empty no more.
            query = broken(browser, url) if state == "broken" else query
            for width, theme, name in product(WIDTHS, ("Light", "Dark"), wanted):
                across, down = WIDTHS[width]
                context = browser.new_context(viewport={"width": across, "height": down}, locale="en-US")
                context.set_default_timeout(60_000)
                page = context.new_page()
                open_page(page, f"{url}/{PAGES[name]}{query}", theme)
                whole(page, folder / f"{state}-{name}-{width}-{theme.lower()}.png")
                context.close()
        browser.close()


def main() -> None:
    """Parse the command line, start a server where needed, take the pictures."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server is stopped on the way out
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url")
    parser.add_argument("--query", help="one state only, for example ?project=demo&lang=pt")
    parser.add_argument("--only", nargs="*", default=[], choices=PAGES)
    given = parser.parse_args()
    if given.url:
        take(given.url.rstrip("/"), given.folder, given.only, {"state": given.query or ""})
        return
    queries = {"state": given.query} if given.query else {"empty": "", "demo": "?project=demo", "broken": ""}
    with tempfile.TemporaryDirectory() as home:
        server = Server(Path(home) / "home").start()
        try:
            server.wait_for_demo()
            take(server.url, given.folder, given.only, queries)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
