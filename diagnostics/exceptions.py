"""Everything that can go wrong, as one tree; each error says what happened, where, and what to do.

::

    RunClinicError
    ├── UnreadableFile        no reader could make sense of the file (carries every reader's refusal)
    │   ├── BrokenFile        the format is known, this file is damaged at a named place
    │   ├── NotALog           the file is fine, but it is something else ("a COCO result file")
    │   ├── RefusedFile       reading it could run code; says how to export it safely
    │   └── TooLarge          a cap was reached (bytes, members, columns, expansion)
    ├── NeedsAnswer           the file can be read once the user says which column is what
    ├── NotFound              a project, run or file that is not in the workspace
    ├── Conflict              somebody else changed it first; nothing was written
    └── Forbidden             the person may not do that
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class RunClinicError(Exception):
    """Base of all errors the product raises on purpose.

    Parameters
    ----------
    code : str
        Id of the sentence in the knowledge files.
    params : mapping
        What fills the sentence; never a host path.
    """

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params: Mapping[str, Any] = params
        details = ", ".join(f"{k}={v!r}" for k, v in params.items())
        super().__init__(f"{code}({details})")


class UnreadableFile(RunClinicError):
    """No reader could make sense of a file.

    Parameters
    ----------
    code : str
    file : str
        Logical name, as uploaded.
    place : str
        Where in the file ("row 31, column 4", "byte 1,204"), or "".
    expected, found : str
    remedy : str
        Code of the sentence that says what to do.
    refusals : mapping of reader to reason
    """

    def __init__(
        self,
        code: str,
        *,
        file: str,
        place: str = "",
        expected: str = "",
        found: str = "",
        remedy: str = "",
        refusals: Mapping[str, str] | None = None,
        **params: Any,
    ) -> None:
        self.file = file
        self.remedy = remedy
        self.refusals = dict(refusals or {})
        super().__init__(code, file=file, place=place, expected=expected, found=found, **params)


class BrokenFile(UnreadableFile):
    """A known format that is damaged at a named place."""


class NotALog(UnreadableFile):
    """A good file of another kind."""


class RefusedFile(UnreadableFile):
    """A file that could run code when read."""


class TooLarge(UnreadableFile):
    """A size cap was reached before the file could do harm."""


class NeedsAnswer(RunClinicError):
    """The file can be read once the user says which column is what."""


class NotFound(RunClinicError):
    """No such object in the workspace."""


class Conflict(RunClinicError):
    """The object changed since it was read; nothing was written."""


class Forbidden(RunClinicError):
    """The person may not do that."""
