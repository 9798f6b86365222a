"""Prediction files of every container, with headers of every taste; what is unsure is asked."""

import gzip
import json

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet
import pytest

from diagnostics import queries
from diagnostics.exceptions import BrokenFile, NotALog, NotFound, RefusedFile, UnreadableFile
from diagnostics.readers import scratch
from diagnostics.readers.predictions import answered, confidence, join_labels, read, shape_key
from diagnostics.readers.source import Source
from diagnostics.types import Task

CLASSES = ("bird", "cat", "dog")


@pytest.fixture
def load(tmp_path):
    """Read a file written by a callable; returns the sets."""

    def run(name, write):
        path = tmp_path / name
        write(path)
        with scratch.using(tmp_path / "scratch"):
            return read(Source(name=name, path=path))

    return run


def table(n=120, seed=0):
    """Columns of a good classifier over three classes."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, 3, n)
    logits = random.normal(0, 1, (n, 3)) + 3 * np.eye(3)[truth]
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    answer = p.argmax(axis=1)
    names = np.array(CLASSES)
    columns = {"y_true": names[truth].tolist(), "y_pred": names[answer].tolist()}
    columns |= {f"proba_{name}": p[:, i].round(4).tolist() for i, name in enumerate(CLASSES)}
    columns["device"] = random.choice(["phone", "cam"], n).tolist()
    return columns, p


def csv_text(columns, separator=","):
    rows = zip(*columns.values(), strict=True)
    lines = [separator.join(columns), *(separator.join("" if v is None else str(v) for v in row) for row in rows)]
    return "\n".join(lines) + "\n"


def write_text(text, encoding="utf-8"):
    return lambda path: path.write_bytes(text.encode(encoding))


COLUMNS, P = table()
CONTAINERS = {
    "a.csv": write_text(csv_text(COLUMNS)),
    "a.tsv": write_text(csv_text(COLUMNS, "\t")),
    "semicolon.csv": write_text(csv_text(COLUMNS, ";")),
    "bom.csv": write_text(csv_text(COLUMNS), "utf-8-sig"),
    "a.csv.gz": lambda path: path.write_bytes(gzip.compress(csv_text(COLUMNS).encode())),
    "a.parquet": lambda path: parquet.write_table(pa.table(COLUMNS), path),
    "a.arrow": lambda path: feather.write_feather(pa.table(COLUMNS), path, compression="uncompressed"),
    "a.jsonl": write_text("\n".join(json.dumps(r) for r in pa.table(COLUMNS).to_pylist()) + "\n"),
    "a.json": write_text(json.dumps(pa.table(COLUMNS).to_pylist())),
    "columns.json": write_text(json.dumps(COLUMNS)),
    "a.npz": lambda path: np.savez(path, **{k: np.array(v) for k, v in COLUMNS.items()}),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_gives_the_same_set(load, name):
    (found,) = load(name, CONTAINERS[name])
    assert (found.task, found.n_rows, found.classes) == (Task.MULTICLASS, 120, CLASSES)
    assert (found.roles.truth, found.roles.predicted) == ("y_true", "y_pred")
    assert dict(found.roles.probabilities) == {c: f"proba_{c}" for c in CLASSES}
    assert found.roles.attributes == ("device",)
    assert found.questions == ()
    counts = queries.confusion(found)
    truth, answer = (np.array([CLASSES.index(v) for v in COLUMNS[c]]) for c in ("y_true", "y_pred"))
    expected = np.zeros((3, 3))
    np.add.at(expected, (truth, answer), 1)
    assert (counts.counts == expected).all() and counts.n == 120
    stored = parquet.read_table(found.path)
    assert stored.column("__row__").to_pylist() == list(range(120))


def test_order_of_an_unnamed_array_is_recovered_from_the_predictions(load):
    order = [2, 0, 1]  # the file's columns are dog, bird, cat
    truth, answer = np.array(COLUMNS["y_true"]), np.array(COLUMNS["y_pred"])
    (found,) = load("x.npz", lambda path: np.savez(path, y_true=truth, y_pred=answer, y_prob=P[:, order]))
    assert dict(found.roles.probabilities) == {"bird": "y_prob[1]", "cat": "y_prob[2]", "dog": "y_prob[0]"}
    assert [q.code for q in found.questions] == []


def test_order_without_predictions_is_asked(load):
    truth = np.array(COLUMNS["y_true"])
    (found,) = load("x.npz", lambda path: np.savez(path, y_true=truth, y_prob=P))
    assert "class_order" in [q.code for q in found.questions]


def test_a_vague_binary_array_at_a_moved_threshold_is_put_in_order(load):
    random = np.random.default_rng(1)
    p = random.uniform(0, 1, 300)
    truth, answer = (random.random(300) < p).astype(int), (p > 0.9).astype(int)
    (found,) = load("x.npz", lambda path: np.savez(path, target=truth, output=answer, probs=np.stack([1 - p, p], 1)))
    assert found.roles.score == "probs[1]" and found.roles.positive == "1"
    assert found.questions == ()


@pytest.mark.parametrize(
    ("truth", "answer", "classes"),
    [([0, 1] * 40, [0.0, 1.0] * 40, ("0", "1")), (["1", "2"] * 40, [1, 2] * 40, ("1", "2"))],
)
def test_labels_of_several_spellings_are_one_class(load, truth, answer, classes):
    (found,) = load("x.parquet", lambda path: parquet.write_table(pa.table({"label": truth, "pred": answer}), path))
    assert found.classes == classes
    assert queries.confusion(found).counts.tolist() == [[40, 0], [0, 40]]


def test_booleans_against_numbers(load):
    truth, answer = [True, False] * 50, [1, 0] * 50
    (found,) = load("x.parquet", lambda path: parquet.write_table(pa.table({"label": truth, "pred": answer}), path))
    assert found.task is Task.BINARY and queries.confusion(found).counts.trace() == 100


def test_a_prediction_that_holds_scores_is_a_score(load):
    random = np.random.default_rng(2)
    p = random.uniform(0, 1, 200).round(3)
    text = csv_text(
        {"PassengerId": list(range(200)), "survived_true": (p > 0.4).astype(int).tolist(), "pred": p.tolist()}
    )
    (found,) = load("x.csv", write_text(text))
    assert (found.task, found.roles.score, found.roles.predicted) == (Task.BINARY, "pred", None)


def test_scores_of_zero_and_one_are_decisions(load):
    text = csv_text({"entity_id": list(range(100)), "score": [0.0, 1.0] * 50, "label_value": [0, 1] * 50})
    (found,) = load("x.csv", write_text(text))
    assert (found.roles.predicted, found.roles.score, found.roles.id) == ("score", None, "entity_id")
    assert "score_is_decision" in [n.code for n in found.notes]


def test_confidence_of_the_answer_is_not_taken_for_a_positive_score(load):
    random = np.random.default_rng(3)
    truth = random.choice(["no", "yes"], 200)
    score = random.uniform(0.5, 1, 200).round(3)
    text = csv_text({"label": truth.tolist(), "prediction": truth.tolist(), "confidence": score.tolist()})
    (found,) = load("x.csv", write_text(text))
    assert found.roles.score_kind == "confidence"


def test_regression_ranking_and_decimal_comma(load):
    random = np.random.default_rng(4)
    y = random.normal(100, 30, 150)
    rows = [f"{a:.3f};{a + e:.3f}".replace(".", ",") for a, e in zip(y, random.normal(0, 5, 150), strict=True)]
    (found,) = load("x.csv", write_text("alvo;previsto\n" + "\n".join(rows) + "\n"))
    assert (found.task, found.roles.truth, found.roles.predicted) == (Task.REGRESSION, "alvo", "previsto")
    ranked = {
        "qid": [i // 10 for i in range(150)],
        "relevance": random.integers(0, 3, 150).tolist(),
        "score": y.tolist(),
    }
    (found,) = load("r.csv", write_text(csv_text(ranked)))
    assert (found.task, found.roles.query, found.roles.score) == (Task.RANKING, "qid", "score")


def test_several_outputs_in_one_file(load):
    random = np.random.default_rng(5)
    age = random.normal(40, 10, 100).round(1)
    gender = random.choice(["f", "m"], 100)
    columns = {
        "age_true": age.tolist(),
        "age_pred": (age + 1).tolist(),
        "gender_true": gender.tolist(),
        "gender_pred": gender.tolist(),
    }
    first, second = load("x.csv", write_text(csv_text(columns)))
    assert (first.task, second.task) == (Task.REGRESSION, Task.BINARY)
    flags = {f"{k}_{n}": random.integers(0, 2, 100).tolist() for n in ("spam", "urgent") for k in ("y_true", "y_pred")}
    (several,) = load("m.csv", write_text(csv_text(flags)))
    assert several.task is Task.MULTILABEL and several.classes == ("spam", "urgent")
    assert [o.roles.truth for o in queries.outputs(several)] == ["y_true_spam", "y_true_urgent"]


def test_stacked_models_are_told_apart_by_their_keys(load):
    ids = [str(i) for i in range(100)] * 2
    columns = {
        "sample_id": ids,
        "model": ["a"] * 100 + ["b"] * 100,
        "label": [0, 1] * 100,
        "pred": [0, 1] * 50 + [1, 0] * 50,
    }
    first, second = load("x.csv", write_text(csv_text(columns)))
    assert (first.part, second.part) == ({"model": "a"}, {"model": "b"})
    assert first.questions == () and first.digest != second.digest
    assert queries.confusion(first).counts.trace() == 100 and queries.confusion(second).counts.trace() == 0


def test_what_cannot_be_known_is_asked(load):
    (submission,) = load("submission.csv", write_text(csv_text({"id": list(range(50)), "label": [0, 1] * 25})))
    assert {"truth_or_predicted", "predicted"} <= {q.code for q in submission.questions}
    text = "\n".join(f"{a}\t{a}\tsome words number {i}" for i, a in enumerate(["pos", "neg"] * 30)) + "\n"
    (bare,) = load("x.tsv", write_text(text))
    assert {"truth", "predicted"} <= {q.code for q in bare.questions}
    assert "no_header" in [n.code for n in bare.notes]


def test_widening_types_and_quoted_line_breaks(load):
    rows = ["y_true,y_pred,text", *('a,a,"one\ntwo"' for _ in range(40)), *('1,a,"x, y"' for _ in range(40))]
    (found,) = load("x.csv", write_text("\n".join(rows) + "\n"))
    assert found.n_rows == 80 and found.classes == ("1", "a")


def test_missing_truth_and_duplicate_names(load):
    text = "label,pred,x,x\n" + "\n".join(f"{'' if i % 10 == 0 else i % 2},{i % 2},{i},{-i}" for i in range(100)) + "\n"
    (found,) = load("x.csv", write_text(text))
    assert queries.confusion(found).missing == 10
    assert "x_2" in parquet.read_schema(found.path).names


BAD = {
    "objects.npz": (lambda p: np.savez(p, y_true=np.array([{}, None]), y_pred=np.zeros(2)), RefusedFile),
    "cut.parquet": (lambda p: p.write_bytes(b"PAR1" + b"\x00" * 200), BrokenFile),
    "noise.csv": (lambda p: p.write_bytes(bytes(range(256)) * 20), UnreadableFile),
    "coco.json": (
        write_text(json.dumps([{"image_id": 0, "category_id": 1, "bbox": [1.0, 2, 3, 4], "score": 0.9}] * 3)),
        NotALog,
    ),
    "ragged.csv": (write_text("y_true,y_pred\n" + "1,1\n" * 50 + "1,1,1\n"), BrokenFile),
    "header.csv": (write_text("y_true,y_pred\n"), UnreadableFile),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_in_words(load, name):
    write, error = BAD[name]
    with pytest.raises(error) as caught:
        load(name, write)
    assert caught.value.code and caught.value.file == name


def test_a_training_log_is_left_to_the_others(tmp_path):
    for text in (
        "epoch,loss,val_loss,accuracy\n0,1,1,0\n",
        "step,train/loss,label\n1,2,3\n",
        "epoch,pred_loss,true_loss\n1,2,3\n",
    ):
        path = tmp_path / "log.csv"
        path.write_text(text)
        assert confidence(Source(name="log.csv", path=path)) == 0


def test_answers_stand_above_guesses(load):
    random = np.random.default_rng(6)
    p = random.uniform(0, 1, 200).round(3)
    text = csv_text(
        {
            "risk": p.tolist(),
            "outcome_a": (p > 0.5).astype(int).tolist(),
            "outcome_b": (p > 0.3).astype(int).tolist(),
            "weight": [2] * 200,
        }
    )
    (found,) = load("x.csv", write_text(text))
    assert found.questions
    (told,) = answered(
        found, {"truth": "outcome_b", "score": "risk", "predicted": "", "weight": "weight", "score_kind": "probability"}
    )
    assert (told.roles.truth, told.roles.score, told.roles.weight) == ("outcome_b", "risk", "weight")
    assert not {"truth", "score", "weight"} & {q.code for q in told.questions}
    assert told.digest != found.digest
    assert queries.confusion(told).counts.sum() == 400
    with pytest.raises(NotFound):
        answered(found, {"truth": "nobody"})


def test_class_order_can_be_told(load):
    truth = np.array(COLUMNS["y_true"])
    (found,) = load("x.npz", lambda path: np.savez(path, y_true=truth, y_prob=P[:, [2, 0, 1]]))
    (told,) = answered(found, {"class_order": "dog, bird, cat"})
    assert dict(told.roles.probabilities) == {"dog": "y_prob[0]", "bird": "y_prob[1]", "cat": "y_prob[2]"}
    assert queries.confusion(told).counts.trace() > 100


def test_shape_forgets_rows_and_keeps_columns(load):
    (one,) = load("a.csv", write_text(csv_text(COLUMNS)))
    (two,) = load("b.csv", write_text(csv_text(table(seed=1)[0])))
    (other,) = load("c.csv", write_text(csv_text({k: v for k, v in COLUMNS.items() if k != "device"})))
    assert shape_key(one.path) == shape_key(two.path) != shape_key(other.path)


def test_labels_of_a_second_file_are_joined_by_key(load, tmp_path):
    answers = {"id": [f"r{i}" for i in range(100)], "label": ["a", "b"] * 50}
    truth = {"key": [f"r{i}" for i in reversed(range(90))], "target": ["b", "a"] * 45}
    (predicted,) = load("submission.csv", write_text(csv_text(answers)))
    (labels,) = load("truth.csv", write_text(csv_text(truth)))
    (joined,) = join_labels(
        predicted, labels, key="id", labels_key="key", label="target", target=tmp_path / "j.parquet"
    )
    counts = queries.confusion(joined)
    assert counts.counts.tolist() == [[45, 0], [0, 45]] and counts.missing == 10
    assert joined.n_rows == 100 and {q.code for q in joined.questions} <= {"positive"}


def test_a_thousand_named_classes_are_classes(load):
    rng = np.random.default_rng(3)
    truth = rng.permutation(np.repeat(np.arange(1000), 12))
    answer = np.where(rng.random(len(truth)) < 0.7, truth, rng.integers(0, 1000, len(truth)))
    rows = [f"{i},class_{a:04d},class_{b:04d}" for i, (a, b) in enumerate(zip(truth, answer, strict=True))]
    (found,) = load("many.csv", write_text("id,y_true,y_pred\n" + "\n".join(rows)))
    assert found.task is Task.MULTICLASS and len(found.classes) == 1000 and not found.questions
