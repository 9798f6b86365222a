"""The explanations page with a model, with uploaded values and with a stand-in."""

import pytest

from app import loading
from app.components import explain_store
from tests.app.conftest import draw, texts
from tests.app.test_curves import charts
from tests.support import explained


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Work is waited for instead of being watched."""
    monkeypatch.setattr(explain_store, "PATIENCE", 120.0)


@pytest.fixture
def with_model(home):
    pytest.importorskip("lightgbm")
    project = loading.create_project("Mine")
    stored, refused = loading.add_files(project.id, explained.files().items())
    assert not refused
    loading.ingest(project.id, stored)
    return project.id


def test_a_model_is_checked_and_explained(with_model):
    page = draw("explanations", project=with_model)
    said = texts(page)
    assert "agrees with the file's own predictions in 100" in said
    assert "tree SHAP of the model's own library" in said
    assert "Additivity gap" in said
    alts = [data["alt"] for _, data in charts(page)]
    assert any(alt.startswith("Features by mean absolute contribution, largest first: age") for alt in alts)
    assert any(alt.startswith("Waterfall of row 0") for alt in alts)
