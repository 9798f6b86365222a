"""Workers are kept for the next question, never shared, ended on failure and after a while."""

import pytest

from diagnostics.explanations.sandbox import Model
from diagnostics.explanations.warm import WarmWorkers
from tests.support import explained


@pytest.fixture
def model():
    pytest.importorskip("lightgbm")
    return Model(format="lightgbm", content=explained.files(60)["model.txt"])


def test_a_worker_is_used_again_and_by_one_at_a_time(model):
    pool = WarmWorkers(kept=1)
    with pool.borrowed(model) as first, pool.borrowed(model) as second:
        assert second is not first
    with pool.borrowed(model) as again:
        assert again in (first, second) and again.alive
    pool.close()
    assert not first.alive and not second.alive


def test_a_failed_or_dead_worker_is_not_used_again(model):
    pool = WarmWorkers()
    with pytest.raises(ZeroDivisionError), pool.borrowed(model) as failed:
        _ = 1 / 0
    assert not failed.alive
    with pool.borrowed(model) as first:
        pass
    first._process.kill()
    first._process.wait()
    with pool.borrowed(model) as fresh:
        assert fresh is not first and fresh.alive
    pool.close()
