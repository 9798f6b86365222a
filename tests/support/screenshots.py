"""Pictures of every page for looking at: `python -m tests.support.screenshots OUTDIR [--url URL] [--only NAME ...]`.

Without a URL a server is started with a home of its own. Every state (empty, demo, broken file) is made through the
pages themselves.
"""

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.support.browser import ARGUMENTS, obtain_browser
from tests.support.server import Server

WIDTHS = {"wide": (1280, 900), "phone": (390, 844)}
PAGES = {"triage": "", "files": "files", "curves": "curves", "confusion": "confusion"}
SETTLED = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app && app.dataset.testScriptState === "notRunning" && !document.querySelector('[data-stale="true"]')
    && !document.querySelector('[data-testid="stSkeleton"]') && document.fonts.status === "loaded"
    && [...document.querySelectorAll("img")].every((img) => img.complete);
}"""


def settled(page: Page) -> None:
    """Wait until the script has run, nothing is stale and fonts and pictures are there."""
    page.wait_for_selector('[data-testid="stMainBlockContainer"]')
    page.wait_for_function(SETTLED)


def open_page(page: Page, url: str, theme: str) -> None:
    """Open an address in a theme, chosen as the switch keeps it."""
    page.add_init_script(
        f"""for (const path of ["/", "/files", "/curves", "/confusion"])
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


def take(url: str, folder: Path, only: list[str], query: str = "") -> None:
    """Photograph the pages of a running server in both themes and widths."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=obtain_browser(), args=ARGUMENTS)
        for width, (across, down) in WIDTHS.items():
            for theme in ("Light", "Dark"):
                for name, path in PAGES.items():
                    if only and name not in only:
                        continue
                    context = browser.new_context(viewport={"width": across, "height": down}, locale="en-US")
                    context.set_default_timeout(60_000)
                    page = context.new_page()
                    open_page(page, f"{url}/{path}{query}", theme)
                    whole(page, folder / f"{name}-{width}-{theme.lower()}.png")
                    context.close()
        browser.close()


def main() -> None:
    """Parse the command line, start a server where needed, take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url")
    parser.add_argument("--query", default="", help="for example ?project=demo&lang=pt")
    parser.add_argument("--only", nargs="*", default=[])
    given = parser.parse_args()
    if given.url:
        take(given.url.rstrip("/"), given.folder, given.only, given.query)
        return
    with tempfile.TemporaryDirectory() as home:
        server = Server(Path(home) / "home").start()
        try:
            take(server.url, given.folder, given.only, given.query)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
