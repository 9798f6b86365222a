"""Long work beside the pages: started once for its content, watched, cancelled, kept when somebody leaves the page."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

KEPT = 48
THREADS = 2


class Cancelled(Exception):
    """The work was asked to stop."""


class Job:
    """One piece of work.

    Attributes
    ----------
    done, total : int
        How far it is; total is 0 before the work has said.
    partial : object
        What is there already; None at first.
    """

    def __init__(self) -> None:
        self.done, self.total = 0, 0
        self.partial: Any = None
        self._begun = self._told = 0.0
        self._news = threading.Condition()
        self._stop = threading.Event()
        self._future: Future[Any] | None = None

    def tell(self, done: int, total: int, partial: Any = None) -> None:
        """Report progress from inside the work.

        Raises
        ------
        Cancelled
            When somebody asked to stop.
        """
        self.done, self.total = done, total
        self._told = time.monotonic()
        self._begun = self._begun or self._told
        if partial is not None:
            with self._news:
                self.partial = partial
                self._news.notify_all()
        if self._stop.is_set():
            raise Cancelled

    def cancel(self) -> None:
        """Ask the work to stop; what is there already stays."""
        self._stop.set()
        if self._future is not None:
            self._future.cancel()

    def wait(self, seconds: float, enough: Callable[[Any], bool] | None = None) -> bool:
        """Wait at most so long for the end, or until what is there already is enough; whether the end has come."""
        with self._news:
            self._news.wait_for(
                lambda: self.finished or (enough is not None and self.partial is not None and enough(self.partial)),
                timeout=seconds,
            )
        return self.finished

    def remaining(self) -> float | None:
        """Seconds from the last report to the end at the pace so far; None before the first part is done."""
        return (self._told - self._begun) / self.done * (self.total - self.done) if self.done else None

    def _follow(self, future: Future[Any]) -> None:
        """Belong to work that was handed to a thread; whoever waits is woken by its end."""
        self._future = future
        future.add_done_callback(lambda _: self._ended())

    def _ended(self) -> None:
        with self._news:
            self._news.notify_all()

    @property
    def stop(self) -> threading.Event:
        """Set once somebody asked to stop."""
        return self._stop

    @property
    def finished(self) -> bool:
        """Whether the work has ended, one way or another."""
        return self._future is not None and self._future.done()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked to stop before its end."""
        if not self._stop.is_set():
            return False
        return not self.finished or self._future is None or self._future.cancelled() or self.error is not None

    @property
    def error(self) -> BaseException | None:
        """Why it failed, or None."""
        if not self.finished or self._future is None or self._future.cancelled():
            return None
        return self._future.exception()

    @property
    def result(self) -> Any:
        """What came out, or what is there already."""
        if self.finished and self._future is not None and not self._future.cancelled() and self.error is None:
            return self._future.result()
        return self.partial


class Jobs:
    """The jobs of a process by the content of their inputs."""

    def __init__(self, *, threads: int = THREADS, kept: int = KEPT) -> None:
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="explain")
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()
        self._kept = kept

    def get(self, key: str) -> Job | None:
        """A job that was started, or None."""
        with self._lock:
            return self._jobs.get(key)

    def start(self, key: str, work: Callable[[Job], Any]) -> Job:
        """The job of a key, started where there is none; a cancelled or failed one is not started again by itself."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None:
                job = self._jobs[key] = Job()
                job._follow(self._pool.submit(work, job))
            self._jobs.move_to_end(key)
            self._forget()
            return job

    def drop(self, key: str) -> None:
        """Forget a job, so that the next `start` works anew."""
        with self._lock:
            job = self._jobs.pop(key, None)
        if job is not None:
            job.cancel()

    def _forget(self) -> None:
        for key in list(self._jobs):
            if len(self._jobs) <= self._kept:
                return
            if self._jobs[key].finished:
                del self._jobs[key]
