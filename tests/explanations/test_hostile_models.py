"""Damaged and hostile models: the server goes on, no file is read, no payload runs, each ends with one clear code.

`RUN_CLINIC_MUTANTS=1000` damages each format so often instead of 60 times.
"""

import errno
import io
import json
import os
import pickle
import struct
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from diagnostics.exceptions import RunClinicError
from diagnostics.explanations.formats import kind_of_bytes, refuse
from diagnostics.explanations.sandbox import Model, Worker
from diagnostics.explanations.sandbox.client import MEMORY_BYTES, ModelError
from diagnostics.explanations.structure import read_structure
from diagnostics.knowledge import LANGUAGES, error_text
from tests.explanations.test_inside import onnx_forest, table
from tests.explanations.test_tree_ensemble import ensemble
from tests.support.hostile_networks import Payload

COUNT = int(os.environ.get("RUN_CLINIC_MUTANTS", "60"))

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the locks are Linux's")


def lightgbm_file():
    lightgbm = pytest.importorskip("lightgbm")
    rows, target = table()
    return (
        lightgbm.train({"objective": "binary", "verbose": -1}, lightgbm.Dataset(rows, target), 5)
        .model_to_string()
        .encode()
    )


def xgboost_file(kind):
    xgboost = pytest.importorskip("xgboost")
    rows, target = table()
    return bytes(xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(rows, target), 5).save_raw(kind))


def catboost_file(folder):
    catboost = pytest.importorskip("catboost")
    rows, target = table()
    model = catboost.CatBoostClassifier(iterations=5, verbose=0, allow_writing_files=False).fit(rows, target)
    model.save_model(str(folder / "m.cbm"))
    return (folder / "m.cbm").read_bytes()


def skops_file():
    skops = pytest.importorskip("skops.io")
    from sklearn.ensemble import RandomForestClassifier

    rows, target = table()
    return skops.dumps(RandomForestClassifier(3, max_depth=4, random_state=0).fit(rows, target))


def made(name, folder):
    pytest.importorskip("onnxruntime")
    makers = {
        "onnx": onnx_forest, "onnx ensemble": ensemble, "lightgbm": lightgbm_file, "skops": skops_file,
        "xgboost json": lambda: xgboost_file("json"), "xgboost ubj": lambda: xgboost_file("ubj"),
        "catboost": lambda: catboost_file(folder),
    }  # fmt: skip
    return makers[name]()


@pytest.mark.parametrize(
    "name", ["onnx", "onnx ensemble", "lightgbm", "xgboost json", "xgboost ubj", "catboost", "skops"]
)
def test_damaged_models_end_in_a_code_each_within_memory_and_time(name, tmp_path):
    (tmp_path / "model").write_bytes(made(name, tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.mutants", name.split()[0], str(tmp_path / "model"), str(COUNT), "11"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True,
        env={**os.environ, "MUTANT_WIDTH": "4", "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    said = json.loads(done.stdout.strip().splitlines()[-1])
    assert said["whole"] == "answered"
    assert sum(said["codes"].values()) == COUNT
    assert {code for code in said["codes"] if not code.startswith("model_")} <= {"answered", "died", "late"}
    assert said["handles"] == 0 and said["peak"] <= MEMORY_BYTES
    for code in said["codes"]:
        if code.startswith("model_"):
            assert "{" not in error_text(ModelError(code, format="onnx", found="x"), "en")


def refusal(content, format="onnx", **limits):
    with pytest.raises(ModelError) as caught, Worker(Model(format=format, content=content), **limits) as worker:
        worker.predict({"X": np.zeros((1, 4))})
    for language in LANGUAGES:
        assert len(error_text(caught.value, language)) > 25
    return caught.value.code


def graph(nodes, initializers=(), **extra):
    from onnx import TensorProto, helper

    made = helper.make_graph(
        list(nodes), "g", [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 4])],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)], initializer=list(initializers), **extra,
    )  # fmt: skip
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def external(location):
    from onnx import TensorProto

    tensor = TensorProto(name="W", data_type=TensorProto.FLOAT, dims=[4, 1], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value=location)
    return tensor


