from datetime import date, datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from diagnostics.types import Curve, Note, Role, Run, Segment, Setting, SourceFile, Split
from diagnostics.workspace import codec, summary

numbers = st.floats(width=64)
scalars = st.none() | st.booleans() | st.integers(-(10**18), 10**18) | numbers | st.text(max_size=20)
values = st.recursive(
    scalars | st.dates() | st.datetimes().map(lambda moment: moment.replace(fold=0)),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@st.composite
def curves(draw):
    n = draw(st.integers(0, 12))
    array = hnp.arrays(np.float64, n, elements=numbers)
    return Curve(
        metric=draw(st.text(max_size=8)),
        split=draw(st.none() | st.sampled_from(Split)),
        role=draw(st.sampled_from(Role)),
        source=draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=8)),
        value=draw(array),
        step=draw(st.none() | array),
        epoch=draw(st.none() | array),
        wall_time=draw(st.none() | array),
        segment=draw(hnp.arrays(np.int64, n)),
        greater_is_better=draw(st.none() | st.booleans()),
        unit=draw(st.sampled_from(["", "percent"])),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(curves(), max_size=5), st.dictionaries(st.text(max_size=8), values, max_size=4))
def test_a_run_comes_back_bit_by_bit(tmp_path_factory, given_curves, config):
    run = Run(name="r", curves=tuple(given_curves), config=config)
    path = tmp_path_factory.mktemp("run") / "file"
    path.write_bytes(codec.encode(run))
    back = codec.load(path)
    assert [c.digest for c in back.curves] == [c.digest for c in run.curves]
    assert back.digest == run.digest
    assert codec.encode(back) == path.read_bytes()


def test_everything_beside_the_numbers_comes_back(tmp_path):
    run = Run(
        name="a",
        curves=(),
        config={"day": date(2024, 2, 29), "at": datetime(2024, 1, 1, 2), "pair": (1, 2), "rate": np.float64(0.1)},
        sources=(SourceFile(name="x/y.csv", format="csv", digest="d" * 64, size=7),),
        segments=(Segment(number=0, start=0, stop=4), Segment(number=1, start=3, stop=9, overlap=1.0)),
        setting=Setting.BOOSTING,
        notes=(Note(code="restarted", params={"at": 3}),),
        unplaced=("mystery",),
        group="sweep",
    )
    path = tmp_path / "run"
    path.write_bytes(codec.encode(run))
    back = codec.load(path)
    for name in ("name", "config", "sources", "segments", "setting", "notes", "unplaced", "group"):
        assert getattr(back, name) == getattr(run, name), name
    assert type(back.config["rate"]) is float


def test_a_sparkline_keeps_extremes_and_stays_small():
    value = np.sin(np.arange(10_000) / 50)
    value[1234], value[5678], value[9000] = 40.0, -40.0, np.nan
    curve = Curve(metric="loss", split=Split.TRAIN, role=Role.LOSS, source="loss", value=value)
    shown = summary.summarise(Run(name="r", curves=(curve,))).sparklines[0].values
    assert len(shown) <= summary.SPARK_POINTS
    assert max(v for v in shown if v is not None) == 40.0
    assert min(v for v in shown if v is not None) == -40.0


def test_a_short_curve_is_shown_as_it_is_with_gaps_for_what_is_no_number():
    curve = Curve(metric="l", split=None, role=Role.LOSS, source="l", value=np.array([3.0, np.nan, np.inf, 1.0]))
    found = summary.summarise(Run(name="r", curves=(curve,)))
    assert found.sparklines[0].values == (3.0, None, None, 1.0)
    assert summary.decode(summary.encode(found)) == found
    assert summary.summarise(Run(name="empty", curves=())).sparklines == ()
