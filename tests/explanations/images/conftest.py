"""The network that was trained on planted patches, opened once."""

import pytest

from tests.support import planted

pytest.importorskip("onnxruntime")


@pytest.fixture(scope="session")
def content():
    return planted.FILE.read_bytes()


@pytest.fixture(scope="session")
def given(content):
    from diagnostics.explanations.images.preparing import guess
    from diagnostics.explanations.sandbox import Model, Worker

    with Worker(Model(format="onnx", content=content)) as worker:
        return guess(worker.description)


@pytest.fixture
def network(content, given):
    from diagnostics.explanations.images.network import opened

    with opened(content, given) as found:
        yield found
