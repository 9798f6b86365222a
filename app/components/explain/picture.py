"""What the parts of the page draw from, and how it was computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.components.explain import store
from app.components.text import escape, plain
from app.i18n import _, language
from diagnostics.knowledge import label
from diagnostics.knowledge.numbers import integer, percent

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from diagnostics.explanations.explaining import Explained
    from diagnostics.explanations.sampling import Sample
    from diagnostics.explanations.sandbox import ModelDescription
    from diagnostics.explanations.work import Outcome


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """Everything the parts of the page draw from.

    Attributes
    ----------
    kind : str
        "model", "values" or "surrogate".
    key : str
        Digest of all of it.
    sample : Sample
        The rows that `explained` explains come first for a model and a stand-in.
    explained : Explained
    outcome : Outcome or None
        None for uploaded values: nothing can be asked then.
    number : int
        Class explained.
    output : str
        What the contributions add up to, with its unit; plain text.
    work : str
        Key of the work that explains the rows; "" for uploaded values.
    whole : callable or None
        The same of the whole set where the picture is narrowed to a slice; computed only when it is asked for.
    """

    kind: str
    key: str
    sample: Sample
    explained: Explained
    outcome: Outcome | None
    number: int
    output: str
    work: str = ""
    whole: Callable[[], Picture | None] | None = None


def rest(picture: Picture, place: DeltaGenerator) -> None:
    """Wait for the rows that are still missing where they are near, in a place of the page that tells of it."""
    if not picture.explained.complete:
        with place:
            store.rest(picture.work, told=_("Explaining rows"))


def output(sample: Sample, number: int, scale: str) -> str:
    """Return what contributions add up to, with its unit; plain text."""
    if not sample.is_classification:
        return _("predicted value")
    name = plain(sample.classes[number])
    if scale == "answer":
        return _("probability of {name}").format(name=name)
    return _("log-odds of {name}").format(name=name)


def description_of(picture: Picture) -> ModelDescription | None:
    """Return what the explained model said of itself when it was loaded."""
    if picture.outcome is None or picture.kind != "model":
        return None
    job = store.jobs().get(f"describe-{picture.outcome.subject.digests[0]}")
    return None if job is None else job.result


def method(picture: Picture) -> list[str]:
    """Return how the contributions were computed, as phrases of Markdown."""
    found = picture.explained.attribution
    parts = [
        f"{_('Route')}: **{escape(label(f'route_{found.route}', language()))}**",
        f"{_('Rows')} **{escape(_rows(picture))}**",
    ]
    if found.background:
        parts.append(f"{_('Background rows')} **{escape(integer(found.background, language()))}**")
    if found.seed is not None:
        parts.append(f"{_('Seed')} **{found.seed}**")
    gap = percent(found.gap, language()) if found.gap == found.gap else _("not checked")
    parts.append(f"{_('Additivity gap')} **{escape(gap)}**")
    return parts


def _rows(picture: Picture) -> str:
    """Return the rows explained, and of how many while the rest is on its way."""
    done, wanted = (integer(n, language()) for n in (len(picture.explained.attribution.rows), picture.explained.wanted))
    return done if picture.explained.complete else f"{done} / {wanted}"
