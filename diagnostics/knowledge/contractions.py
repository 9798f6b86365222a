"""Portuguese prepositions joined with the article of a place: "em época 12" is written "na época 12"."""

from __future__ import annotations

import re

_ARTICLE = {"época": "a", "linha": "a", "passo": "o"}
_JOINED = {
    "em": {"a": "na", "o": "no"},
    "de": {"a": "da", "o": "do"},
    "a": {"a": "à", "o": "ao"},
    "desde": {"a": "desde a", "o": "desde o"},
}
_PLACE = re.compile(rf"\b({'|'.join(_JOINED)}) ({'|'.join(_ARTICLE)}) (?=[\d–])")


def contracted(text: str) -> str:
    """A sentence with its prepositions before places joined to their articles.

    Examples
    --------
    >>> contracted("virou em época 12, depois de passo 3, voltam a época 0, desde linha 4")
    'virou na época 12, depois do passo 3, voltam à época 0, desde a linha 4'
    """
    return _PLACE.sub(lambda m: f"{_JOINED[m[1]][_ARTICLE[m[2]]]} {m[2]} ", text)
