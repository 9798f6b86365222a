"""Workers kept for a while after they answered: starting one costs seconds, most answers far less."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from diagnostics.explanations.sandbox import Model, Worker

CPU_SECONDS = 300
"""Of a worker's whole life; a user watches the progress of long work and can cancel it."""

ANSWER_SECONDS = 60.0
KEPT = 2
IDLE_SECONDS = 120.0
BUSY_SECONDS = 100.0
"""A worker that was in use for so long is not kept: its share of processor time is for one piece of work."""


class WarmWorkers:
    """Idle workers by the content of their model.

    Parameters
    ----------
    kept : int
        Idle workers at most.
    idle_seconds : float
        After that an idle worker is ended.
    """

    def __init__(self, *, kept: int = KEPT, idle_seconds: float = IDLE_SECONDS) -> None:
        self._kept, self._patience = kept, idle_seconds
        self._idle: OrderedDict[str, tuple[Worker, float]] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def borrowed(self, model: Model) -> Iterator[Worker]:
        """A worker that has loaded a model, for one user at a time; ended where the work fails."""
        worker, busy = self._take(model.digest)
        if worker is None:
            worker = Worker(model, cpu_seconds=CPU_SECONDS, answer_seconds=ANSWER_SECONDS).__enter__()
        started = time.monotonic()
        try:
            yield worker
        except BaseException:
            worker.close()
            raise
        self._give_back(model.digest, worker, busy + time.monotonic() - started)

    def close(self) -> None:
        """End every idle worker."""
        with self._lock:
            idle, self._idle = list(self._idle.values()), OrderedDict()
        for worker, _ in idle:
            worker.close()

    def _take(self, key: str) -> tuple[Worker | None, float]:
        with self._lock:
            worker, busy = self._idle.pop(key, (None, 0.0))
        if worker is not None and not worker.alive:
            worker.close()
            return None, 0.0
        return worker, busy

    def _give_back(self, key: str, worker: Worker, busy: float) -> None:
        ended: list[Worker] = []
        with self._lock:
            if busy > BUSY_SECONDS or key in self._idle:
                ended.append(worker)
            else:
                self._idle[key] = (worker, busy)
                timer = threading.Timer(self._patience, self._expire, (key, worker))
                timer.daemon = True
                timer.start()
            while len(self._idle) > self._kept:
                ended.append(self._idle.popitem(last=False)[1][0])
        for one in ended:
            one.close()

    def _expire(self, key: str, worker: Worker) -> None:
        with self._lock:
            if self._idle.get(key, (None, 0.0))[0] is not worker:
                return
            del self._idle[key]
        worker.close()


warm = WarmWorkers()
"""The workers of this process."""
