import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from diagnostics.exceptions import RunClinicError
from diagnostics.workspace import Workspace, database, migrations
from diagnostics.workspace.database import Database, database_url
from diagnostics.workspace.tables import metadata


def test_the_head_known_to_the_code_is_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", migrations.__path__[0])
    assert ScriptDirectory.from_config(config).get_heads() == [database.HEAD]


def test_migrations_lead_from_empty_to_the_tables_of_the_code(home, database):
    home.mkdir()
    base = Database(database_url(home, database))
    base.migrate()
    with base.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    base.close()
    assert differences == []


def test_opening_again_migrates_nothing_and_needs_no_alembic(workspace, home, database):
    code = (
        "import sys; from pathlib import Path; from diagnostics.workspace import Workspace; "
        f"Workspace.open(Path({str(home)!r}), {database!r}).close(); print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_database_of_a_newer_version_is_left_alone(home, database):
    Workspace.open(home, database).close()
    base = Database(database_url(home, database))
    with base.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    base.close()
    with pytest.raises(RunClinicError) as raised:
        Workspace.open(home, database)
    assert raised.value.code == "database_newer"


def test_several_processes_may_open_an_empty_database_at_once(home, database):
    code = (
        "from pathlib import Path; from diagnostics.workspace import Workspace; "
        f"w = Workspace.open(Path({str(home)!r}), {database!r}); w.create_project('same'); w.close()"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(3)]
    assert [(p.communicate()[1], p.returncode) for p in processes] == [(b"", 0)] * 3
    opened = Workspace.open(home, database)
    assert sorted(p.id for p in opened.projects()) == ["same", "same-2", "same-3"]
    opened.close()


def test_sqlite_runs_in_the_mode_that_keeps_acknowledged_writes(home):
    opened = Workspace.open(home)
    with opened._database.writing() as connection:
        modes = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
        assert connection.connection.dbapi_connection.in_transaction
    assert modes == ["wal", 2]
    opened.close()


def test_other_databases_are_refused_with_a_reason(home):
    with pytest.raises(RunClinicError) as raised:
        Workspace.open(home, "mysql://somewhere/db")
    assert raised.value.code == "unsupported_database"
