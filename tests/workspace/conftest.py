"""Every test of the workspace runs on SQLite and on a real PostgreSQL."""

import warnings

import pytest

from diagnostics.workspace import Workspace
from tests.support.postgres import Postgres, obtain_binaries
from tests.workspace import logs


@pytest.fixture(scope="session")
def postgres():
    binaries = obtain_binaries()
    if binaries is None:
        message = "NO POSTGRESQL: half of the workspace tests did not run; set RUN_CLINIC_POSTGRES_BIN or install one"
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    server = Postgres(binaries).start()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request):
    """A database URL for `Workspace.open`: None is SQLite."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgres").new_database()


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def workspace(home, database):
    opened = Workspace.open(home, database)
    yield opened
    opened.close()


@pytest.fixture
def simple_logs(monkeypatch):
    """Read the tests' own little log format: what is tested is what becomes of the runs."""
    from diagnostics.workspace import ingest

    monkeypatch.setattr(ingest, "read", logs.read)
