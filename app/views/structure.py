"""Structure: what a network is made of, and what looks suspicious in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app import loading, state
from app.components import chart, set_page
from app.components.explain import data, store
from app.components.explain import model as explain_model
from app.components.files import uploads
from app.components.text import escape, plain, shorten
from app.i18n import _, language
from diagnostics.figures import explanations_network as figures
from diagnostics.knowledge import entry, fill, label
from diagnostics.knowledge.numbers import integer, number

if TYPE_CHECKING:
    from diagnostics.explanations.structure import Flag, Layer, Network
    from diagnostics.explanations.structure.blocks import Block
    from diagnostics.workspace import Upload


def render() -> None:
    """Draw the page."""
    st.title(_("Structure"), anchor=False)
    st.caption(_("What is the network made of, and does anything in it look wrong?"))
    uploads.report(stored=False)
    project = state.selection().project
    files = store.of_kinds(project, ("onnx", "keras", "safetensors", "summary")) if project else []
    explain_model.add()
    if not files:
        st.info(_("No model in this project yet. Add an ONNX, .keras or safetensors file, or the printed summary of a "
                  "Keras or PyTorch model as a text file. Nothing of it is run."))  # fmt: skip
        return
    chosen = explain_model.pick(files)
    network = _read(chosen)
    if network is not None:
        _draw(network, chosen)


def _read(model: Upload) -> Network | None:
    from diagnostics.explanations.structure import read_structure

    place = store.path(model)
    found: Network | None = store.wait_for(
        f"structure-{model.digest}", lambda job: read_structure(place.read_bytes(), model.name),
        told=_("Reading the layers"), file=model.name,
    )  # fmt: skip
    return found


def _draw(network: Network, model: Upload) -> None:
    from diagnostics.explanations.structure.flags import flags

    found = flags(network, _config())
    set_page.line([
        f"{_('Format')} **{escape(label(network.format, language()))}**",
        f"{_('Layers')} **{escape(integer(len(network.layers), language()))}**",
        f"{_('Parameters')} **{escape(integer(network.parameters, language()))}**",
        f"{_('Memory of the parameters')} **{escape(_bytes(sum(layer.bytes or 0 for layer in network.layers)))}**",
    ])  # fmt: skip
    for flag in found:
        st.warning(escape(_told(flag)))
    if not found:
        st.markdown(f":green[✓] {escape(_('Nothing in the structure looks suspicious.'))}")
    _graph(network, found, model)
    st.header(_("Layers"), anchor=False)
    _table(network, {flag.layer for flag in found})


def _told(flag: Flag) -> str:
    text = str(entry(language(), "labels", f"flag_{flag.code}") or flag.code)
    return fill(text, {"layer": flag.layer, **flag.params}, language())


def _config() -> dict[str, object]:
    """Configuration of the picked run, where a loss on logits may be named; all runs of the project by default."""
    picked = state.selection()
    chosen = [run for run in loading.runs(picked.project) if not picked.runs or run.id in picked.runs]
    return dict(loading.run(chosen[0]).config) if len(chosen) == 1 else {}


def _graph(network: Network, found: tuple[Flag, ...], model: Upload) -> None:
    from diagnostics.explanations.structure.blocks import blocks

    if not network.has_edges:
        st.caption(_("The file lists layers without saying how they are joined, so only the table is shown."))
        return
    layers = network.layers
    if len(layers) <= figures.MOST:
        names, edges = [layer.name for layer in layers], network.edges
        labels = {layer.name: f"{layer.kind} · {layer.name}\n{_size(layer)}" for layer in layers}
        home = {name: name for name in names}
    else:
        joined = blocks(network)
        names, edges = [block.name for block in joined], [(i, block.name) for block in joined for i in block.inputs]
        labels = {block.name: _block(block) for block in joined}
        home = {layer.name: block.name for block in joined for layer in block.layers}
        text = _("{n} layers in {blocks} boxes: those that only follow each other are joined.")
        st.caption(text.format(n=integer(len(layers), language()), blocks=integer(len(names), language())))
    if len(names) > figures.MOST:
        st.caption(_("{n} layers are too many for a picture; the table has them all.").format(
            n=integer(len(layers), language())))  # fmt: skip
        return
    figure = figures.network(
        names, labels, edges, data.words(""), state.theme(), flagged={home[flag.layer] for flag in found},
        ends={home[name] for name in (*network.inputs, *network.outputs)},
    )  # fmt: skip
    alt = _("Graph of {n} layers from {first} to {last}.").format(n=len(layers), first=names[0], last=names[-1])
    chart.chart(figure, key=f"network-{model.digest[:16]}", alt=alt, file="structure")


def _block(block: Block) -> str:
    """Return what a box of several layers says: their kinds, how many, their parameters."""
    if len(block.layers) == 1:
        return f"{block.layers[0].kind} · {block.name}\n{_size(block.layers[0])}"
    kinds = ", ".join(kind if count == 1 else f"{count} × {kind}" for kind, count in block.kinds)
    facts = _("{n} layers, {parameters} parameters")
    return f"{kinds}\n" + facts.format(n=len(block.layers), parameters=integer(block.parameters, language()))


def _size(layer: Layer) -> str:
    parts = [_shape(layer)]
    if layer.parameters:
        parts.append(_("{n} parameters").format(n=integer(layer.parameters, language())))
    return " · ".join(part for part in parts if part)


def _shape(layer: Layer) -> str:
    return "" if layer.shape is None else " × ".join("?" if size is None else str(size) for size in layer.shape)


def _table(network: Network, flagged: set[str]) -> None:
    layers = network.layers
    st.dataframe(
        {
            _("Layer"): [("◆ " if layer.name in flagged else "") + plain(layer.name) for layer in layers],
            _("Kind"): [plain(layer.kind) for layer in layers],
            _("From"): [plain(shorten(", ".join(layer.inputs), 60)) for layer in layers],
            _("Output shape"): [_shape(layer) or None for layer in layers],
            _("Parameters"): [layer.parameters for layer in layers],
            _("Bytes"): [layer.bytes for layer in layers],
            _("Multiply-adds"): [layer.multiply_adds for layer in layers],
        },
        hide_index=True,
        column_config={
            _("Layer"): st.column_config.TextColumn(width="medium"),
            _("Parameters"): st.column_config.NumberColumn(format="localized"),
            _("Bytes"): st.column_config.NumberColumn(format="bytes"),
            _("Multiply-adds"): st.column_config.NumberColumn(format="localized"),
        },
        alt=_("Layers of the network with shapes, parameters and work"),
        key="layer_table",
    )
    st.caption(_("Multiply-adds are for one example. An empty cell is something the file does not say."))


def _bytes(count: int) -> str:
    for unit, size in (("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10)):
        if count >= size:
            return f"{number(count / size, language())} {unit}"
    return f"{count} B"
