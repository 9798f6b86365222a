"""What each id says, in TOML per language: findings, hypotheses, checks, actions, reasons, errors.

A topic is one file per language; the loader merges them and a test holds the languages to the same ids and holes.
Sections: `findings`, `hypotheses`, `facts`, `checks`, `actions`, `reasons`, `errors`, `remedies`, `notes`, `labels`.
"""

from diagnostics.knowledge.explain import (
    action_title,
    error_text,
    explain,
    note_text,
    quantity_text,
    reason,
    title,
)
from diagnostics.knowledge.explanation import Cause, Caution, Check, Explanation, Step
from diagnostics.knowledge.loader import LANGUAGES, entry, normalized
from diagnostics.knowledge.templates import fill, label, plural

__all__ = [
    "LANGUAGES",
    "Cause",
    "Caution",
    "Check",
    "Explanation",
    "Step",
    "action_title",
    "entry",
    "error_text",
    "explain",
    "fill",
    "label",
    "normalized",
    "note_text",
    "plural",
    "quantity_text",
    "reason",
    "title",
]  # fmt: skip
