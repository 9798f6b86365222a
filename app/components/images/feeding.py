"""How pictures become the model's input: guessed, shown, editable, and checked against the file's own answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from app import access, loading, state
from app.components import links
from app.components.explain import store
from app.components.guard import guarded
from app.components.text import escape
from app.i18n import _, language
from diagnostics.exceptions import RunClinicError
from diagnostics.knowledge import error_text
from diagnostics.knowledge.numbers import integer, number, percent, percent_interval
from diagnostics.types import Predictions
from diagnostics.workspace import Upload

if TYPE_CHECKING:
    from diagnostics.explanations.images.agreement import ImageAgreement
    from diagnostics.explanations.images.examples import Example
    from diagnostics.explanations.images.preparing import ImageInput
    from diagnostics.explanations.images.work import Checked, ImageModel
    from diagnostics.explanations.sandbox import ModelDescription
    from diagnostics.readers.pictures import Pictures

OWN = "own"


def obtain(
    model: Upload, said: ModelDescription, found: tuple[str, Pictures], examples: Sequence[Example],
    predictions: Predictions, positive: int,
) -> tuple[ImageModel, Checked] | None:  # fmt: skip
    """Return the model with its input, and what the check said; None while that is not known."""
    from diagnostics.explanations.images import work
    from diagnostics.explanations.images.agreement import CHECKED
    from diagnostics.explanations.images.examples import spread
    from diagnostics.explanations.images.preparing import guess

    try:
        given = guess(said)
    except RunClinicError as error:
        st.warning(escape(error_text(error, language())))
        st.caption(_("Choose another model of this project, or add one above."))
        links.to_page("explanations", _("Models of tables are explained on their own page") + " ›")
        return None
    key, pictures = found
    shown, classes = spread(examples, CHECKED), len(predictions.classes)
    about = (key, predictions.digest, CHECKED)
    fed = work.ImageModel(path=store.path(model), digest=model.digest, given=given, positive=positive)
    kept = _kept(model.digest, given)
    if kept is None:
        kept = store.wait_for(
            f"scaling-{fed.key(*about)}", lambda job: work.choose_scaling(job, fed, pictures, shown, classes),
            told=_("Finding the scaling under which the model answers as the file says"),
        )  # fmt: skip
        if kept is None:
            return None
    chosen = replace(fed, given=kept)
    checked: Checked | None = store.wait_for(
        f"image-check-{chosen.key(*about)}", lambda job: work.check(job, chosen, pictures, shown, classes),
        told=_("Comparing the model with the file's own answers"),
    )  # fmt: skip
    if checked is None:
        edit(model.digest, chosen.given, predictions.classes)
        return None
    _told(checked.agreement, predictions.classes, chosen.given)
    return chosen, checked


def _told(found: ImageAgreement, classes: Sequence[str], given: ImageInput) -> None:
    """Draw how the model compares with the file; stays on the page whatever else is shown."""
    if found.share is None:
        st.warning(_("The model has {n} classes and the file others, so their answers cannot be compared. Maps are "
                     "drawn for the model's own outputs.").format(n=integer(found.outputs, language())))  # fmt: skip
        return
    text = _("The model gives the same class as the file in {share} of {n} pictures ({interval}).")
    told = text.format(
        share=percent(found.share, language()), n=integer(found.n, language()),
        interval=percent_interval(found.low, found.high, language()),
    )  # fmt: skip
    if found.holds:
        st.markdown(f":green[✓] {escape(told)}")
    else:
        st.warning(
            escape(told)
            + " "
            + _(
                "What follows explains the uploaded model, not the answers in the file. "
                "Check its input below: scaling, order of colours, order of classes."
            )
        )
        if found.suggests_order:
            # The suggestion speaks of columns that may already be turned round.
            own = given.columns or tuple(range(len(classes)))
            turned = replace(given, columns=tuple(own[column] for column in found.order))
            text = _("With its classes in this order {share} would agree: {classes}")
            st.markdown(escape(text.format(
                share=percent(found.in_order, language()), classes=_joined(turned, classes)
            )))  # fmt: skip


def _line(given: ImageInput) -> str:
    """Return how pictures are prepared, one plain sentence."""
    text = _("Pictures are stretched to {width} × {height} px, {channels}, {layout}; {scale}.")
    channels = {1: _("one grey channel"), 3: given.order, 4: "RGBA"}[given.channels]
    scale = scalings().get(given.preset) or _("value = (pixel × {factor} − {mean}) / {deviation}").format(
        factor=number(given.factor, language()), mean=_listed(given.mean), deviation=_listed(given.deviation)
    )
    return text.format(width=given.width, height=given.height, channels=channels, layout=given.layout, scale=scale)


def scalings() -> dict[str, str]:
    """Return the usual scalings in words."""
    return {
        "unit": _("pixels from 0 to 1"),
        "raw": _("pixels from 0 to 255"),
        "signed": _("pixels from −1 to 1"),
        "imagenet": _("mean and deviation of ImageNet"),
    }


def _kept(digest: str, guessed: ImageInput) -> ImageInput | None:
    """What somebody set before, as far as the model's own shape allows it."""
    from diagnostics.explanations.images.preparing import ImageInput

    stored = loading.setting(state.selection().project, _setting(digest))
    if not stored:
        return None
    try:
        found = ImageInput.from_json(stored)
    except RunClinicError:
        return None  # written by another version: the guess is as good
    return found if (found.name, found.batch) == (guessed.name, guessed.batch) else None


