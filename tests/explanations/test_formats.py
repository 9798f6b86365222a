"""Files are known by content; every refused kind has its sentence and the code that exports it."""

import io
import pickle
import zipfile

import numpy as np
import pytest

from diagnostics.explanations.formats import REFUSED, ModelKind, exports_of, kind_of, kind_of_bytes, refuse
from diagnostics.knowledge import LANGUAGES, entry, error_text
from tests.support import explained


def archive(*names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name in names:
            packed.writestr(name, b"{}")
    return stream.getvalue()


def arrays():
    stream = io.BytesIO()
    np.savez(stream, a=np.zeros(3))
    return stream.getvalue()


KINDS = {
    "pickle": pickle.dumps({"weights": [1.0]}),
    "joblib": b"\x80\x04\x95joblib.numpy_pickle",
    "torch": archive("model/data.pkl", "model/version"),
    "torchscript": archive("model/data.pkl", "model/constants.pkl", "model/code/x.py"),
    "keras": archive("config.json", "metadata.json", "model.weights.h5"),
    "keras_h5": b"\x89HDF\r\n\x1a\n" + bytes(100),
    "skops": archive("schema.json", "1.npy"),
    "npz": arrays(),
    "pmml": b'<?xml version="1.0"?>\n<PMML version="4.4">',
    "catboost": b"CBM1" + bytes(50),
    "tflite": bytes(4) + b"TFL3" + bytes(20),
}


@pytest.mark.parametrize("name", KINDS)
def test_kinds_are_known_by_content(name, tmp_path):
    (tmp_path / "file.bin").write_bytes(KINDS[name])
    assert kind_of(tmp_path / "file.bin") == ModelKind(name=name) == kind_of_bytes(KINDS[name])


def test_a_renamed_pickle_is_no_onnx(tmp_path):
    (tmp_path / "model.onnx").write_bytes(pickle.dumps([1, 2, 3]))
    assert kind_of(tmp_path / "model.onnx").name == "pickle"


def test_real_boosters_and_tables():
    pytest.importorskip("lightgbm")
    files = explained.files(60)
    assert kind_of_bytes(files["model.txt"]).name == "lightgbm"
    assert kind_of_bytes(files["predictions.csv"]) is None
    assert kind_of_bytes(b"epoch,loss\n0,1.0\n") is None
    assert kind_of_bytes(b"") is None
    assert kind_of_bytes(b"PK\x03\x04broken") is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REFUSED)
def test_every_refusal_says_why_and_how(name, language):
    kind = ModelKind(name=name)
    said = error_text(refuse(kind, "m"), language)
    assert len(said) > 40 and "model refused" not in said
    assert exports_of(kind)
    assert all(entry(language, "exports", way) for way in exports_of(kind))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("pickle", ("to_onnx(model", "skops.io.dump(model")),
        ("joblib", ("to_onnx(model", "skops.io.dump(model")),
        ("torch", ("torch.onnx.export(model",)),
        ("torchscript", ("torch.onnx.export(model",)),
        ("keras", ('model.export("model.onnx", format="onnx")',)),
        ("keras_h5", ('model.export("model.onnx", format="onnx")',)),
        ("tflite", ("tf2onnx.convert --tflite",)),
        ("tensorflow", ("tf2onnx.convert --saved-model",)),
        ("safetensors", ("load_state_dict", "torch.onnx.export(model")),
    ],
)
def test_each_framework_has_its_own_lines_in_both_languages(kind, lines, language):
    shown = "\n".join(str(entry(language, "exports", way)) for way in exports_of(ModelKind(name=kind)))
    assert all(line in shown for line in lines)


@pytest.mark.parametrize(
    "way", ["sklearn", "torch", "keras", "xgboost", "lightgbm", "catboost", "pmml", "coreml", "weights"]
)
def test_the_lines_are_python_and_the_same_code_in_every_language(way):
    import ast

    trees = {ast.dump(ast.parse(str(entry(language, "exports", way)))) for language in LANGUAGES}
    assert len(trees) == 1


@pytest.mark.parametrize("way", ["sklearn", "torch", "pmml", "coreml", "weights"])
def test_the_lines_fit_regressors_and_any_number_of_rows(way):
    """What failed when the lines were run: zipmap is no option of a regressor, and a fixed batch takes one row."""
    import ast

    calls = [one for one in ast.walk(ast.parse(str(entry("en", "exports", way)))) if isinstance(one, ast.Call)]
    exports = [one for one in calls if ast.unparse(one.func) in ("to_onnx", "torch.onnx.export")]
    given = {"to_onnx": set(), "torch.onnx.export": {"input_names", "output_names", "dynamic_axes", "dynamo"}}
    assert exports
    assert all({word.arg for word in one.keywords} == given[ast.unparse(one.func)] for one in exports)
