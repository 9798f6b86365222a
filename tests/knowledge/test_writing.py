"""Numbers, holes, places and errors as people read them."""

from __future__ import annotations

import pytest

from diagnostics.exceptions import NotFound, UnreadableFile
from diagnostics.knowledge import error_text, label, note_text, numbers, plural, quantity_text
from diagnostics.knowledge.loader import normalized
from diagnostics.knowledge.templates import fill
from diagnostics.types import Note, Quantity


@pytest.mark.parametrize(("value", "english", "portuguese"), [
    (0.123456, "0.123", "0,123"), (1234567.0, "1,234,567", "1.234.567"), (12.0, "12", "12"), (0.0, "0", "0"),
    (2.5e-7, "2.5E-7", "2,5E-7"), (None, "–", "–"), (float("nan"), "–", "–"), (float("inf"), "∞", "∞"),
    (-1.5, "−1.5", "−1,5"),
])  # fmt: skip
def test_numbers(value, english, portuguese):
    assert numbers.number(value) == english
    assert numbers.number(value, "pt_BR") == portuguese


@pytest.mark.parametrize(("value", "shown"), [
    (0.3149, "31%"), (0.0123, "1.2%"), (0.000456, "0.046%"), (1.0, "100%"), (0.0, "0%"), (-0.25, "−25%"), (None, "–"),
])  # fmt: skip
def test_percentages(value, shown):
    assert numbers.percent(value) == shown


@pytest.mark.parametrize(("value", "english", "portuguese"), [
    (6.26e-12, "< 0.001", "< 0,001"), (0.0, "< 0.001", "< 0,001"), (0.00099999, "< 0.001", "< 0,001"),
    (0.001, "0.001", "0,001"), (0.0012345, "0.00123", "0,00123"), (0.04961, "0.0496", "0,0496"), (1.0, "1", "1"),
    (None, "–", "–"), (float("nan"), "–", "–"),
])  # fmt: skip
def test_p_values(value, english, portuguese):
    assert numbers.p_value(value) == english
    assert numbers.p_value(value, "pt_BR") == portuguese
    told = Quantity(name="slice_adjusted_p", value=value, unit="p")
    assert quantity_text(told).endswith(f": {english}")
    assert quantity_text(told, "pt_BR").endswith(f": {portuguese}")


def test_intervals():
    assert numbers.interval(0.1, 0.38) == "0.1 to 0.38"
    assert numbers.interval(0.1, 0.38, "pt_BR") == "0,1 a 0,38"
    assert numbers.percent_interval(0.1, 0.384) == "10% to 38%"
    assert numbers.interval(None, 0.38) == ""
    assert numbers.signed(0.5) == "+0.5"
    assert numbers.signed(-0.5) == "−0.5"


def test_optional_parts_vanish_with_their_number():
    text = "rose {rise|percent}[[ ({rise|percent_of})]][[, accuracy {accuracy|percent}]]"
    assert fill(text, {"rise": 0.31, "accuracy": None}) == "rose 31%"
    assert fill(text, {"rise": 0.31, "rise_low": 0.2, "rise_high": 0.4, "accuracy": 0.9}) == (
        "rose 31% (20% to 40%), accuracy 90%"
    )
    assert fill("loss {x}", {}) == "loss –"


def test_places_spans_and_plurals():
    params = {"at": 12.0, "axis": "epoch", "n": 1, "m": 1200, "names": ["a", "b"]}
    assert fill("from {at|place}, {n|span}, {m|plural:row}, {names|list}", params) == (
        "from epoch 12, 1 epoch, 1,200 rows, a, b"
    )
    assert fill("de {at|place}, {n|span}, {m|plural:row}", params, "pt_BR") == "da época 12, 1 época, 1.200 linhas"
    assert plural("row", 1) == "1 row"
    assert label("val_mystery_metric") == "val mystery metric"


def test_long_lists_are_cut():
    assert fill("{rows|list}", {"rows": list(range(20))}) == "0, 1, 2, 3, 4, 5, …"


def test_evidence_lines_carry_unit_interval_and_n():
    q = Quantity(name="rise", value=0.31, unit="fraction", low=0.25, high=0.38, n=18)
    assert quantity_text(q) == "rise since the turning point: 31% (25% to 38%, n = 18)"
    assert quantity_text(Quantity(name="turning_point", value=12.0, unit="epoch")) == "turning point: epoch 12"
    assert quantity_text(Quantity(name="spikes", value=1, unit="rows")) == "single spikes: 1 row"
    assert quantity_text(Quantity(name="lasting_climb", value=1.6e7, unit="fraction")).endswith("× 16,000,000")
    assert quantity_text(Quantity(name="rise", value=None, unit="fraction")).endswith("–")


@pytest.mark.parametrize(("code", "language"), [
    ("pt", "pt_BR"), ("pt-BR", "pt_BR"), ("pt_PT", "pt_BR"), ("en_US", "en"), ("de", "en"), ("EN", "en"),
])  # fmt: skip
def test_near_languages_are_understood(code, language):
    assert normalized(code) == language


def test_errors_name_file_place_and_remedy():
    error = UnreadableFile("no_such_code_here", file="a/log.csv", place="row 31", remedy="see_formats")
    said = error_text(error)
    assert "a/log.csv" in said and "row 31" in said and len(said) > 40
    assert "{" not in said
    assert error_text(ValueError("secret /root/path")).count("/root") == 0
    assert error_text(NotFound("no_such_run"), "pt") != error_text(NotFound("no_such_run"), "en")


def test_a_note_without_a_text_is_still_readable():
    assert note_text(Note(code="never_heard_of")) == "never heard of"


def test_the_place_of_an_error_is_told_in_the_language():
    error = UnreadableFile("broken_json", file="a.json", place="line 1, column 22", found="x", remedy="export_again")
    assert error_text(error).startswith("a.json, line 1, column 22: ")
    assert error_text(error, "pt_BR").startswith("a.json, linha 1, coluna 22: ")
    # What is no count is somebody's own name.
    error = UnreadableFile("broken_json", file="a.zip", place="row by row.txt")
    assert "row by row.txt" in error_text(error, "pt_BR")
