"""``compress`` and ``decompress``: the same run in two directions."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import typer

from .. import _files
from .._text import is_terminal
from . import show
from .batch import Interrupted, run, workers_for
from .outcome import FAILED, Outcome, UsageProblem
from .output import complain, read_input, say_json, standard_input, standard_output
from .plan import Job, Plan
from .signals import code_of
from .sources import STANDARD, told

#: From the bytes of the input and ``threads`` to the bytes of the output, and what of the input is not in them.
Convert = Callable[[bytes, int | None], tuple[bytes, str | None]]


@dataclass(frozen=True)
class Settings:
    jobs: int | None
    force: bool
    skip_existing: bool
    quiet: bool
    json: bool
    max_bytes: int | None


def convert_all(plan: Plan, convert: Convert, larger: str, settings: Settings) -> None:
    """Run the plan, show what came of it, leave with the documented code."""
    _check_streams(plan, settings)
    if not settings.quiet:
        complain(*told(plan.skipped))
        named = (job for job in plan.jobs if job.instead is not None)
        complain(*(f"vaerans: {j.source}: {j.instead} has that name already: {j.target}" for j in named))
    workers, threads = workers_for(settings.jobs, len(plan.jobs))
    started = time.perf_counter()
    interrupted: Interrupted | None = None

    def work(job: Job, stop: threading.Event) -> Outcome:
        return _convert_one(job, stop, convert, threads, settings)

    with show.progress(len(plan.jobs), settings.quiet) as tick:
        try:
            outcomes = run(plan.jobs, work, workers, tick)
        except Interrupted as broken_off:
            outcomes, interrupted = broken_off.finished, broken_off
    outcomes += plan.failed
    _report(outcomes, plan, show.totals(outcomes, time.perf_counter() - started, larger), settings)
    if interrupted is not None:
        left = len(plan.jobs) - len(interrupted.finished)
        complain(f"vaerans: interrupted; {left} of {len(plan.jobs)} files were not done")
        raise typer.Exit(code_of(interrupted.cause))
    if any(outcome.error is not None for outcome in outcomes):
        raise typer.Exit(FAILED)


def _check_streams(plan: Plan, settings: Settings) -> None:
    if plan.to_stdout and settings.json:
        raise UsageProblem("--json and the file itself cannot both go to standard output; give a file with -o")
    if plan.to_stdout and is_terminal(standard_output()):
        raise UsageProblem("this would write a binary file to the terminal; give a file with -o, or pipe it on")
    if any(job.source == STANDARD for job in plan.jobs) and is_terminal(standard_input()):
        raise UsageProblem("standard input is a terminal; pipe a file into it, or name one")


def _convert_one(job: Job, stop: threading.Event, convert: Convert, threads: int | None, settings: Settings) -> Outcome:
    to_file = job.target != STANDARD
    if stop.is_set():
        return Outcome(job.source, job.target, error="interrupted", code="unavailable.interrupted")
    if to_file and not settings.force and os.path.lexists(job.target) and _is_regular(job.target):
        if settings.skip_existing:
            return Outcome(job.source, job.target, skipped=True)
        raise _files.FileThere("unavailable.file_exists", f"{job.target}: it is there already; --force overwrites it")
    data = read_input(job.source, settings.max_bytes)
    result, note = convert(data, threads)
    if stop.is_set():
        return Outcome(job.source, job.target, error="interrupted", code="unavailable.interrupted")
    if to_file:
        _make_folder(job.target)
        written = _files.write_atomic(job.target, result, overwrite=settings.force or not _is_regular(job.target))
    else:
        written = _files.write_stream(standard_output(), result)
    return Outcome(job.source, job.target, len(data), written, note=note)


def _is_regular(path: str) -> bool:
    """Whether it is a file that could be lost; a device or a pipe is there to be written to."""
    return not os.path.exists(path) or os.path.isfile(path)


def _make_folder(target: str) -> None:
    folder = os.path.dirname(target)
    if folder:
        with _files.file_errors(folder, "make the folder"):
            os.makedirs(folder, exist_ok=True)


def _report(outcomes: list[Outcome], plan: Plan, figures: dict[str, object], settings: Settings) -> None:
    if not settings.quiet:
        complain(*(f"vaerans: {o.source}: {o.note}" for o in outcomes if o.note is not None))
    show.failures(outcomes)
    if settings.json:
        skipped = [asdict(item) for item in plan.skipped]
        say_json({**figures, "results": [asdict(o) for o in outcomes], "left_out": skipped})
    elif not settings.quiet:
        show.summary(outcomes, figures)
