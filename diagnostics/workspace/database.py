"""The database behind a workspace: SQLite unless a PostgreSQL URL is given; short transactions, schema kept current."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url

from diagnostics.exceptions import RunClinicError

BUSY_SECONDS = 30.0
# The newest revision in migrations/versions; a test keeps the two equal. Known here so that Alembic is imported only
# when there is something to migrate.
HEAD = "0003"
# Any fixed number: processes that open an empty PostgreSQL database together take turns on it.
_MIGRATION_LOCK = 7_239_104_511


def database_url(home: Path, database: str | None) -> URL:
    """The URL to connect to.

    Parameters
    ----------
    home : Path
    database : str or None
        None for SQLite under `home`; "postgres://..." gets the driver this package depends on.
    """
    if not database:
        return URL.create("sqlite", database=str(home / "workspace.sqlite"))
    url = make_url(
        database.replace("postgres://", "postgresql://", 1) if database.startswith("postgres:") else database
    )
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("postgresql", "sqlite"):
        raise RunClinicError("unsupported_database", backend=url.get_backend_name())
    return url


class Database:
    """An engine with two kinds of transactions, `reading` and `writing`."""

    def __init__(self, url: URL) -> None:
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else create_engine(url, pool_pre_ping=True, pool_size=10)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read transaction: one consistent view."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A write transaction, committed at the end of the block, rolled back on any exception.

        On SQLite the write lock is taken at once: a deferred one could fail after the reads.
        """
        with self.engine.connect().execution_options(run_clinic_write=True) as connection, connection.begin():
            yield connection

    def migrate(self) -> None:
        """Bring the schema to `HEAD`; several processes may do it at once.

        Raises
        ------
        RunClinicError
            "database_newer": a newer version of the product made this database.
        """
        with self.reading() as connection:
            current = _revision(connection)
        if current == HEAD:
            return
        with self.writing() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            if _revision(connection) != HEAD:
                upgrade(connection)

    def backup(self, target: Path) -> None:
        """Write a consistent copy of a live SQLite database.

        Raises
        ------
        RunClinicError
            "backup_by_server": PostgreSQL has tools of its own for it.
        """
        if not self.is_sqlite:
            raise RunClinicError("backup_by_server")
        raw = self.engine.raw_connection()  # VACUUM refuses to run inside a transaction
        try:
            raw.cursor().execute("VACUUM INTO ?", (str(target),))
        finally:
            raw.close()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def upgrade(connection: Connection) -> None:
    """Run the missing migrations in the connection's own transaction."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise RunClinicError("database_newer", revision=_revision(connection) or "") from error


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _configure(raw: Any, record: Any) -> None:
        # The driver's own transaction handling would begin deferred ones; _begin does it instead.
        raw.isolation_level = None
        cursor = raw.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("run_clinic_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine
