import math

import numpy as np
import pytest

from diagnostics.exceptions import BrokenFile, TooLarge
from diagnostics.readers import tables
from diagnostics.readers.cells import number, numbers, seconds
from diagnostics.readers.fast_tables import read_fast
from diagnostics.readers.tables import dialect, read_table
from diagnostics.types import Split
from tests.readers.logs import codes, run, source, values

ROWS = [(1, 0.9, 0.95), (2, 0.5, 0.6), (3, 0.25, 0.5)]


def written(separator, *, comma=False, quote=False):
    def cell(x):
        text = str(x).replace(".", ",") if comma else str(x)
        return f'"{text}"' if quote else text

    lines = [separator.join(f'"{h}"' if quote else h for h in ("epoch", "train_loss", "val_loss"))]
    return "\n".join([*lines, *(separator.join(cell(x) for x in row) for row in ROWS)]) + "\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " "])
@pytest.mark.parametrize("quote", [False, True])
def test_any_separator(tmp_path, separator, quote):
    if separator == " " and quote:
        pytest.skip("nobody quotes blanks")
    found = run(tmp_path, written(separator, quote=quote))
    assert values(found, "loss", Split.TRAIN) == [0.9, 0.5, 0.25]
    assert values(found, "loss", Split.VALIDATION) == [0.95, 0.6, 0.5]


@pytest.mark.parametrize(("separator", "quote"), [(";", False), ("\t", False), (",", True), ("|", False)])
def test_decimal_comma(tmp_path, separator, quote):
    found = run(tmp_path, written(separator, comma=True, quote=quote))
    assert values(found, "loss", Split.VALIDATION) == [0.95, 0.6, 0.5]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_encodings(tmp_path, encoding):
    text = "época;perda_treino;perda_validação\r\n1;0,9;1,0\r\n2;0,5;0,75\r\n3;0,25;0,5\r\n"
    found = run(tmp_path, text.encode(encoding))
    assert values(found, "loss", Split.TRAIN) == [0.9, 0.5, 0.25]
    assert values(found, "loss", Split.VALIDATION) == [1.0, 0.75, 0.5]
    assert found.curves[0].epoch is not None


def test_excel_separator_line_comments_and_padding(tmp_path):
    found = run(
        tmp_path, "sep=;\n# written by hand\n  epoch ;  train_loss ; val_loss\n 1 ; 0.5 ; 0.6\n 2 ; 0.4 ; 0.5\n"
    )
    assert values(found, "loss", Split.TRAIN) == [0.5, 0.4]


def test_missing_is_not_nan(tmp_path):
    text = "step,train_loss,val_loss,lr\n1,0.9,,0.1\n2,NaN,0.5,NA\n3,inf,None,-\n4,0.5,0.25,0.1\n5,0.5,0.5,0.1\n"
    found = run(tmp_path, text)
    train, held = found.curve("loss", Split.TRAIN), found.curve("loss", Split.VALIDATION)
    assert math.isnan(train.value[1]) and math.isinf(train.value[2]) and len(train) == 5
    assert list(held.step) == [2, 4, 5] and list(held.value) == [0.5, 0.25, 0.5]


def test_percent_cells(tmp_path):
    found = run(tmp_path, "epoch,train_loss,val_loss,val_acc\n1,1.0,1.1,40.5%\n2,0.5,0.7,63.2 %\n3,0.4,0.6,70%\n")
    curve = found.curve("accuracy", Split.VALIDATION)
    assert list(curve.value) == [40.5, 63.2, 70.0] and curve.unit == "percent"


def test_the_header_may_come_again(tmp_path):
    text = "epoch,train_loss,valid_loss,accuracy,time\n0,0.9,0.8,0.5,00:12\n1,0.8,0.7,0.6,00:12\n"
    found = run(tmp_path, text + text)
    assert "repeated_header" in codes(found) and len(found.segments) == 2
    assert list(found.curve("loss", Split.TRAIN).segment) == [0, 0, 1, 1]


def test_a_cut_last_line_is_left_out(tmp_path):
    found = run(tmp_path, "epoch,loss,val_loss\n0,0.9,0.8\n1,0.7,0.6\n2,0.5")
    assert values(found, "loss", Split.TRAIN) == [0.9, 0.7] and "cut_last_line" in codes(found)


def test_uneven_rows_are_noted(tmp_path):
    found = run(tmp_path, "epoch,train_loss,val_loss\n0,0.9,0.8\n1,0.7,0.6,0.1\n2,0.5,0.5\n3,0.5,0.5\n")
    assert "uneven_rows" in codes(found) and values(found, "loss", Split.VALIDATION) == [0.8, 0.6, 0.5, 0.5]


def test_names_that_occur_twice_stay_apart(tmp_path):
    table = read_table(source(tmp_path, "epoch,loss,loss\n1,2,3\n2,3,4\n"))
    assert table.names == ("epoch", "loss", "loss.1") and list(table.columns["loss.1"].value) == [3, 4]


def test_a_comment_may_be_the_header(tmp_path):
    found = run(tmp_path, "# epoch train_loss val_loss\n1 0.9 0.8\n2 0.8 0.7\n3 0.7 0.7\n", "history.txt")
    assert values(found, "loss", Split.VALIDATION) == [0.8, 0.7, 0.7]


@pytest.mark.parametrize(
    ("cell", "value"),
    [("0.5", 0.5), (" -1e-3 ", -0.001), ("63.2 %", 63.2), ("tensor(0.5)", 0.5), ("tensor(0.5, device='cuda:0')", 0.5),
     ("np.float32(0.25)", 0.25), ("[0.5]", 0.5), ("1.#INF", math.inf), ("-inf", -math.inf), ("text", None),
     ("1_000", None),
     ("01:30", None), ("", None)],
)  # fmt: skip
def test_cells(cell, value):
    assert number(cell) == value


@pytest.mark.parametrize("cell", ["nan", "NaN", "-nan", "1.#QNAN", "-nan(ind)", "#NUM!"])
def test_nan_in_every_spelling(cell):
    column = numbers([cell, ""])
    assert math.isnan(column.value[0]) and list(column.present) == [True, False]


def test_thousands_with_a_decimal_comma():
    assert number("1.234,5", decimal_comma=True) == 1234.5 and number("0,5", decimal_comma=True) == 0.5


@pytest.mark.parametrize(
    ("cell", "value"),
    [("00:12", 12), ("1:02:03", 3723), ("2 days, 1:00:00", 176400), ("12.5", 12.5), ("1970-01-01T00:01:00Z", 60),
     ("1970-01-02 00:00:00", 86400), ("soon", None)],
)  # fmt: skip
def test_clocks_and_dates(cell, value):
    assert seconds(cell) == value


def test_the_quick_way_reads_the_same(tmp_path):
    rng = np.random.default_rng(3)
    lines = ["epoch,step,train_loss,val_loss,note"]
    for i in range(400):
        held = f"{rng.random()}" if i % 7 == 0 else ""
        lines.append(f"{i // 20},{i},{'nan' if i == 9 else rng.random()},{held},{'NA' if i % 2 else 'inf'}")
    file = source(tmp_path, "\n".join(lines) + "\n")
    found = dialect(file)
    quick, patient = read_fast(file, found), tables._read_slow(file, found)
    assert quick.names == patient.names and quick.n_rows == patient.n_rows
    for name in quick.names:
        a, b = quick.columns[name], patient.columns[name]
        np.testing.assert_array_equal(a.present, b.present)
        np.testing.assert_array_equal(a.value[a.present], b.value[b.present])


def test_a_big_file_takes_the_quick_way(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "FAST_BYTES", 10)
    monkeypatch.setattr(tables, "_read_slow", lambda *_: pytest.fail("the patient way"))
    found = run(tmp_path, "epoch,step,train_loss,val_loss\n0,1,0.5,\n0,2,,0.25\n0,3,0.25,\n")
    assert values(found, "loss", Split.TRAIN) == [0.5, 0.25] and values(found, "loss", Split.VALIDATION) == [0.25]


def test_an_irregular_big_file_takes_the_patient_way(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "FAST_BYTES", 10)
    text = (
        "epoch,train_loss,valid_loss\n0,0.5,0.6\n1,0.4,0.5\nepoch,train_loss,valid_loss\n0,0.4,0.5\n1,0.3\n2,0.2,0.4\n"
    )
    assert len(run(tmp_path, text).curve("loss", Split.TRAIN)) == 5


def test_ten_thousand_columns_are_refused(tmp_path):
    text = ",".join(f"c{i}" for i in range(10_000)) + "\n" + ",".join(["1"] * 10_000) + "\n"
    with pytest.raises(TooLarge) as error:
        read_table(source(tmp_path, text))
    assert error.value.code == "too_many_columns" and error.value.params["size"] == 10_000


def test_too_many_bytes_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MAX_BYTES", 5)
    with pytest.raises(TooLarge):
        read_table(source(tmp_path, "epoch,loss\n1,2\n"))


def test_a_cell_without_end_names_its_line(tmp_path):
    text = 'epoch,train_loss,val_loss\n1,0.5,0.6\n2,"' + "x" * 300_000 + "\n"
    with pytest.raises(BrokenFile) as error:
        read_table(source(tmp_path, text))
    assert error.value.code == "huge_cell" and "line" in error.value.params["place"] and error.value.remedy
