"""Many files at once: one bad file stops none of the others, Ctrl-C leaves nothing half-written."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from ..errors import ParamError
from .outcome import Outcome, UsageProblem, failure
from .plan import Job

#: Seconds between looks at the signals: where the platform cannot interrupt a wait, it ends soon by itself.
_PATIENCE = 0.2

Work = Callable[[Job, threading.Event], Outcome]


class Interrupted(Exception):
    """The run was broken off; ``finished`` are the files done by then."""

    def __init__(self, finished: list[Outcome], cause: KeyboardInterrupt) -> None:
        super().__init__("interrupted")
        self.finished = finished
        self.cause = cause


def core_count() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def thread_count() -> int:
    """Threads of a run that is told none: what ``VAERANS_THREADS`` says, else those cores.

    Raises `UsageProblem` for a variable that says no number of threads.
    """
    from .. import _core

    try:
        return _core.resolve_threads(None)
    except ParamError as error:
        raise UsageProblem(error.message) from error


def workers_for(jobs: int | None, files: int) -> tuple[int, int | None]:
    """How many files at once, and how many threads each may use."""
    threads = thread_count()
    workers = max(1, min(jobs or threads, files))
    return workers, None if workers == 1 else max(1, threads // workers)


def run(jobs: Sequence[Job], work: Work, workers: int, tick: Callable[[Outcome], None]) -> list[Outcome]:
    """Do all jobs; outcomes stand in the order of the jobs. ``tick`` is called for each as it is finished.

    Raises `Interrupted` on Ctrl-C, at once: the files under way are dropped when the process ends.
    """
    stop = threading.Event()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="vaerans")
    futures: list[Future[Outcome]] = []
    try:
        futures += [pool.submit(_one, job, work, stop) for job in jobs]
        waiting = set(futures)
        while waiting:
            done, waiting = wait(waiting, _PATIENCE, FIRST_COMPLETED)
            for future in done:
                tick(future.result())
    except KeyboardInterrupt as cause:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)
        finished = [f.result() for f in futures if f.done() and not f.cancelled()]
        raise Interrupted([o for o in finished if o.error is None], cause) from None
    pool.shutdown()
    return [future.result() for future in futures]


def _one(job: Job, work: Work, stop: threading.Event) -> Outcome:
    started = time.perf_counter()
    try:
        outcome = work(job, stop)
    except BaseException as error:  # of a panic too: one file is no reason to lose the others
        outcome = failure(job.source, error, job.target)
    outcome.seconds = time.perf_counter() - started
    return outcome
