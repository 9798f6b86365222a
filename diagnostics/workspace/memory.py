"""What is remembered beside the data: answers about series names, and derived results by digest."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, select, update

from diagnostics.exceptions import Conflict
from diagnostics.workspace import plain
from diagnostics.workspace.tables import mappings, results

EVERYWHERE = ""


def remembered(connection: Connection, project: str) -> dict[str, Any]:
    """Mappings by shape: those for every project, overruled by the project's own."""
    query = select(mappings).where(mappings.c.scope.in_([EVERYWHERE, project])).order_by(mappings.c.scope)
    return {row.shape: plain.decode(row.mapping) for row in connection.execute(query)}


def remember(connection: Connection, scope: str, shape: str, mapping: Mapping[str, Any], version: int | None) -> int:
    """Keep a mapping; its new version.

    Raises
    ------
    Conflict
        `version` is not the stored one (0 where nothing is stored).
    """
    here = (mappings.c.scope == scope) & (mappings.c.shape == shape)
    row = connection.execute(select(mappings).where(here).with_for_update()).first()
    current = row.version if row else 0
    if version is not None and version != current:
        raise Conflict("changed_meanwhile", id=shape[:80], expected=version, found=current)
    fresh = {"mapping": plain.encode(mapping), "version": current + 1, "updated": time.time()}
    if row is None:
        connection.execute(mappings.insert().values(scope=scope, shape=shape, **fresh))
    else:
        connection.execute(update(mappings).where(here).values(fresh))
    return int(current) + 1


def forget(connection: Connection, scope: str, shape: str) -> None:
    """Drop a mapping."""
    connection.execute(delete(mappings).where(mappings.c.scope == scope, mappings.c.shape == shape))


def result(connection: Connection, key: str) -> Any:
    """A derived result, or None."""
    return connection.execute(select(results.c.value).where(results.c.key == key)).scalar()


def keep_result(connection: Connection, key: str, value: Any) -> None:
    """Keep a derived result in the place of an older one."""
    connection.execute(delete(results).where(results.c.key == key))
    connection.execute(results.insert().values(key=key, value=value, created=time.time()))
