"""What the curves page calls its axes, splits, metrics and marks, and what its picture shows in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.components.text import plain
from app.i18n import _, language, ngettext
from diagnostics.curves import Facet, ends
from diagnostics.figures.words import CurveWords
from diagnostics.knowledge import label
from diagnostics.knowledge.numbers import number
from diagnostics.types import Axis, Split

SPELLED = 6
"""Lines of a facet that the text alternative tells one by one."""


def axis_name(axis: Axis) -> str:
    """Name of an axis, for a switch."""
    names = {Axis.EPOCH: _("Epoch"), Axis.STEP: _("Step"), Axis.WALL_TIME: _("Time"), Axis.ROW: _("Row")}
    return names[axis]


def axis_title(axis: Axis) -> str:
    """Title of an axis, with its unit."""
    titles = {
        Axis.EPOCH: _("epoch"),
        Axis.STEP: _("step"),
        Axis.WALL_TIME: _("time since the run began"),
        Axis.ROW: _("row of the log"),
    }
    return titles[axis]


def split_name(split: Split | None) -> str:
    """Name of a split; empty where the log does not say."""
    names = {Split.TRAIN: _("training"), Split.VALIDATION: _("validation"), Split.TEST: _("test")}
    return "" if split is None else names[split]


def metric_name(metric: str) -> str:
    """Name of a metric: translated where it is a known code, else as the log spells it."""
    known = {"loss": _("Loss"), "learning_rate": _("Learning rate"), "gradient_norm": _("Gradient norm")}
    if metric in known:
        return known[metric]
    found = label(metric, language())
    if found.lower() in _ACRONYMS:
        return found.upper()
    return plain(found[:1].upper() + found[1:])


_ACRONYMS = {
    "mae", "mse", "rmse", "mape", "auc", "ap", "iou", "map", "map50", "r2", "f1", "psnr", "ssim", "wer", "cer", "elbo",
    "kl", "bleu", "lr", "mcc",
}  # fmt: skip


def mark_name(kind: str) -> str:
    """What happened at a marked place."""
    names = {
        "turning_point": _("turns"),
        "best": _("best"),
        "plateau": _("plateau"),
        "spike": _("spike"),
        "restart": _("restart"),
        "nonfinite": _("not finite"),
        "gap": _("gap"),
        "region": "",
    }
    return names.get(kind, "")


def words(facets: Iterable[Facet], axis: Axis) -> CurveWords:
    """Words of the chart."""
    facets = tuple(facets)
    return CurveWords(
        axis=axis_title(axis),
        splits={split: split_name(split) for split in (*Split, None)},
        titles={(facet.metric, facet.kind): _title(facet) for facet in facets},
        hints={(facet.metric, facet.kind): _hint(facet) for facet in facets},
        marks={kind: mark_name(kind) for kind in _KINDS},
        smoothed=_("smoothed"),
        mean=_("mean of {n} runs"),
        separators=",." if language() == "pt_BR" else ".,",
    )


_KINDS = ("turning_point", "best", "plateau", "spike", "restart", "nonfinite", "gap", "region")


def _title(facet: Facet) -> str:
    if facet.kind == "gap":
        return _("{metric}: gap between validation and training").format(metric=metric_name(facet.metric))
    return metric_name(facet.metric)


def _hint(facet: Facet) -> str:
    if facet.kind == "gap":
        return _("above zero: validation is worse") if facet.greater_is_better is False else _("validation − training")
    hints = {True: _("higher is better"), False: _("lower is better"), None: ""}
    return hints[facet.greater_is_better]


def alternative(facets: Sequence[Facet], axis: Axis) -> str:
    """Say what the chart shows, facet by facet."""
    return " ".join(_told(facet, axis) for facet in facets)


def _told(facet: Facet, axis: Axis) -> str:
    lines = [(trace, values) for trace in facet.traces if (values := ends(trace)) is not None]
    head = _("{title} by {axis}:").format(title=_title(facet), axis=axis_title(axis))
    if not lines:
        return f"{head} {_('nothing finite to show.')}"
    several = len({trace.number for trace in facet.traces}) > 1
    if len(lines) <= SPELLED:
        parts = [
            _("{name} from {first} to {last}").format(
                name=" ".join(part for part in (plain(trace.run) if several else "", split_name(trace.split)) if part),
                first=number(values[0], language()),
                last=number(values[1], language()),
            )
            for trace, values in lines
        ]
        return f"{head} {'; '.join(part.strip() for part in parts)}."
    last = sorted(values[1] for _trace, values in lines)
    told = ngettext("{n} line", "{n} lines", len(lines)).format(n=len(lines))
    spread = _("ending between {low} and {high}").format(
        low=number(last[0], language()), high=number(last[-1], language())
    )
    return f"{head} {told}, {spread}."
