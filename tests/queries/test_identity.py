"""An example keeps its key whatever run answered it, in whatever order and under whatever type it was stored."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.queries.identity import row_keys
from diagnostics.types import Predictions, Roles, SourceFile, Task


def stored(folder, columns, name="set", **roles):
    path = folder / f"{name}.parquet"
    n = len(next(iter(columns.values())))
    parquet.write_table(pa.table({**columns, "__row__": np.arange(n)}), path)
    return Predictions(
        name=name, task=Task.MULTICLASS, path=path, n_rows=n, classes=("a", "b"), digest=name,
        roles=Roles(truth="truth", predicted="answer", **roles),
        source=SourceFile(name=name, format="parquet", digest="", size=0),
    )  # fmt: skip


def table(n=6, **more):
    return {"truth": ["a", "b"] * (n // 2), "answer": ["a"] * n} | more


def by_id(predictions, column):
    ids = parquet.read_table(predictions.path).column(column).to_pylist()
    return {ids[r]: k for r, k in row_keys(predictions).of_row.items()}


def test_a_unique_id_is_the_key_whatever_else_changed(tmp_path):
    first = stored(tmp_path, table(id=[f"x{i}" for i in range(6)], size=list(range(6))), id="id", attributes=("size",))
    other = table(id=[f"x{i}" for i in range(5, -1, -1)], size=[9] * 6) | {"answer": ["b"] * 6}
    second = stored(tmp_path, other, "later", id="id")
    assert row_keys(first).by == "id" and len(set(row_keys(first).key)) == 6
    assert by_id(first, "id") == by_id(second, "id")


def test_without_a_unique_id_the_content_is_the_key(tmp_path):
    columns = table(id=["same"] * 6, size=[1, 2, 3, 4, 5, 5], text=["q", "w", "e", "r", "t", "t"])
    first = stored(tmp_path, columns, id="id", text="text", attributes=("size",))
    keys = row_keys(first)
    assert keys.by == "content" and len(set(keys.key)) == 6
    assert keys.note.code == "rows_repeat" and keys.note.params["rows"] == 1
    flipped = {n: v[::-1] for n, v in columns.items()} | {"answer": ["b"] * 6, "truth": ["b"] * 6}
    second = stored(tmp_path, dict(reversed(flipped.items())), "later", id="id", text="text", attributes=("size",))
    assert set(row_keys(second).key) == set(keys.key)
    assert row_keys(second).key[2:] == keys.key[3::-1]


def test_numbers_are_the_same_in_every_type(tmp_path):
    whole = [1, 2, 3, 10**6, 0, -4]
    sets = [
        stored(tmp_path, table(size=pa.array(whole, kind)), str(kind), attributes=("size",))
        for kind in (pa.int32(), pa.int64(), pa.float64())
    ]
    assert len({row_keys(s).key for s in sets}) == 1


def test_missing_is_not_a_text_and_columns_do_not_run_together(tmp_path):
    rows = [("ab", "c"), ("a", "bc"), (None, "n"), ("n", None), ("", "x"), (None, "x")]
    columns = table(one=[a for a, _ in rows], two=[b for _, b in rows])
    assert len(set(row_keys(stored(tmp_path, columns, attributes=("one", "two"))).key)) == 6


def test_only_the_position_is_left(tmp_path):
    keys = row_keys(stored(tmp_path, table()))
    assert keys.by == "position" and keys.key == ("p0", "p1", "p2", "p3", "p4", "p5")
    assert keys.note.code == "rows_by_position"


def test_asking_for_some_rows_changes_no_key(tmp_path):
    found = stored(tmp_path, table(size=[7] * 6), attributes=("size",))
    part = row_keys(found, rows=np.array([2, 4]))
    assert part.row.tolist() == [2, 4]
    assert part.key == (row_keys(found).key[2], row_keys(found).key[4])


@pytest.mark.parametrize("name", ['a"b', "x'); DROP TABLE y; --", "é \u2028", "%s"])
def test_hostile_column_names_are_only_names(tmp_path, name):
    found = stored(tmp_path, table(**{name: ["'; --"] * 5 + ["other"]}), attributes=(name,))
    assert len({k.split("-")[0] for k in row_keys(found).key}) == 2


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(st.characters(exclude_categories=("Cs",)), max_size=6)), min_size=1))
def test_keys_never_repeat(tmp_path_factory, texts):
    n = len(texts)
    columns = {"truth": ["a"] * n, "answer": ["b"] * n, "text": pa.array(texts, pa.string())}
    keys = row_keys(stored(tmp_path_factory.mktemp("k"), columns, text="text")).key
    assert len(set(keys)) == n
    assert len({k.split("-")[0] for k in keys}) == len(set(texts))
