"""Signals that end the command: at once, whatever it is in the middle of, and without leaving half a file.

Python raises what a signal means between two of its own instructions, on the main thread alone: a codec at work on a
large picture, or a read that waits, holds that up. A thread that is told by the operating system sees to it that the
process ends all the same.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator

from .. import _files
from .output import abandon, complain

#: Seconds that a command has to say what it did before it is ended.
_GRACE = 1.0
_ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP: ends a run as Ctrl-C does."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.code = 128 + number


def code_of(interrupt: KeyboardInterrupt) -> int:
    """The exit code of an interrupted run."""
    return interrupt.code if isinstance(interrupt, Terminated) else 128 + signal.SIGINT


def leave(code: int) -> None:
    """End the process now: what threads have under way is dropped, and their temporary files with it."""
    _files.remove_temporaries()
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            abandon(stream)
    os._exit(code)


@contextlib.contextmanager
def watched() -> Iterator[None]:
    """While this is open, signals that end the process do. Signals are for the main thread: from another nothing is."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    for number in _ENDING:
        if number != signal.SIGINT and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _raise)
    threading.Thread(target=_watch, args=(ours,), name="vaerans-signals", daemon=True).start()
    before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        theirs.close()


def _raise(number: int, _frame: object) -> None:
    raise Terminated(number)


def _watch(told: socket.socket) -> None:
    """After a signal, the next one or the end of the grace ends the process."""
    first = _next(told)
    if first is None:
        return
    told.settimeout(_GRACE)
    with contextlib.suppress(TimeoutError):
        _next(told)
    complain("vaerans: interrupted")
    leave(128 + first)


def _next(told: socket.socket) -> int | None:
    """The number of the next signal that ends a process; ``None`` once nobody watches any more."""
    while number := told.recv(1):
        if number[0] in _ENDING:
            return number[0]
    return None
