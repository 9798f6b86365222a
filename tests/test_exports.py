"""CSV that leaves the product runs nothing in a spreadsheet and comes back as it was."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.exports import from_csv, original_cell, safe_cell, to_csv


@pytest.mark.parametrize("text", ["=1+1", "+1", "-cmd", "@SUM(A1)", "\tx", "\rx", "＝1+1", "＋1", "－1", "＠x", "'=1"])
def test_formulas_are_made_text(text):
    assert safe_cell(text) == "'" + text


def test_numbers_and_plain_text_are_untouched():
    assert safe_cell(-1.5) == -1.5
    assert safe_cell("night") == "night"
    assert safe_cell("it's") == "it's"
    assert safe_cell("") == ""


@given(st.text())
def test_every_text_round_trips(text):
    assert original_cell(safe_cell(text)) == text


@given(
    st.lists(st.tuples(st.text(st.characters(exclude_characters="\r\n\x00")), st.floats(allow_nan=False)), max_size=5)
)
def test_tables_round_trip(rows):
    back = from_csv(to_csv(["name", "value"], rows))
    assert [(r["name"], float(r["value"])) for r in back] == rows


def test_none_is_an_empty_cell():
    assert list(csv.reader(io.StringIO(to_csv(["a", "b"], [(None, 1)])))) == [["a", "b"], ["", "1"]]
