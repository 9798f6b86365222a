"""The tables, for SQLite and PostgreSQL alike; migrations/versions holds the road from empty to here.

Times are seconds since the Unix epoch in UTC. `deleted` is NULL for what is alive: deletion can be undone until it is
purged. `version` counts the changes of a row; every change names the version it started from.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class Json(TypeDecorator[Any]):
    """JSON kept as ASCII text, so that NaN, infinity and NUL survive both databases alike."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Python value to text."""
        return None if value is None else json.dumps(value, separators=(",", ":"))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Text to Python value."""
        return None if value is None else json.loads(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

projects = Table(
    "projects",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("demo", Boolean, nullable=False, default=False),
    Column("settings", Json, nullable=False, default=dict),
    # Counts the ingests: who read files outside a transaction sees whether others were faster.
    Column("revision", Integer, nullable=False, default=0),
    Column("version", Integer, nullable=False, default=1),
    Column("created", Double, nullable=False),
    Column("updated", Double, nullable=False),
    Column("deleted", Double),
)

uploads = Table(
    "uploads",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("project", ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(1000), nullable=False),
    # A folder of our own in front of the name where the same name came twice with another content.
    Column("batch", String(40), nullable=False, default=""),
    Column("digest", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("failures", Json, nullable=False, default=list),
    Column("version", Integer, nullable=False, default=1),
    Column("created", Double, nullable=False),
    Column("deleted", Double),
    Index(None, "project", "deleted"),
    Index(None, "digest"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("project", ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("renamed", Boolean, nullable=False, default=False),
    Column("grouping", Text, nullable=False, default=""),
    Column("regrouped", Boolean, nullable=False, default=False),
    Column("setting", String(32), nullable=False),
    Column("n_curves", Integer, nullable=False),
    Column("summary", Json, nullable=False),
    Column("notes", Json, nullable=False, default=list),
    Column("unplaced", Json, nullable=False, default=list),
    Column("sources", Json, nullable=False, default=list),
    Column("content", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("created", Double, nullable=False),
    Column("updated", Double, nullable=False),
    Column("deleted", Double),
    Index(None, "project", "deleted"),
)

run_uploads = Table(
    "run_uploads",
    metadata,
    Column("run", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("upload", ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "upload"),
)

predictions = Table(
    "predictions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("project", ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("renamed", Boolean, nullable=False, default=False),
    Column("task", String(32), nullable=False),
    Column("n_rows", BigInteger, nullable=False),
    Column("record", Json, nullable=False),
    Column("content", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("answered", Boolean, nullable=False, default=False),
    Column("version", Integer, nullable=False, default=1),
    Column("created", Double, nullable=False),
    Column("updated", Double, nullable=False),
    Column("deleted", Double),
    Index(None, "project", "deleted"),
)

prediction_uploads = Table(
    "prediction_uploads",
    metadata,
    Column("prediction", ForeignKey("predictions.id", ondelete="CASCADE"), primary_key=True),
    Column("upload", ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "upload"),
)

# What the user answered about series names: `scope` is a project id, or "" for every project.
mappings = Table(
    "mappings",
    metadata,
    Column("scope", String(80), primary_key=True),
    Column("shape", String(200), primary_key=True),
    Column("mapping", Json, nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("updated", Double, nullable=False),
)

# Derived results by the digest of their inputs and the version of the code; may be emptied at any time.
results = Table(
    "results",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("value", Json, nullable=False),
    Column("created", Double, nullable=False),
)

# An error board belongs to a project and is attached to one prediction set at a time. `number` is that of its last
# event: the row is locked while one is appended, and readers see at a glance whether there is something new.
boards = Table(
    "boards",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("project", ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    # No foreign key: a board outlives the set it was made on, until its tags are attached to another.
    Column("predictions", String(32), nullable=False),
    Column("number", Integer, nullable=False, default=0),
    Column("created", Double, nullable=False),
    Column("updated", Double, nullable=False),
    UniqueConstraint("project", "predictions"),
)

board_events = Table(
    "board_events",
    metadata,
    Column("board", ForeignKey("boards.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Double, nullable=False),
    Column("who", String(200), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("undoes", Integer),
    Column("changes", Json, nullable=False),
)

# Everybody who has signed in or was given a role. `owner`: may do everything in every project.
people = Table(
    "people",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("owner", Boolean, nullable=False, default=False),
    Column("created", Double, nullable=False),
    Column("seen", Double),
)

members = Table(
    "members",
    metadata,
    Column("project", ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("person", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("updated", Double, nullable=False),
)

# One row a sign-in. Its id is a hash of the value that was handed to the browser, so the table alone opens nothing.
sign_ins = Table(
    "sign_ins",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person", ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("created", Double, nullable=False),
    Column("expires", Double, nullable=False),
    Column("ended", Double),
    Index(None, "person"),
)

# Read-only links to one view; the token itself is shown once and stored as a hash.
shares = Table(
    "shares",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("project", ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("token", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("page", String(40), nullable=False),
    Column("query", Json, nullable=False),
    Column("author", String(200), nullable=False),
    Column("created", Double, nullable=False),
    Column("expires", Double, nullable=False),
    Column("revoked", Double),
    UniqueConstraint("token"),
    Index(None, "project"),
)

# Who did what. No foreign keys: the log outlives what it speaks of.
audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("who", String(200), nullable=False),
    Column("action", String(40), nullable=False),
    Column("project", String(80), nullable=False, default=""),
    Column("object", String(200), nullable=False, default=""),
    Column("details", Json, nullable=False, default=dict),
    Index(None, "project", "number"),
)
