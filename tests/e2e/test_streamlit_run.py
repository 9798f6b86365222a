"""`streamlit run app/main.py`: no routes of our own, so pages fall back to Streamlit's uploader and say so."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from tests.e2e.conftest import DEMO
from tests.support.pages import go, main_text, open_page, settled
from tests.support.server import ROOT, free_port, wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(tmp_path):
    """Address of a plain Streamlit server that runs the frame."""
    port = free_port()
    command = [
        sys.executable, "-m", "streamlit", "run", "app/main.py", "--server.port", str(port), "--server.address",
        "127.0.0.1", "--server.headless", "true", "--browser.gatherUsageStats", "false",
    ]  # fmt: skip
    environment = {**os.environ, "RUN_CLINIC_HOME": str(tmp_path / "home")}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )

    def answers() -> bool:
        assert process.poll() is None, (tmp_path / "log").read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    wait_until(answers, "a healthy Streamlit")
    yield f"http://127.0.0.1:{port}"
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(timeout=20)


def test_triage_is_shown_and_the_fallback_reads_a_file(plain, page):
    open_page(page, plain)
    assert "What is wrong with your training?" in main_text(page)
    assert "run-clinic serve" in main_text(page)
    page.locator('[data-testid="stFileUploader"] input[type="file"]').first.set_input_files(
        [str(DEMO / "digits-overfitting" / "history.json")]
    )
    page.get_by_role("heading", name="Findings", exact=True).wait_for()
    settled(page)
    assert "Overfitting" in main_text(page)
    go(page, "Learning curves")
    page.locator(".js-plotly-plot").first.wait_for()
