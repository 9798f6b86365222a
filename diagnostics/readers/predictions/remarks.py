"""What is odd about the columns of a stored table and should be said: numbers mixed with words, keys that repeat."""

from __future__ import annotations

from diagnostics.queries.engine import quote
from diagnostics.readers.predictions.profile import Column, Profile
from diagnostics.readers.predictions.vocabulary import tokens
from diagnostics.types import Note, Question

MIXED = 0.5
"""Share of cells that are numbers from which a column of texts was meant to be one of numbers."""

MOST_OFTEN = 20
"""A key that occurs more often than this names a group of rows, not a row."""

_OF_A_ROW = {"id", "row", "sample", "example", "record", "instance", "case", "index", "idx", "uid", "uuid", "key"}


def mixed_columns(profile: Profile) -> tuple[Note, ...]:
    """A note on every column of texts most of which are numbers: it is read as text, which nobody meant."""
    return tuple(note for column in profile.columns.values() if (note := _mixed(profile, column)) is not None)


def _mixed(profile: Profile, column: Column) -> Note | None:
    present = column.rows - column.missing
    if column.kind != "text" or not present or not MIXED * present <= column.numbers < present:
        return None
    name = quote(column.name)
    sql = f"SELECT MIN({name}) FROM {profile.table} WHERE TRY_CAST({name} AS DOUBLE) IS NULL"
    example = profile.query(sql)[0][0]
    share = (present - column.numbers) / present
    return Note(code="mixed_column", params={"column": column.name, "share": share, "example": str(example)[:40]})


def repeated_key(profile: Profile, ignored: dict[str, str]) -> Question | None:
    """Ask what a key names where it looks like the key of a row and occurs several times."""
    for name, reason in ignored.items():
        if reason != "identifier" or not set(tokens(name)) <= _OF_A_ROW:
            continue
        sql = f"SELECT COUNT(*), MAX(n) FROM (SELECT COUNT(*) AS n FROM {profile.table} GROUP BY {quote(name)})"
        repeated, most = profile.query(f"{sql} WHERE n > 1")[0]
        if repeated and most <= MOST_OFTEN:
            return Question(
                code="repeated_key", guess="groups", options=("rows", "groups"),
                params={"column": name, "repeated": int(repeated), "most": int(most)},
            )  # fmt: skip
    return None
