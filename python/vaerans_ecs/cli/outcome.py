"""How a run ends: exit codes, usage problems, and what happened to each file."""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import typer

from ..errors import VaeransError

OK = 0
FAILED = 1  # some files failed; the others are done
USAGE = 2  # nothing was done
INTERRUPTED = 130  # 128 + SIGINT, as shells have it
TERMINATED = 143  # 128 + SIGTERM

Command = TypeVar("Command", bound=Callable[..., Any])


class UsageProblem(Exception):
    """What was asked for cannot be done as asked; found before anything runs."""


class Terminated(KeyboardInterrupt):
    """SIGTERM: ends a run as Ctrl-C does."""


@dataclass
class Outcome:
    """What became of one input."""

    source: str
    target: str = ""
    bytes_in: int = 0
    bytes_out: int = 0
    seconds: float = 0.0
    error: str | None = None
    code: str | None = None
    skipped: bool = False


def describe(error: BaseException) -> tuple[str, str]:
    """Code and message of an error, for a line of the summary."""
    if isinstance(error, VaeransError):
        code = str(error.code)
        return code, str(error).removeprefix(f"{code}: ").removeprefix(f"[{code}] ")
    if isinstance(error, OSError):
        return "unavailable.file", str(error)
    if isinstance(error, MemoryError):
        return "limit.memory", "no memory left; lower --jobs or free some"
    return "internal.bug", f"{type(error).__name__}: {error}; please report this"


def complain(message: str) -> None:
    """One line on standard error, whatever characters a file name brings."""
    encoding = sys.stderr.encoding or "utf-8"
    print(message.encode(encoding, "backslashreplace").decode(encoding), file=sys.stderr)


def _terminated(_signal: int, _frame: object) -> None:
    raise Terminated


def guarded(command: Command) -> Command:
    """Turns what a command raises into a line on standard error and the documented exit code."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            if hasattr(signal, "SIGTERM"):
                signal.signal(signal.SIGTERM, _terminated)
        except ValueError:  # not the main thread: a test, or an application that calls the command
            pass
        try:
            return command(*args, **kwargs)
        except UsageProblem as problem:
            complain(f"vaerans: {problem}")
            raise typer.Exit(USAGE) from None
        except Terminated:
            raise typer.Exit(TERMINATED) from None
        except KeyboardInterrupt:
            complain("vaerans: interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # Whoever read our output has left; so that Python does not complain about it once more at exit:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(FAILED) from None
        except ImportError as error:
            complain(f"vaerans: {error}; 'vaerans doctor' says what is missing")
            raise typer.Exit(FAILED) from None
        except (VaeransError, OSError, MemoryError) as error:
            complain("vaerans: {}: {}".format(*describe(error)))
            raise typer.Exit(FAILED) from None

    return run  # type: ignore[return-value]
