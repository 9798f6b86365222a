"""A slice in the address narrows every page: the numbers are those of its rows, and a chip says so."""

import pytest

from app import loading
from diagnostics.slices.notation import to_text
from diagnostics.types import Condition
from tests.app.conftest import draw, texts
from tests.app.test_curves import charts

ROWS = [("cat", "cat", "day", 5)] * 50 + [("dog", "dog", "day", 7)] * 50
ROWS += [("cat", "dog", "night", 5)] * 30 + [("dog", "dog", "night", 9)] * 10


def table() -> bytes:
    lines = ["id,label,prediction,light,age", *(f"{i},{','.join(map(str, row))}" for i, row in enumerate(ROWS))]
    return "\n".join(lines).encode()


def night(*more: Condition) -> str:
    return to_text((Condition(column="light", op="==", value="night"), *more))


def test_the_matrix_counts_the_rows_of_the_slice(store):
    project = store({"predictions.csv": table()})
    page = draw("confusion", project=project, slice=night(), share="counts")
    figure, _ = charts(page)[0]
    assert figure["layout"]["coloraxis"]["cmax"] == 30
    assert page.dataframe[0].value.iloc[0].tolist()[:2] == ["cat → dog", 30]
    assert "light \\= night" in texts(page)
    assert "40 rows of 140" in texts(page)


def test_leaving_the_slice_brings_all_rows_back(store):
    page = draw("confusion", project=store({"predictions.csv": table()}), slice=night())
    page.button(key="leave_slice").click().run()
    assert not page.exception
    assert "40 rows of 140" not in texts(page)
    assert "slice" not in page.query_params
    assert page.dataframe[1].value["True rows"].sum() == 140


def test_a_slice_without_rows_is_said_so(store):
    nobody = night(Condition(column="age", op=">", value=100))
    page = draw("confusion", project=store({"predictions.csv": table()}), slice=nobody)
    assert "No row of this prediction set falls into it" in texts(page)
    assert "No row has both a true and a predicted class" in texts(page)


@pytest.mark.parametrize(
    ("slice", "said"),
    [
        (to_text((Condition(column="absent", op="==", value=1),)), "lacks a column of the slice"),
        ("nonsense", "names no slice that can be read"),
        ('[["age",">","x"]]', "lacks a column of the slice"),
    ],
)
def test_a_slice_that_does_not_fit_shows_everything_and_says_so(store, slice, said):
    page = draw("confusion", project=store({"predictions.csv": table()}), slice=slice)
    assert said in texts(page)
    assert page.dataframe[1].value["True rows"].sum() == 140


def test_two_changes_of_one_setting_at_once_are_both_kept(home):
    project = loading.create_project("Mine").id

    def first(now):
        if not loading.setting(project, "slices"):
            loading.change_setting(project, "slices", lambda kept: [*(kept or []), "second"])
        return [*(now or []), "first"]

    loading.change_setting(project, "slices", first)
    assert loading.setting(project, "slices") == ["second", "first"]
