"""Names people give: cleaned for display and for URLs, never used as paths on the host."""

from __future__ import annotations

import secrets
import unicodedata

MAX_NAME = 200
MAX_LOGICAL_NAME = 1000
_SLUG_LENGTH = 60


def new_id() -> str:
    """A random id, 16 hexadecimal digits."""
    return secrets.token_hex(8)


def clean(text: str, *, limit: int = MAX_NAME) -> str:
    """One line of printable text: control characters, bidirectional overrides and lone surrogates removed."""
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(kept.split())[:limit].strip()


def logical_name(name: str) -> str:
    """A file name with "/"-separated folders as uploaded, without anything that could climb, root or hide.

    Parameters
    ----------
    name : str
        As the browser or an archive sent it, decoded once.

    Returns
    -------
    str
        Never empty; "file" where nothing printable is left.
    """
    parts = [clean(part, limit=255) for part in name.replace("\\", "/").split("/")]
    kept = [part for part in parts if part not in ("", ".", "..") and not _is_drive(part)]
    return "/".join(kept)[-MAX_LOGICAL_NAME:].lstrip("/") or "file"


def _is_drive(part: str) -> bool:
    return len(part) == 2 and part[1] == ":" and part[0].isalpha()


def slug(name: str) -> str:
    """Lower-case ASCII words joined by hyphens, at most 60 characters; "project" where nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    return "-".join(words)[:_SLUG_LENGTH].strip("-") or "project"