def edit(digest: str, given: ImageInput, classes: Sequence[str]) -> None:
    """Draw how pictures become the input of a model, by its digest, and the form that changes it."""
    with st.expander(_("How pictures become the model's input")):
        st.markdown(escape(_line(given)))
        if not access.may(access.WRITE, state.selection().project):
            return
        named = {**scalings(), OWN: _("values of my own")}
        tag = digest[:12]
        with st.form(f"feeding-{tag}", border=False):
            st.selectbox(_("Scaling"), list(named), format_func=named.__getitem__, width=320,
                                  index=list(named).index(given.preset or OWN), key=f"feed-scale-{tag}")  # fmt: skip
            with st.container(horizontal=True, gap="medium"):
                st.text_input(_("Factor"), f"{given.factor:.6g}", key=f"feed-factor-{tag}", width=140)
                st.text_input(_("Mean by channel"), _listed(given.mean), key=f"feed-mean-{tag}", width=200)
                st.text_input(
                    _("Deviation by channel"), _listed(given.deviation), key=f"feed-deviation-{tag}", width=200
                )
            with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
                st.number_input(_("Width (px)"), 1, 1024, given.width, key=f"feed-width-{tag}", width=140,
                                disabled=not given.free)  # fmt: skip
                st.number_input(_("Height (px)"), 1, 1024, given.height, key=f"feed-height-{tag}", width=140,
                                disabled=not given.free)  # fmt: skip
                st.segmented_control(_("Order of colours"), ["RGB", "BGR"], default=given.order, required=True,
                                     key=f"feed-order-{tag}", disabled=given.channels != 3)  # fmt: skip
            st.caption(_("Factor, mean and deviation count for values of your own only: value = (pixel × factor − "
                         "mean) / deviation."))  # fmt: skip
            st.text_input(_("Classes in the model's order"), _joined(given, classes), key=f"feed-classes-{tag}",
                          help=_("Names as in the file, with commas between them."))  # fmt: skip
            st.form_submit_button(_("Use this input"), on_click=_use, args=(digest, given, tuple(classes), tag))


def _joined(given: ImageInput, classes: Sequence[str]) -> str:
    """The classes in the order of the model's columns."""
    columns = given.columns or range(len(classes))
    return ", ".join(name for _place, name in sorted(zip(columns, classes, strict=False)))


def _listed(values: Sequence[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)


@guarded
def _use(digest: str, given: ImageInput, classes: tuple[str, ...], tag: str) -> None:
    """Keep what the form says, where pictures can be brought to it."""
    from diagnostics.explanations.images.preparing import ImageInput

    preset = str(state.widget(f"feed-scale-{tag}"))
    sized = replace(
        given, width=int(state.widget(f"feed-width-{tag}")), height=int(state.widget(f"feed-height-{tag}")),
        order=str(state.widget(f"feed-order-{tag}")),
    )  # fmt: skip
    made = sized.as_json() if preset == OWN else sized.scaled(preset).as_json()
    if preset == OWN:
        made |= {
            "factor": state.widget(f"feed-factor-{tag}"),
            "mean": str(state.widget(f"feed-mean-{tag}")).split(","),
            "deviation": str(state.widget(f"feed-deviation-{tag}")).split(","),
        }
    names = [name.strip() for name in str(state.widget(f"feed-classes-{tag}")).split(",")]
    if sorted(names) != sorted(classes):
        raise RunClinicError("other_classes", expected=", ".join(classes))
    made["columns"] = [names.index(name) for name in classes]
    kept = ImageInput.from_json(made).as_json()
    loading.keep_setting(state.selection().project, _setting(digest), kept)


def _setting(digest: str) -> str:
    return f"image-input-{digest[:24]}"
