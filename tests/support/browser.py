"""Find a Chromium, or get one: the system's, else Playwright's own, else apt as root.

Run as a module it makes sure that one is there and prints its path.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def system_browser() -> str | None:
    """Path of a Chromium on this machine's PATH, or None."""
    chosen = os.environ.get("RUN_CLINIC_BROWSER")
    return chosen or next((path for name in NAMES if (path := shutil.which(name))), None)


def bundled_browser() -> str | None:
    """Path of the browser that Playwright installed for itself, or None."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def find_browser() -> str | None:
    """Path of a usable Chromium, or None."""
    return system_browser() or bundled_browser()


def obtain_browser() -> str:
    """Find a Chromium or install one.

    Raises
    ------
    SystemExit
        When there is none and none can be installed.
    """
    if found := find_browser():
        return found
    attempts = [[sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        attempts += [["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "chromium"]]
    for command in attempts:
        subprocess.run(command, check=False)
        if found := find_browser():
            return found
    raise SystemExit("No Chromium found and none could be installed; set RUN_CLINIC_BROWSER to its path.")


if __name__ == "__main__":
    print(obtain_browser())
