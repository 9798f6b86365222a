"""Long work in the background: a small pool of threads, progress, a way to stop, results kept while they are asked for.

Jobs compute and never call Streamlit; a page asks again and again how far they are.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Any

from diagnostics.types import Predictions

WORKERS = 2
"""Jobs that run at once; the others wait their turn."""

KEPT = 64
"""Jobs whose results are remembered."""


class Job:
    """One piece of long work.

    Parameters
    ----------
    work : callable
        Takes `progress` (called with the share done) and `cancel` (an event to look at).
    """

    def __init__(self, work: Callable[..., Any]) -> None:
        self._work = work
        self._cancel = threading.Event()
        self._share = 0.0
        self.future: Future[Any] = Future()

    def run(self) -> Any:
        """Do the work; the pool calls this."""
        return self._work(progress=self._tell, cancel=self._cancel)

    def _tell(self, share: float) -> None:
        self._share = share

    @property
    def share(self) -> float:
        """Share done, 0 to 1."""
        return min(1.0, max(0.0, self._share))

    @property
    def stopped(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._cancel.is_set()

    def stop(self) -> None:
        """Ask it to stop; one that still waits never starts."""
        self._cancel.set()
        self.future.cancel()

    def ready(self, patience: float = 0.0) -> bool:
        """Whether it has ended, after waiting for at most `patience` seconds."""
        return not wait([self.future], timeout=patience).not_done


class Jobs:
    """All jobs of this process, by what they compute; sessions that ask for the same share one."""

    def __init__(self, workers: int = WORKERS) -> None:
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="run-clinic-job")
        self._known: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()

    def start(self, key: str, work: Callable[..., Any]) -> Job:
        """Return the job of this key, started where it is not known."""
        with self._lock:
            job = self._known.get(key)
            if job is None:
                job = self._known[key] = Job(work)
                job.future = self._pool.submit(job.run)
            self._known.move_to_end(key)
            for old in list(self._known)[: max(0, len(self._known) - KEPT)]:
                if self._known[old].ready():
                    del self._known[old]
            return job

    def forget(self, key: str) -> None:
        """Drop a job, so that it starts anew when it is asked for again."""
        with self._lock:
            self._known.pop(key, None)


_jobs = Jobs()
_slow = Jobs(workers=1)


def start(function: Callable[..., Any], predictions: Predictions, *arguments: Hashable) -> tuple[str, Job]:
    """Start what an engine function does in the background, once for the content; return its key and the job.

    Parameters
    ----------
    function : callable
        Takes the set, the arguments, `progress` and `cancel`; named at the top of a module.
    """
    told = [argument.digest if isinstance(argument, Predictions) else argument for argument in arguments]
    part = repr(sorted(predictions.part.items()))
    key = f"{function.__module__}.{function.__qualname__} {predictions.digest} {part} {told!r}"
    return key, _jobs.start(key, partial(function, predictions, *arguments))


def forget(key: str) -> None:
    """Drop a job that was stopped or failed, so that it can be started again."""
    _jobs.forget(key)


def start_slow(key: str, work: Callable[..., Any]) -> Job:
    """Start work that may take minutes; it has a thread of its own, so that no search has to wait for it."""
    return _slow.start(key, work)


def forget_slow(key: str) -> None:
    """Drop a slow job, so that it starts anew when it is asked for again."""
    _slow.forget(key)
