"""One picture, large, with the map over it, and whether hiding its hottest region takes the answer away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app import loading, state
from app.components import sliders
from app.components.explain import store
from app.components.images import controls
from app.components.images.linking import ROW
from app.components.text import escape, plain, shorten
from app.i18n import _, language
from diagnostics.knowledge.numbers import integer, number, percent

if TYPE_CHECKING:
    from app.components.images.subject import Subject
    from diagnostics.explanations.images.examples import Example
    from diagnostics.explanations.images.explaining import ImageExplanation
    from diagnostics.explanations.images.preparing import Pixels
    from diagnostics.types import Predictions

SIDE = 480
SMALL = 220
LISTED = 3


def draw(subject: Subject) -> None:
    """Draw the choices, the picture and what is known of it."""
    from diagnostics.explanations.images import work

    rows = offered(subject)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        example = pick(subject, rows)
        code = controls.explained(subject)
    way = controls.way(subject)
    if way is None:
        _original(subject, example)
        return
    chosen = controls.number(code, example)
    if code == controls.TRUE and chosen is None:
        st.caption(_("The file has no truth for this row; the model's own answer is explained."))
    found = store.wait_for(
        f"look-{subject.model.key(subject.key, example.picture, way, chosen)}",
        lambda job: work.explain_pictures(job, subject.model, subject.pictures, [example], way, [chosen]),
        told=_("Asking the model about this picture"), place="look",
    )  # fmt: skip
    if not found:
        _original(subject, example)
    elif found[0] is None:
        st.warning(_("The picture of this row cannot be decoded. PNG, JPEG, GIF, BMP, WEBP and TIFF are read."))
    else:
        _explained(subject, example, found[0])


def offered(subject: Subject) -> dict[str, Example]:
    """Return the rows to choose from by the code they have in the address, errors first; settles which is chosen.

    Draws a word where the address names a row that is not among them.
    """
    ordered = sorted(subject.examples, key=lambda one: (not one.is_error, one.row))
    by_row = {str(one.row): one for one in ordered}
    state.from_address(ROW)
    asked = str(state.widget(ROW) or "")
    if asked and asked not in by_row:
        by_row |= _named(subject, asked)
    if asked not in by_row:
        if asked:
            st.info(_("The link names a row that is not shown here: it lies outside the active slice, or its picture "
                      "was not uploaded."))  # fmt: skip
        state.control(ROW, next(iter(by_row)))
    return by_row


def pick(subject: Subject, by_row: dict[str, Example]) -> Example:
    """Draw the choice of a row and return it."""
    chosen: str = st.selectbox(
        _("Row"), list(by_row), format_func=lambda row: _numbered(subject, by_row[row]), key=ROW, width=380,
        help=_("Rows with a picture, the wrong answers first."),
    )  # fmt: skip
    state.to_address(ROW, chosen, default=next(iter(by_row)))
    return by_row[chosen]


def _named(subject: Subject, asked: str) -> dict[str, Example]:
    """A row that a link names and that is not among the rows looked at, of which a large set has more."""
    rows = (int(asked),) if asked.isdecimal() else ()
    found = loading.measured(of_rows, subject.predictions, rows)
    return {str(one.row): one for one in found if one.picture in subject.pictures}


def of_rows(predictions: Predictions, rows: tuple[int, ...]) -> tuple[Example, ...]:
    """Return the rows of some places that name a picture; for `loading.measured`."""
    from diagnostics.explanations.images.examples import examples

    return examples(predictions, rows=rows)


def _numbered(subject: Subject, example: Example) -> str:
    return _("Row {n}").format(n=integer(example.row + 1, language())) + f": {told(subject, example)}"


def told(subject: Subject, example: Example) -> str:
    """Return a row in a few plain words."""
    names = [shorten(subject.whole.classes[code], 20) if code >= 0 else "–" for code in (example.truth, example.answer)]
    mark = "◆ " if example.is_error else ""
    return mark + _("truth {truth}, answered {answer}").format(truth=names[0], answer=names[1])


def _original(subject: Subject, example: Example) -> None:
    from diagnostics.explanations.images import painting

    pixels = loading.pixels(subject.entry.project, example.picture)
    if pixels is not None:
        st.image(painting.picture(pixels, SIDE), width=SMALL, alt=_("The picture itself"))


def _explained(subject: Subject, example: Example, found: ImageExplanation) -> None:
    from diagnostics.explanations.images import painting

    pixels = loading.pixels(subject.entry.project, example.picture)
    if pixels is None:
        return
    _verdict(found)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _map(pixels, found, escape(subject.classes[found.column]))
    with right:
        st.image(painting.picture(pixels, SMALL * 2), width=SMALL, alt=_("The picture without the map"))
        st.caption(escape(plain(example.picture)))
        _facts(subject, example, found)
        _deleted(subject, found)


def _map(pixels: Pixels, found: ImageExplanation, name: str) -> None:
    from diagnostics.explanations.images import painting

    saliency = found.saliency
    heat = saliency.shown
    if heat is None:
        st.image(painting.picture(pixels, SIDE * 2), width=SIDE, alt=_("The picture; no map is drawn"))
        st.warning(flagged(saliency.flag))
        return
    # Drawn under the picture, read before it.
    place, below = st.container(), st.container()
    with below:
        bar(meaning(saliency.method, name))
        opacity = sliders.slide(_("Opacity of the map"), 0.0, 1.0, key="opacity", default=0.7, step=0.05)
    row, column = saliency.hottest or (0, 0)
    alt = _("The picture with the map of {method} over it; hottest at {column} px from the left, {row} px from the top "
            "of the model's input")  # fmt: skip
    alt = alt.format(method=controls.methods()[saliency.method], row=row, column=column)
    place.image(painting.overlay(pixels, heat, opacity, SIDE * 2), width=SIDE, alt=alt)


def bar(text: str) -> None:
    """Draw the colours and what they stand for."""
    from diagnostics.explanations.images import painting

    st.image(painting.bar(), width=SIDE, alt=_("Colours of the map from cold to hot"))
    st.caption(text)


def meaning(method: str, name: str) -> str:
    """Return what the map's colours say, Markdown."""
    says = {
        "score_cam": _("From nothing to the hottest place of this picture: channels of the layer, weighted by the "
                       "probability of {name} that is left when only their places are shown."),
        "grad_cam": _("From nothing to the hottest place of this picture: channels of the layer, weighted by how "
                      "much the score of {name} rises with them."),
        "eigen_cam": _("From nothing to the hottest place of this picture: what most of the layer's activation has "
                       "in common. It knows no class."),
        "occlusion": _("From nothing to the hottest place of this picture: how far the probability of {name} falls "
                       "when a patch there is hidden."),
    }  # fmt: skip
    return says[method].format(name=name)


