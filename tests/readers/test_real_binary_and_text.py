"""Real files read as another route says they are: TensorBoard's own reader, pickle, numpy, or a search in the text."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from diagnostics.readers import read, sources
from tests.readers.logs import SHARED

REAL = SHARED / "realdata"
EXPECTED: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "expected" / "binary_and_text.json").read_text("utf-8")
)
pytestmark = pytest.mark.skipif(not REAL.exists(), reason="the real files lie beside the checkout, in ../shared")


@pytest.mark.parametrize("name", sorted(n for n, e in EXPECTED.items() if "series" in e))
def test_a_log_is_read_as_it_is(name: str) -> None:
    expected = EXPECTED[name]
    result = read(sources([REAL / name]))
    assert not result.failures and len(result.runs) == 1
    run = result.runs[0]
    assert run.sources[0].format == expected["format"]
    curves = {curve.source: curve for curve in run.curves}
    for source, series in expected["series"].items():
        curve = curves[source]
        assert len(curve) == series["n"], source
        assert (curve.split and curve.split.value) == series["split"], source
        ends = [np.nan if series[end] is None else series[end] for end in ("first", "last")]
        np.testing.assert_allclose([curve.value[0], curve.value[-1]], ends, rtol=1e-6, err_msg=source)
    if not expected.get("partial") and expected["format"] != "stdout_log":
        assert {s for s in curves if " + " not in s} == set(expected["series"])
    if "restarts" in expected:
        assert len(run.segments) == expected["restarts"] + 1
    assert run.setting.value == expected.get("setting", run.setting.value)
    assert {key: run.config.get(key) for key in expected.get("config", {})} == expected.get("config", {})


@pytest.mark.parametrize("name", sorted(n for n, e in EXPECTED.items() if "refused" in e))
def test_what_is_no_log_is_refused_by_name(name: str) -> None:
    result = read(sources([REAL / name]))
    assert not result.runs
    assert [error.code for error in result.failures] == [EXPECTED[name]["refused"]]
    assert result.failures[0].remedy


@pytest.mark.parametrize("name", sorted(n for n, e in EXPECTED.items() if "config" in e and "series" not in e))
def test_a_configuration_is_read_as_it_is(name: str) -> None:
    result = read(sources([REAL / name]))
    assert not result.failures and not result.runs
    values = result.configs[0].values
    assert {key: values.get(key) for key in EXPECTED[name]["config"]} == EXPECTED[name]["config"]


def folder(start: str) -> Path:
    return next(path for path in (REAL / "ablation_set").iterdir() if path.name.startswith(start))


def test_yolo_runs_with_their_arguments() -> None:
    runs = {run.name: run for run in read(sources([folder("kazhili8")])).runs}
    assert sorted(runs) == ["train101", "train105", "train109", "train93", "train99"]
    assert len({run.group for run in runs.values()}) == 1
    assert {run.config["batch"] for run in runs.values()} == {1, 2, 4, 8, 16}


def test_faults_in_three_seeds_each() -> None:
    runs = read(sources([folder("Mormolykos")])).runs
    assert len(runs) == 18
    assert sorted(Counter(run.group for run in runs).values()) == [3] * 6
    assert {run.config["seed"] for run in runs} == {42, 43, 44}
    assert len({run.name for run in runs}) == 18


def test_folder_names_are_the_only_configuration() -> None:
    result = read(sources([folder("Sanchay117")]))
    assert len(result.runs) == 78 and not result.failures
    assert sorted(Counter(run.group for run in result.runs).values()) == [6] * 13
    assert {run.config["batch_size"] for run in result.runs} == {12, 16, 24, 32, 48, 64}
    assert all(run.config["seed"] == 67 and run.config["learning_rate"] <= 1.5e-4 for run in result.runs)
