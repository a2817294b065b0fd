"""What people see: a bar while it runs, a table after. All on standard error; standard output carries data."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from .._text import is_terminal, visible
from .outcome import Outcome
from .output import complain, table

_NAMED = 5
_UNITS = ("B", "kB", "MB", "GB", "TB")


def size(count: float) -> str:
    """Bytes for people, in powers of 1000.

    >>> size(999), size(12_345), size(3_000_000)
    ('999 B', '12.3 kB', '3.0 MB')
    """
    unit = 0
    while count >= 1000 and unit < len(_UNITS) - 1:
        count /= 1000
        unit += 1
    return f"{count:.0f} {_UNITS[0]}" if unit == 0 else f"{count:.1f} {_UNITS[unit]}"


class _Bar:
    def __init__(self, bar: Any, task: Any) -> None:
        self._bar, self._task = bar, task

    def __call__(self, outcome: Outcome) -> None:
        self._bar.update(self._task, advance=1)


def progress(total: int, quiet: bool) -> AbstractContextManager[Any]:
    """A context that gives a function to call for each finished file; draws only on a terminal."""
    if quiet or not is_terminal(sys.stderr):
        return nullcontext(lambda outcome: None)
    return _drawn(total)


class _drawn:
    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("", total=total)

    def __enter__(self) -> _Bar:
        self._bar.start()
        return _Bar(self._bar, self._task)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def totals(outcomes: Sequence[Outcome], seconds: float, larger: str) -> dict[str, Any]:
    """The figures of a run; ``larger`` is what the ratio starts from: ``in`` for compress, ``out`` for decompress."""
    done = [o for o in outcomes if o.error is None and not o.skipped]
    bytes_in, bytes_out = sum(o.bytes_in for o in done), sum(o.bytes_out for o in done)
    big, small = (bytes_in, bytes_out) if larger == "in" else (bytes_out, bytes_in)
    return {
        "files": len(done),
        "bytes_in": bytes_in,
        "bytes_out": bytes_out,
        "ratio": round(big / small, 3) if small else None,
        "seconds": round(seconds, 3),
        "failures": sum(o.error is not None for o in outcomes),
        "skipped": sum(o.skipped for o in outcomes),
        "grown": sum(_has_grown(o) for o in done) if larger == "in" else 0,
    }


def _has_grown(outcome: Outcome) -> bool:
    return outcome.error is None and not outcome.skipped and outcome.bytes_out > outcome.bytes_in


def _grown(outcomes: Sequence[Outcome]) -> None:
    named = ", ".join(f"{o.source} ({size(o.bytes_in)} to {size(o.bytes_out)})" for o in outcomes[:_NAMED])
    more = f" and {len(outcomes) - _NAMED} more" if len(outcomes) > _NAMED else ""
    complain(f"vaerans: larger than before: {named}{more}; lower --quality or keep these as they are")


def summary(outcomes: Sequence[Outcome], figures: dict[str, Any]) -> None:
    """What grew, then the table."""
    if figures["grown"]:
        _grown([o for o in outcomes if _has_grown(o)])
    ratio = figures["ratio"]
    rows = {
        "files": str(figures["files"]),
        "bytes in": size(figures["bytes_in"]),
        "bytes out": size(figures["bytes_out"]),
        "ratio": "-" if ratio is None else f"{ratio:.2f}",
        "time": f"{figures['seconds']:.2f} s",
        "failures": str(figures["failures"]),
    }
    if figures["skipped"]:
        rows["skipped"] = str(figures["skipped"])
    table(list(rows), [list(rows.values())], stderr=True)


def failures(outcomes: Sequence[Outcome]) -> None:
    """One line for each file that failed."""
    for outcome in outcomes:
        if outcome.error is not None:
            named = "" if visible(outcome.source) in visible(outcome.error) else f"{outcome.source}: "
            complain(f"vaerans: {outcome.code}: {named}{outcome.error}")