def flagged(code: str) -> str:
    """Return why a map is not drawn."""
    return {
        "all_zero": _("No map: it is zero everywhere, so nothing here raises this class by this method. Try another "
                      "layer or method."),
        "constant": _("No map: it is the same everywhere, so it points nowhere. Try another layer or method."),
        "not_finite": _("No map: the layer holds values that are not numbers for this picture."),
    }[code]  # fmt: skip


def _facts(subject: Subject, example: Example, found: ImageExplanation) -> None:
    names = subject.classes
    order = found.probabilities.argsort()[::-1][:LISTED]
    st.markdown(f"**{escape(_numbered(subject, example))}**")
    lines = [f"- {escape(names[k])} **{escape(number(found.probabilities[k], language()))}**" for k in order]
    st.markdown(_("The model's probabilities:") + "\n" + "\n".join(lines))


def _verdict(found: ImageExplanation) -> None:
    """Draw what the check says of the map, before the map itself."""
    from diagnostics.explanations.images.together import carries

    if found.deletion.after is None or found.deletion.elsewhere is None:
        return
    if carries(found):
        told = _("Hiding the hottest place costs more than any other place tried: the map points at what carries the "
                 "answer.")  # fmt: skip
        st.markdown(f":green[✓] {told}")
    else:
        told = _("Hiding other places costs as much as the hottest: take the map as a hint, not as the reason.")
        st.markdown(f":orange[◆] {told}")


def _deleted(subject: Subject, found: ImageExplanation) -> None:
    said = found.deletion
    if said.after is None or said.elsewhere is None:
        return
    text = _("Hiding the hottest {share} of the picture moves the probability of {name} from {before} to {after}. "
             "The same shape hidden elsewhere leaves {elsewhere} ({low} to {high}, n = {n} places).")  # fmt: skip
    values = {key: number(getattr(said, key), language()) for key in ("before", "after", "elsewhere", "low", "high")}
    told = text.format(
        share=percent(said.share, language()),
        name=subject.classes[found.column],
        n=integer(said.n, language()),
        **values,
    )
    st.markdown(f"**{_('Check: hide it')}**")
    st.markdown(escape(told))
