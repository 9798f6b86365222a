import math

import numpy as np

from diagnostics.curves.table import HEADER, point_count, point_rows
from diagnostics.exports import from_csv, to_csv
from tests.curves.builders import VALIDATION, curve, run


def test_every_raw_point_leaves_with_its_counters():
    this = run("=run", curve([1, np.nan], epoch=[0, 1]), curve([2.0], VALIDATION, step=[5], epoch=[0]))
    assert point_count([this], ["loss"]) == 3
    rows = from_csv(to_csv(HEADER, point_rows([this], ["loss"])))
    assert [row["run"] for row in rows] == ["=run"] * 3
    assert [row["step"] for row in rows] == ["", "", "5.0"]
    assert math.isnan(float(rows[1]["value"]))
    assert rows[2]["split"] == "validation"


def test_only_the_metrics_that_were_asked_for():
    this = run("a", curve([1.0]), curve([1.0], metric="other"))
    assert [row[1] for row in point_rows([this], ["other"])] == ["other"]
