"""The closer look at one class, and the difference to another set, on the confusion page."""

import numpy as np
import pytest

from app import loading
from tests.app import prediction_files as files
from tests.app.conftest import draw, texts
from tests.app.test_curves import charts


def night(seed: int = 0, broken: bool = True) -> bytes:
    """A class that is missed at night."""
    random = np.random.default_rng(seed)
    n = 1200
    truth, time = random.integers(0, 3, n), random.choice(["day", "night"], n)
    wrong = random.random(n) < np.where((time == "night") & (truth == 0) & broken, 0.6, 0.05)
    answer = np.where(wrong, (truth + 1) % 3, truth)
    p = np.full((n, 3), 0.02)
    p[np.arange(n), answer] = 0.96
    names = np.array(["ant", "bee", "cow"])
    columns = {"id": np.arange(n), "label": names[truth], "prediction": names[answer], "time": time,
               "length": random.normal(size=n).round(3)}  # fmt: skip
    return files.csv(columns | {f"prob_{name}": p[:, i] for i, name in enumerate(names)})


def lift(page):
    return next(table.value for table in page.dataframe if "More than chance" in table.value.columns)


def test_what_the_missed_rows_of_the_worst_class_have_in_common(store):
    page = draw("confusion", project=store({"p.csv": night()}))
    assert page.selectbox(key="class").value == "ant"
    found = lift(page)
    assert found.iloc[0][["Attribute", "Value"]].tolist() == ["time", "night"]
    assert found["More than chance"].tolist()[0]
    assert not found["More than chance"].tolist()[1:].count(True)
    assert "silly (wrong with at least 90" in texts(page)


def test_the_other_side_of_a_class_by_a_link(store):
    page = draw("confusion", project=store({"p.csv": night()}), errors="false", **{"class": "bee"})
    assert page.selectbox(key="class").value == "bee"
    assert "of" in texts(page)
    assert lift(page)["Errors"].max() > 0


def test_noise_has_no_value_in_common(store):
    page = draw("confusion", project=store({"p.csv": night(seed=3, broken=False)}))
    assert "No value of an attribute goes along with these errors" in texts(page)


def test_the_difference_to_another_set(store):
    project = store({"before/p.csv": night(), "after/p.csv": night(seed=1, broken=False)})
    entries = {loading.predictions(one).source.name.split("/")[0]: one.id for one in loading.prediction_sets(project)}
    page = draw("confusion", project=project, predictions=entries["after"], against_set=entries["before"])
    assert any("Difference of two" in data["alt"] for _, data in charts(page))
    cells = next(table.value for table in page.dataframe if "Better" in table.value.columns)
    assert cells["Truth → predicted"].tolist() == ["ant → ant", "ant → bee"] or set(cells["Truth → predicted"]) == {
        "ant → ant",
        "ant → bee",
    }
    assert cells["Better"].all()


def test_confused_classes_are_put_beside_each_other(store):
    rows = [(a, a) for a in "abcdef" for _ in range(20)] + [("a", "e")] * 15 + [("e", "a")] * 15 + [("b", "f")] * 9
    table = files.csv({"label": [a for a, _ in rows], "prediction": [b for _, b in rows]})
    figure, _ = charts(draw("confusion", project=store({"p.csv": table}), order="cluster"))[0]
    ticks = figure["layout"]["xaxis"]["ticktext"]
    assert abs(ticks.index("a") - ticks.index("e")) == 1
    assert abs(ticks.index("b") - ticks.index("f")) == 1


@pytest.mark.parametrize("language", ["pt"])
def test_portuguese(store, language):
    said = texts(draw("confusion", project=store({"p.csv": night()}), lang=language))
    assert "Erros de uma classe" in said
