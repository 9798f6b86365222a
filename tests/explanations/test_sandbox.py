"""The worker answers for good models, refuses bad ones, and can do nothing else."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from diagnostics.explanations.sandbox import Model, Worker  # noqa: E402
from diagnostics.explanations.sandbox.answers import ModelError  # noqa: E402

TABLE = helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 3])
OUT = helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)


def saved(nodes, initializers=(), inputs=(TABLE,), outputs=(OUT,), **extra):
    graph = helper.make_graph(list(nodes), "g", list(inputs), list(outputs), initializer=list(initializers))
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, **extra
    ).SerializeToString()


def linear():
    weight = numpy_helper.from_array(np.array([[1.0], [2.0], [-1.0]], dtype=np.float32), "W")
    return saved([helper.make_node("MatMul", ["X", "W"], ["Y"])], [weight])


def refusal(content, format="onnx", **limits):
    with pytest.raises(ModelError) as caught, Worker(Model(format=format, content=content), **limits):
        pass
    return caught.value


def test_a_good_model_answers_and_describes_itself():
    rows = np.arange(12, dtype=np.float64).reshape(4, 3)
    with Worker(Model(format="onnx", content=linear())) as worker:
        answer = worker.predict({"X": rows})["Y"]
        assert worker.description.inputs[0]["shape"] == [None, 3]
        assert all(worker.description.locks.values()) or sys.platform != "linux"
    np.testing.assert_allclose(answer[:, 0], rows @ [1, 2, -1])


def test_a_wrong_input_is_the_models_failure_and_the_worker_goes_on():
    with Worker(Model(format="onnx", content=linear())) as worker:
        with pytest.raises(ModelError) as caught:
            worker.predict({"X": np.zeros((2, 5))})
        assert caught.value.code == "model_failed"
        assert worker.predict({"X": np.ones((1, 3))})["Y"].tolist() == [[2.0]]


def test_external_data_is_refused_and_not_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"\x00" * 12)
    tensor = TensorProto(name="W", data_type=TensorProto.FLOAT, dims=[3, 1], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value=str(secret))
    content = saved([helper.make_node("MatMul", ["X", "W"], ["Y"])], [tensor])
    assert refusal(content).code == "model_external_data"


def test_an_endless_loop_is_refused():
    body = helper.make_graph(
        [helper.make_node("Identity", ["c"], ["c2"]), helper.make_node("Identity", ["v"], ["v2"])],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("c", TensorProto.BOOL, []),
            helper.make_tensor_value_info("v", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("c2", TensorProto.BOOL, []),
            helper.make_tensor_value_info("v2", TensorProto.FLOAT, None),
        ],
    )
    true = numpy_helper.from_array(np.array(True), "T")
    content = saved([helper.make_node("Loop", ["", "T", "X"], ["Y"], body=body)], [true])
    error = refusal(content)
    assert error.code == "model_operator" and error.params["operator"] == "Loop"


def test_a_loop_hidden_in_a_branch_is_refused():
    loop = helper.make_graph([helper.make_node("Loop", ["", ""], ["Z"])], "inner", [], [])
    content = saved([helper.make_node("If", ["X"], ["Y"], then_branch=loop, else_branch=loop)])
    assert refusal(content).params["operator"] == "Loop"


def test_a_huge_constant_meets_the_memory_limit():
    shape = numpy_helper.from_array(np.array([40_000_000_000], dtype=np.int64), "S")
    content = saved([helper.make_node("ConstantOfShape", ["S"], ["Y"])], [shape])
    error = None
    try:
        with Worker(Model(format="onnx", content=content)) as worker:
            worker.predict({"X": np.zeros((1, 3))})
    except ModelError as caught:
        error = caught
    assert error is not None and error.code in ("model_broken", "model_memory", "model_failed", "model_died")


def test_custom_domains_are_refused():
    content = saved([helper.make_node("Evil", ["X"], ["Y"], domain="com.evil")])
    assert refusal(content).code in ("model_custom_domain", "model_broken")


@pytest.mark.parametrize("content", [b"", b"\x80\x04\x95junk.", b"PK\x03\x04nothing", b"\x08" * 1000])
def test_what_is_no_model_is_said_so(content):
    assert refusal(content).code == "model_broken"


def test_mutated_files_never_hurt_the_server():
    generator = np.random.default_rng(0)
    good = linear()
    for _ in range(12):
        bad = bytearray(good)
        for place in generator.integers(0, len(bad), 3):
            bad[place] = generator.integers(256)
        try:
            with Worker(Model(format="onnx", content=bytes(bad)), answer_seconds=20) as worker:
                worker.predict({"X": np.zeros((1, 3))})
        except ModelError as error:
            assert error.code.startswith("model_")


ATTEMPTS = {
    "read a file": "open('/etc/hostname')",
    "list a folder": "import os; os.listdir('/')",
    "write a file": "open('made', 'w')",
    "open a socket": "import socket; socket.socket()",
    "start a program": "import os; os.execv('/bin/true', ['true'])",
    "fork": "import os; os.fork()",
    "end another process": "import os; os.kill(os.getppid(), 0)",
    "lift its limits": "import resource; resource.setrlimit(resource.RLIMIT_CPU, (5, 5))",
    "take memory": "bytearray(4_000_000_000)",
}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the locks are Linux's")
@pytest.mark.parametrize("attempt", ATTEMPTS, ids=str)
def test_behind_the_locks_a_process_cannot(attempt):
    script = textwrap.dedent(f"""
        import os, resource, socket, sys
        from diagnostics.explanations.sandbox import lockdown
        locks = lockdown.lock(2_500_000_000, 10)
        assert locks.landlock or locks.seccomp, locks
        try:
            {ATTEMPTS[attempt]}
        except (PermissionError, MemoryError, OSError) as error:
            print("refused")
        """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "refused", done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the locks are Linux's")
def test_threads_are_still_possible_behind_the_locks():
    script = textwrap.dedent("""
        import threading
        from diagnostics.explanations.sandbox import lockdown
        lockdown.lock(2_500_000_000, 10)
        seen = []
        thread = threading.Thread(target=lambda: seen.append(1))
        thread.start(); thread.join()
        print(seen)
        """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "[1]", done.stderr


def table():
    generator = np.random.default_rng(1)
    rows = generator.normal(size=(300, 4))
    return rows, (rows[:, 0] + rows[:, 1] * rows[:, 2] > 0).astype(int)


def test_lightgbm_text():
    lightgbm = pytest.importorskip("lightgbm")
    rows, target = table()
    model = lightgbm.train({"objective": "binary", "verbose": -1}, lightgbm.Dataset(rows, target), 5)
    with Worker(Model(format="lightgbm", content=model.model_to_string().encode())) as worker:
        np.testing.assert_allclose(worker.predict({"X": rows})["output"], model.predict(rows))
    assert refusal(b"tree\nversion=v4\nnum_class=1\nbroken", "lightgbm").code in ("model_broken", "model_died")


def test_xgboost_json_and_ubj():
    xgboost = pytest.importorskip("xgboost")
    rows, target = table()
    model = xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(rows, target), 5)
    for kind in ("json", "ubj"):
        with Worker(Model(format="xgboost", content=bytes(model.save_raw(kind)))) as worker:
            np.testing.assert_allclose(worker.predict({"X": rows})["output"], model.predict(xgboost.DMatrix(rows)))


def test_catboost_binary(tmp_path):
    catboost = pytest.importorskip("catboost")
    rows, target = table()
    model = catboost.CatBoostClassifier(iterations=5, verbose=0, allow_writing_files=False).fit(rows, target)
    model.save_model(str(tmp_path / "m.cbm"))
    with Worker(Model(format="catboost", content=(tmp_path / "m.cbm").read_bytes())) as worker:
        np.testing.assert_allclose(worker.predict({"X": rows})["output"], model.predict_proba(rows))


def test_skops_known_types_only():
    skops = pytest.importorskip("skops.io")
    from sklearn.ensemble import HistGradientBoostingClassifier

    rows, target = table()
    model = HistGradientBoostingClassifier(max_iter=5).fit(rows, target)
    with Worker(Model(format="skops", content=skops.dumps(model))) as worker:
        np.testing.assert_allclose(worker.predict({"X": rows})["output"], model.predict_proba(rows))
        assert worker.description.classes == ("0", "1")
    error = refusal(skops.dumps(subprocess.Popen), "skops")
    assert error.code == "model_unknown_types"
