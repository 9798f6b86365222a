"""The interface's two languages: gettext catalogues compiled by Babel, chosen by the session.

Sentences about findings, checks and files do not live here but in `diagnostics.knowledge`.
"""

from __future__ import annotations

import gettext as _gettext
from collections.abc import Callable
from functools import cache
from pathlib import Path

LANGUAGES = {"en": "English", "pt_BR": "Português"}
DEFAULT = "en"
DOMAIN = "messages"
FOLDER = Path(__file__).parent / "locale"

_source: Callable[[], str] = lambda: DEFAULT  # noqa: E731 - replaced once, by the owner of the session


def follow(source: Callable[[], str]) -> None:
    """Ask `source` for the language at every string; the session's owner registers itself here.

    A callable rather than a variable: a fragment reruns in a new thread without running the frame again.
    """
    global _source
    _source = source


def language() -> str:
    """Return the language in use: a key of `LANGUAGES`."""
    code = _source()
    return code if code in LANGUAGES else DEFAULT


def match(tag: str | None) -> str | None:
    """Return the offered language for a browser's tag ("pt", "pt-BR", "en-GB"), or None."""
    prefix = (tag or "").replace("_", "-").split("-")[0].lower()
    return next((code for code in LANGUAGES if code.split("_")[0] == prefix), None) if prefix else None


def html_lang() -> str:
    """Return the tag for `<html lang>`: "en" or "pt-BR"."""
    return language().replace("_", "-")


@cache
def catalogue(code: str) -> _gettext.NullTranslations:
    """Return the compiled catalogue of a language; English is the source text itself."""
    return _gettext.translation(DOMAIN, FOLDER, languages=[code], fallback=True)


def _(message: str) -> str:
    """Return the message in the session's language."""
    return catalogue(language()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """Return the form of a counted message that fits `n`; fill the number in afterwards."""
    return catalogue(language()).ngettext(singular, plural, n)


def N_(message: str) -> str:  # noqa: N802 - the name Babel and gettext know
    """Mark a string for translation where it is defined; translate it with `_` where it is shown."""
    return message
