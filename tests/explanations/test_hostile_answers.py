"""Whatever a worker says is understood or refused in one way; the server never takes more than it asked for."""

import io
import json
import random
import struct

import numpy as np
import pytest

from diagnostics.exceptions import RunClinicError
from diagnostics.explanations import binding
from diagnostics.explanations.images import preparing
from diagnostics.explanations.images.network import ImageNetwork
from diagnostics.explanations.sandbox import Model, ModelError, Worker, answers, frames
from diagnostics.knowledge import LANGUAGES, error_text

LAYER = {"tensor": "a", "name": "a", "kind": "Conv", "shape": [1, 2, 3], "convolution": True}
BROKEN = [
    ({}, {}),
    ({"layers": 5, "structure": [], "native": "x", "tree": None}, {}),
    ({"layers": [5]}, {"activations": np.zeros((1, 2, 3)), "map": np.zeros((1, 2, 3, 4)), "seen": np.zeros(2)}),
    ({"layers": [{}]}, {"activations": np.zeros((0, 2, 3, 3)), "map": np.zeros((0, 3, 3))}),
    ({"layers": [LAYER | {"shape": ["x"]}]},
     {"activations": np.array([[[["a"]]]], dtype=object), "map": np.array([[["a"]]], dtype=object)}),
    ({"layers": [LAYER | {"shape": [1, 2]}]}, {}),
    ({"layers": [LAYER | {"shape": [1, 2, float("inf")]}]}, {}),
]  # fmt: skip
VALUES = (None, True, -1, 1 << 70, float("inf"), float("nan"), "x", "", [], {}, [None], ["x"], [[]], {"name": "x"})


def saying(monkeypatch, message, arrays):
    worker = Worker(Model(format="onnx", content=b""))
    monkeypatch.setattr(worker, "_ask", lambda *a, **k: (message, arrays))
    return worker


@pytest.mark.parametrize(("message", "arrays"), BROKEN)
def test_an_answer_to_something_else_is_refused(message, arrays, monkeypatch):
    worker = saying(monkeypatch, message, arrays)
    network = ImageNetwork(worker, preparing.ImageInput(name="X", layout="NCHW", height=4, width=4, channels=1))
    network.output = "Y"
    picture = np.zeros((4, 4, 1), np.float32)
    asks = [
        network.layers, lambda: network.activations(picture, "t"), lambda: network.gradient_map(picture, "t", 0),
        worker.structure, worker.native, lambda: worker.tree(0, 0, {}),
    ]  # fmt: skip
    for ask in asks:
        with pytest.raises(ModelError) as caught:
            ask()
        assert caught.value.code == "model_answer_broken"


@pytest.mark.parametrize(
    ("values", "margin"),
    [
        ((4, 1, 3), (5, 1)), ((5, 1, 3), (4, 1)), ((5, 2, 3), (5, 1)), ((5, 1, 2), (5, 1)), ((5, 3), (5, 1)),
        ((5, 1, 3), (5,)),
    ],
)  # fmt: skip
def test_contributions_of_other_rows_or_features_are_refused(values, margin, monkeypatch):
    worker = saying(monkeypatch, {"ok": True}, {"values": np.zeros(values), "margin": np.zeros(margin)})
    with pytest.raises(ModelError) as caught:
        worker.contributions({"X": np.zeros((5, 2))})
    assert caught.value.code == "model_answer_broken"


def understood(ask):
    """Whether an answer was understood; a refusal can be put into words."""
    try:
        ask()
    except RunClinicError as error:
        assert all(error_text(error, language) for language in LANGUAGES)
        return False
    return True


def changed(said, chance):
    """A copy with one value, anywhere, replaced or left out."""
    copy = json.loads(json.dumps(said))
    inner = copy
    while True:
        place = chance.choice(list(inner) if isinstance(inner, dict) else range(len(inner)))
        if not isinstance(inner[place], dict | list) or not inner[place] or chance.random() < 0.3:
            break
        inner = inner[place]
    if chance.random() < 0.2:
        del inner[place]
    else:
        inner[place] = chance.choice(VALUES)
    return copy


def test_descriptions_with_anything_in_them():
    value = {"name": "X", "type": "tensor(float)", "shape": [None, 3, 8, 8]}
    whole = {
        "ready": {"inputs": [value], "outputs": [value], "features": ["a"], "classes": []},
        "locks": {"limits": True},
    }
    chance = random.Random(0)
    found = []
    for said in (whole, *(changed(whole, chance) for _ in range(2000))):
        found.append(understood(lambda said=said: preparing.guess(answers.description(said))))
        understood(lambda said=said: binding.features_of(answers.description(said), ["a", "b"]))
    assert found[0] and 0 < sum(found) < len(found)


@pytest.mark.parametrize("word", ["failed", "refused"])
def test_refusals_with_anything_in_them(word, monkeypatch):
    given = {"found": 1, "limit": 2, "layer": "x", "outputs": "x", "operator": "x", "seconds": 1.5}
    chance = random.Random(0)
    for code in ("model_too_large", "model_answer_too_large", "model_timeout", "layer_unknown", "no such code"):
        whole = {word: code, "params": given}
        for said in (
            whole,
            {word: code, "params": {"self": 1, "code": 2}},
            *(changed(whole, chance) for _ in range(200)),
        ):
            understood(lambda said=said: _raised(answers.refusal(said.get(word), said.get("params", {}))))
    worker = saying(monkeypatch, {"failed": ["x"], "params": 5}, {})
    with pytest.raises(ModelError) as caught:
        worker.predict({})
    assert caught.value.code == "model_answer_broken"


def _raised(error):
    raise error


def framed(header, body):
    return io.BytesIO(struct.pack("<QQ", len(header), len(body)) + header + body)


def test_frames_with_anything_in_them():
    stream = io.BytesIO()
    frames.write(stream, {"ok": True}, {"Y": np.zeros((2, 3)), "L": np.array(["a", "b"], dtype=object)}, b"blob")
    content = stream.getvalue()
    length = struct.unpack("<Q", content[:8])[0]
    whole, body = json.loads(content[16 : 16 + length]), content[16 + length :]
    assert frames.read(framed(json.dumps(whole).encode(), body))[2] == b"blob"
    chance, broken = random.Random(0), 0
    types = ["(2,)f8", "f8,f8", "O", "V8", "({", "m8[s]", "<f8" * 9, ">f8"]
    odd = [whole | {"arrays": [whole["arrays"][0] | {"dtype": one}]} for one in types]
    for said in (*odd, *(changed(whole, chance) for _ in range(2000))):
        try:
            frames.read(framed(json.dumps(said).encode(), body))
        except (frames.BrokenFrame, EOFError):
            broken += 1
    assert broken > 1000


@pytest.mark.parametrize("header", [b"[" * 200_000, b"\xff\xfe", b"5", b"{}", b'{"arrays": 1, "blob": 1e999}', b""])
def test_headers_that_are_none(header):
    with pytest.raises(frames.BrokenFrame):
        frames.read(framed(header, b""))


def test_an_answer_over_the_limit_is_not_read():
    stream = io.BytesIO()
    frames.write(stream, {"ok": True}, {"Y": np.zeros(1000)})
    for limit, place in ((7999, 16), (8000, len(stream.getvalue()))):
        stream.seek(0)
        if limit < 8000:
            with pytest.raises(frames.BrokenFrame):
                frames.read(stream, limit)
        else:
            assert frames.read(stream, limit)[1]["Y"].shape == (1000,)
        assert stream.tell() == place
