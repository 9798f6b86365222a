"""The stored Parquet of a csv: what it spares in writing changes nothing that is read from it."""

import numpy as np
import pyarrow.parquet as parquet
import pytest

from diagnostics.readers.predictions import delimited
from diagnostics.readers.predictions.profile import Profile
from diagnostics.readers.predictions.table import ROW
from diagnostics.readers.source import Source

N = 3000


@pytest.fixture
def stored(tmp_path):
    random = np.random.default_rng(0)
    score = random.normal(size=N)
    texts = [["nan", "inf", "-inf"][i] if i < 3 else f"{x:.9f}" for i, x in enumerate(score)]
    lines = ["id,score,few,name,whole"]
    lines += [f"{i},{texts[i]},{i % 7}.5,class_{i % 4},{i % 5}.0" for i in range(N)]
    csv = tmp_path / "p.csv"
    csv.write_text("\n".join(lines))
    target = tmp_path / "p.parquet"
    delimited.copy(Source(name=csv.name, path=csv), target)
    return target, score


def encodings(path, name):
    group = parquet.read_metadata(path).row_group(0)
    return next(group.column(i).encodings for i in range(group.num_columns) if group.column(i).path_in_schema == name)


def test_only_columns_that_repeat_get_a_dictionary(stored):
    path, score = stored
    found = {name: "RLE_DICTIONARY" in encodings(path, name) for name in ("id", "score", "few", "name", ROW)}
    assert found == {"id": False, "score": False, "few": True, "name": True, ROW: False}
    table = parquet.read_table(path)
    assert table.column(ROW).to_pylist() == list(range(N))
    np.testing.assert_allclose(np.array(table.column("score").to_pylist()[3:], float), score[3:], atol=1e-9)


def test_extremes_are_those_of_the_finite_numbers(stored):
    path, score = stored
    columns = Profile(path).columns
    assert columns["score"].low == pytest.approx(score[3:].min(), abs=1e-8)
    assert columns["score"].high == pytest.approx(score[3:].max(), abs=1e-8)
    assert columns["score"].kind == "number" and columns["whole"].kind == "integer"
    assert (columns["few"].low, columns["few"].high, columns["few"].distinct) == (0.5, 6.5, 7)


def test_a_key_counted_once_is_known_to_be_unique(stored):
    path, _ = stored
    profile = Profile(path)
    assert profile.unique_within(["id"]) and not profile.unique_within(["few"])
    assert profile.unique_within(["id", "few"])