@pytest.mark.parametrize("where", ["initializer", "constant", "in a branch"])
def test_external_data_is_never_opened(where, tmp_path):
    pytest.importorskip("onnxruntime")
    from onnx import helper

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    tensor = external(str(pipe))
    constant = helper.make_node("Constant", [], ["W"], value=tensor)
    if where == "initializer":
        model = graph([helper.make_node("MatMul", ["X", "W"], ["Y"])], [tensor])
    elif where == "constant":
        model = graph([constant, helper.make_node("MatMul", ["X", "W"], ["Y"])])
    else:
        inner = helper.make_graph([constant, helper.make_node("Identity", ["W"], ["Z"])], "inner", [], [])
        model = graph([helper.make_node("If", ["X"], ["Y"], then_branch=inner, else_branch=inner)])
    assert refusal(model.SerializeToString()) == "model_external_data"
    # Somebody who had opened the pipe for reading would let a writer in.
    with pytest.raises(OSError) as caught:
        os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    assert caught.value.errno == errno.ENXIO


def nested(depth):
    from onnx import helper

    inner = helper.make_graph([helper.make_node("Identity", ["X"], ["Z"])], "g0", [], [])
    for number in range(depth):
        node = helper.make_node("If", ["X"], ["Z"], then_branch=inner, else_branch=inner)
        inner = helper.make_graph([node], f"g{number + 1}", [], [])
        # Both branches hold the same graph, so the file doubles with each level.
        if number > 9:
            node.attribute.pop()
    return graph(inner.node)


def test_deep_nesting_is_refused():
    pytest.importorskip("onnxruntime")
    assert refusal(nested(12).SerializeToString()) == "model_too_deep"


def test_a_tensor_that_claims_to_be_huge_is_refused():
    pytest.importorskip("onnxruntime")
    from onnx import TensorProto, helper

    tensor = TensorProto(name="W", data_type=TensorProto.FLOAT, dims=[1 << 40, 4], raw_data=b"\0" * 16)
    model = graph([helper.make_node("MatMul", ["X", "W"], ["Y"])], [tensor])
    assert refusal(model.SerializeToString()) == "model_too_large"


@pytest.mark.parametrize("format", ["onnx", "xgboost", "lightgbm", "catboost", "skops"])
def test_a_pickle_under_another_name_never_runs(format, tmp_path):
    pytest.importorskip("onnxruntime" if format == "onnx" else format)
    place = tmp_path / "it-ran"
    content = pickle.dumps(Payload(place))
    kind = kind_of_bytes(content)
    assert kind.name == "pickle" and not kind.runs
    assert all("pickle" in error_text(refuse(kind, "model.onnx"), language) for language in LANGUAGES)
    assert refusal(content, format) in ("model_broken", "model_died")
    assert not place.exists()
    pickle.loads(content).close()
    assert place.exists()  # so the payload was one


def bomb(*members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, size in members:
            with archive.open(name, "w") as out:
                for _ in range(size >> 20):
                    out.write(bytes(1 << 20))
    return stream.getvalue()


def test_a_zip_bomb_as_skops_meets_the_limits():
    pytest.importorskip("skops")
    content = bomb(("schema.json", 1 << 30))
    assert len(content) < 4 << 20 and kind_of_bytes(content).name == "skops"
    assert refusal(content, "skops", memory_bytes=1_500_000_000) in ("model_memory", "model_died")


def test_a_zip_bomb_as_keras_is_refused_by_its_header():
    content = bomb(("config.json", 64 << 20))
    with pytest.raises(RunClinicError) as caught:
        read_structure(content, "m.keras")
    assert caught.value.code == "config_too_large"


def keras(config):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("config.json", config)
    return stream.getvalue()


def header(length, text):
    return struct.pack("<Q", length) + text


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (keras("[" * 100_000), "no_keras_config"),
        (keras('{"config": {"layers": [' + '{"config":' * 900 + "1" + "}" * 900 + "]}}"), None),
        (keras('{"config": 5}'), "no_keras_config"),
        (header(1 << 62, b'{"a":1}'), "header_too_large"),
        (header(90 << 20, b'{"a":1}'), "header_too_large"),
        (header(200_000, b'{"a":' + b"[" * 200_000), "no_safetensors_header"),
        (header(60, json.dumps({"a": {"dtype": "F32", "shape": [1 << 60] * 3}}).encode()), "no_safetensors_header"),
        (b"Layer (type) " + b"a" * 2_000_000 + b" (", "no_layers_in_text"),
    ],
    ids=["deep", "deep layer", "no layers", "huge", "large", "deep header", "huge shape", "long line"],
)  # fmt: skip
def test_structure_of_hostile_files_is_refused_in_the_server_itself(content, code):
    if code is None:
        assert read_structure(content, "m").layers
        return
    with pytest.raises(RunClinicError) as caught:
        read_structure(content, "m")
    assert caught.value.code == code
    assert all(len(error_text(caught.value, language)) > 25 for language in LANGUAGES)
