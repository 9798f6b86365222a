"""Escaping of text that came from files or people before Streamlit reads it as Markdown."""

from __future__ import annotations

import re

# Everything Markdown, emoji and icon shortcodes, colour directives, LaTeX and inline HTML begin or end with.
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:^&=])")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
# Characters that turn the reading direction around and so let one name pose as another.
_BIDI = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_URL = re.compile(r"\b(https?|ftp|mailto|www)\b", re.IGNORECASE)


def plain(value: object) -> str:
    """Return the value as one line of text: control characters become a space, direction marks go."""
    return _BIDI.sub("", _BREAKS.sub(" ", str(value))).strip()


def escape(value: object) -> str:
    r"""Return text that Streamlit's Markdown shows exactly as it is, on one line.

    Links, images, HTML, emoji shortcodes, LaTeX and colour directives in it stay letters.

    Examples
    --------
    >>> escape("a*b_[c](http://x)")
    'a\\*b\\_\\[c\\]\\(http\\:\u200b//x\\)'
    """
    text = _SPECIAL.sub(r"\\\1", plain(value))
    # The Markdown reader also turns bare addresses into links; a zero-width space takes the scheme apart.
    return _URL.sub(lambda match: f"{match.group()[:1]}\u200b{match.group()[1:]}", text)


def shorten(value: object, limit: int = 48) -> str:
    """Return the text with its middle left out where it is longer than `limit` characters."""
    text = plain(value)
    if len(text) <= limit:
        return text
    tail = limit // 3
    return f"{text[: limit - tail - 1]}…{text[-tail:]}"
