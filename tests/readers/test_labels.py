"""Labels of a second file: columns found by content, counts before the join, the join itself."""

import pytest

from diagnostics import queries
from diagnostics.exceptions import NeedsAnswer, NotFound
from diagnostics.readers import scratch
from diagnostics.readers.predictions import join_labels, read
from diagnostics.readers.predictions.labels import match_labels, suggest
from diagnostics.readers.source import Source


@pytest.fixture
def load(tmp_path):
    def one(name, text):
        path = tmp_path / name
        path.write_text(text)
        with scratch.using(tmp_path):
            return read(Source(name=name, path=path))[0]

    return one


def answers(ids, answer=lambda i: "ab"[i % 2]):
    return "image,batch,prediction\n" + "\n".join(f"{name},{i % 7},{answer(i)}" for i, name in enumerate(ids))


def truth(ids, label=lambda i: "ab"[i % 2], header="file,grade,target"):
    return header + "\n" + "\n".join(f"{name},{i % 7},{label(i)}" for i, name in enumerate(ids))


IDS = [f"img-{i}" for i in range(60)]


def test_the_columns_that_name_the_same_rows_are_found_by_content(load):
    found = suggest(load("a.csv", answers(IDS)), load("l.csv", truth([*IDS[10:], "img-900"])))
    assert (found.key, found.labels_key, found.label) == ("image", "file", "target")
    assert (found.rows, found.matched, found.missing, found.unused) == (60, 50, 10, 1)
    assert found.share == pytest.approx(50 / 60)


def test_whole_numbers_and_floats_name_the_same_row(load):
    ours = load("a.csv", "id,prediction\n" + "\n".join(f"{i},{'ab'[i % 2]}" for i in range(40)))
    theirs = load("l.csv", "id,target\n" + "\n".join(f"{i}.0,{'ab'[i % 2]}" for i in range(40)))
    found = match_labels(ours, theirs, key="id", labels_key="id", label="target")
    assert found.matched == 40


def test_nothing_in_common_suggests_nothing(load):
    ours, theirs = load("a.csv", answers(IDS)), load("l.csv", truth([f"other-{i}" for i in range(60)]))
    assert suggest(ours, theirs) is None
    with pytest.raises(NeedsAnswer, match="no_label_matches"):
        join_labels(ours, theirs, key="image", labels_key="file", label="target", target=ours.path.with_suffix(".j"))


def test_repeated_ids_are_told_and_contradictions_refused(load):
    ours = load("a.csv", answers([*IDS, IDS[0]]))
    same = load("l.csv", truth(IDS) + f"\n{IDS[3]},0,b")
    found = match_labels(ours, same, key="image", labels_key="file", label="target")
    assert (found.repeated, found.contradicting, found.repeated_rows, found.matched) == (1, 0, 1, 61)
    (joined,) = join_labels(
        ours, same, key="image", labels_key="file", label="target", target=ours.path.with_suffix(".j")
    )
    assert joined.n_rows == 61
    other = load("m.csv", truth(IDS) + f"\n{IDS[3]},0,a")
    assert match_labels(ours, other, key="image", labels_key="file", label="target").contradicting == 1
    with pytest.raises(NeedsAnswer, match="labels_contradict"):
        join_labels(ours, other, key="image", labels_key="file", label="target", target=ours.path.with_suffix(".k"))


def test_rows_without_an_id_or_a_label_stay_without_a_truth(load):
    ours = load("a.csv", answers(["", *IDS[1:]]))
    theirs = load("l.csv", truth(IDS, label=lambda i: "" if i == 5 else "ab"[i % 2]))
    found = match_labels(ours, theirs, key="image", labels_key="file", label="target")
    assert (found.unnamed, found.missing, found.matched) == (1, 1, 58)
    (joined,) = join_labels(
        ours, theirs, key="image", labels_key="file", label="target", target=ours.path.with_suffix(".j")
    )
    counted = queries.confusion(joined)
    assert counted.n == 58 and counted.missing == 2


def test_quantities_are_joined_too(load):
    ours = load("a.csv", "id,prediction\n" + "\n".join(f"r{i},{i * 1.01 + 0.37:.3f}" for i in range(50)))
    theirs = load("l.csv", "id,target\n" + "\n".join(f"r{i},{i + 0.25:.3f}" for i in reversed(range(50))))
    (joined,) = join_labels(ours, theirs, key="id", labels_key="id", label="target", target=ours.path.with_suffix(".j"))
    assert joined.task == "regression" and joined.roles.truth == "y_true" and joined.roles.predicted == "prediction"


def test_a_column_that_is_not_there_is_named(load):
    ours, theirs = load("a.csv", answers(IDS)), load("l.csv", truth(IDS))
    with pytest.raises(NotFound, match="nowhere"):
        match_labels(ours, theirs, key="nowhere", labels_key="file", label="target")
