"""Rows of a classification set that name a picture."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from diagnostics.explanations.images.preparing import Pixels
from diagnostics.queries.engine import Engine, conditions, default_engine, quote
from diagnostics.queries.expressions import predicted
from diagnostics.queries.rows import ROW, class_numbers
from diagnostics.readers.pictures import Pictures, pixels
from diagnostics.types import Labels, Predictions

LIMIT = 2000
"""Rows looked at; of a larger set every k-th."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """A row with a picture.

    Attributes
    ----------
    row : int
        0-based place in the file.
    picture : str
        As the file names it.
    truth, answer : int
        Class numbers; -1 where the file does not say.
    """

    row: int
    picture: str
    truth: int
    answer: int

    @property
    def is_error(self) -> bool:
        """Whether truth and answer are known and differ."""
        return self.truth >= 0 and self.answer >= 0 and self.truth != self.answer


@dataclass(frozen=True, kw_only=True, eq=False)
class Decoded:
    """A row and its picture.

    Attributes
    ----------
    example : Example
    pixels : ndarray of uint8, shape (height, width, 3)
    digest : str
        Of the picture's content.
    """

    example: Example
    pixels: Pixels
    digest: str


def decode(pictures: Pictures, example: Example) -> Decoded | None:
    """The picture of a row; None where no file of that name was uploaded, or its bytes are no picture."""
    content = pictures.bytes_of(example.picture)
    found = None if content is None else pixels(content)
    if content is None or found is None:
        return None
    return Decoded(example=example, pixels=found, digest=hashlib.sha256(content).hexdigest())


def spread(found: Sequence[Example], count: int) -> tuple[Example, ...]:
    """So many of them, evenly spread."""
    if len(found) <= count:
        return tuple(found)
    return tuple(found[place * len(found) // count] for place in range(count))


def examples(
    predictions: Predictions, *, rows: Sequence[int] | None = None, limit: int = LIMIT, engine: Engine | None = None
) -> tuple[Example, ...]:
    """Rows that name a picture, in file order.

    Parameters
    ----------
    predictions : Predictions
        With classes.
    rows : sequence of int, optional
        Only these places of the file.
    limit : int
    """
    engine = engine or default_engine()
    image = predictions.roles.image
    if not image:
        return ()
    truth = quote(predictions.roles.truth) if predictions.roles.truth else "NULL"
    answer = predicted(predictions) or "NULL"
    kept = [f"{quote(image)} IS NOT NULL"]
    if rows is not None:
        kept.append(f"{quote(ROW)} IN ({', '.join(str(int(row)) for row in rows) or '-1'})")
    inner = (
        f"SELECT {quote(ROW)} AS r, CAST({quote(image)} AS VARCHAR) AS i, {truth} AS t, {answer} AS a, "
        f"ROW_NUMBER() OVER (ORDER BY {quote(ROW)}) AS place, COUNT(*) OVER () AS n "
        f"FROM {engine.table(predictions)}{conditions(kept)}"
    )
    step = f"GREATEST(1, CAST(CEIL(n / {int(limit)}.0) AS BIGINT))"
    table = engine.arrow(
        predictions, f"SELECT r, i, t, a FROM ({inner}) AS s WHERE (place - 1) % {step} = 0 ORDER BY r"
    )
    labels = Labels(predictions.classes)
    return tuple(
        Example(row=int(row), picture=str(name), truth=int(true), answer=int(said))
        for row, name, true, said in zip(
            table.column("r").to_pylist(), table.column("i").to_pylist(), class_numbers(table.column("t"), labels),
            class_numbers(table.column("a"), labels), strict=True,
        )
    )  # fmt: skip
