"""Pages drawn without a browser: the frame with a workspace of its own, at a page and an address."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "demo_data" / "runs"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty workspace."""
    monkeypatch.setenv("RUN_CLINIC_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("RUN_CLINIC_DATABASE", raising=False)
    return tmp_path / "home"


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory):
    """A workspace that holds the demo project; tests that change something take `home` instead."""
    from diagnostics.workspace import Workspace

    folder = tmp_path_factory.mktemp("demo") / "home"
    workspace = Workspace.open(folder)
    workspace.ensure_demo(DEMO, "Demo")
    workspace.close()
    return folder


@pytest.fixture
def demo(demo_folder, monkeypatch):
    """The workspace with the demo project."""
    monkeypatch.setenv("RUN_CLINIC_HOME", str(demo_folder))
    monkeypatch.delenv("RUN_CLINIC_DATABASE", raising=False)
    return demo_folder


@pytest.fixture
def patient(monkeypatch):
    """Work beside the pages is waited for instead of being watched."""
    from app.components.explain import store as explain_store

    monkeypatch.setattr(explain_store, "PATIENCE", 120.0)


@pytest.fixture
def store(home):
    """A function that stores files in the empty workspace: `store({"a.csv": b"..."}) -> project id`."""
    from app import loading

    def add(files: dict[str, bytes], project: str = "Mine") -> str:
        made = loading.create_project(project)
        stored, refused = loading.add_files(made.id, files.items())
        assert not refused
        loading.ingest(made.id, stored)
        return made.id

    return add


def draw(page: str = "", **query) -> AppTest:
    """Draw a page of the frame ("" is the first) at an address."""
    test = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=60)
    test.query_params.update({name: value for name, value in query.items() if value})
    # `switch_page` only knows pages that are files of their own.
    test._page_hash = calc_hash(page) if page else ""
    test.run()
    assert not test.exception, test.exception[0].value
    return test


def texts(test: AppTest) -> str:
    """Everything a page says in titles, text, captions and messages."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "error", "info", "success", "warning")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(test, kind))


def keras(rows: int = 30, *, offset: float = 0.0) -> bytes:
    """A Keras CSV log whose validation loss turns and rises."""
    lines = ["epoch,loss,val_loss"]
    for epoch in range(rows):
        train = 2.0 * 0.88**epoch + 0.02 + offset
        validation = 2.0 * 0.85**epoch + 0.05 * max(0, epoch - rows // 3) + 0.3 + offset
        lines.append(f"{epoch},{train:.5f},{validation:.5f}")
    return "\n".join(lines).encode()
