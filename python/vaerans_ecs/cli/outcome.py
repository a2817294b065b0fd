"""How a run ends: exit codes, usage problems, and what happened to each file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import VaeransError

OK = 0
FAILED = 1  # some files failed; the others are done
USAGE = 2  # nothing was done
INTERRUPTED = 130  # 128 + SIGINT, as shells have it
TERMINATED = 143  # 128 + SIGTERM

#: Knobs that messages of the package name as Python has them, and that are options here.
_KNOBS = re.compile(
    r"\b(max_pixels|max_bytes|max_elements|max_error|threads|profile|model)=|\b(max_(?:pixels|bytes|elements|error))\b"
)
#: Advice that takes a knob which is no option here.
_NO_KNOBS = re.compile(r"raise max_(?:side|file_bytes|metadata_bytes), or ")


class UsageProblem(Exception):
    """What was asked for cannot be done as asked; found before anything runs. One argument for each line."""


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
    note: str | None = None


def failure(source: str, error: BaseException, target: str = "") -> Outcome:
    """The outcome of a file that failed so."""
    code, message = describe(error)
    return Outcome(source, target, error=message, code=code)


def in_options(message: str) -> str:
    """A message of the package with the options of the command in place of Python's arguments.

    >>> in_options("raise max_pixels"), in_options("model=None is another than max_error=3")
    ('raise --max-pixels', 'no --model is another than --max-error 3')
    """
    message = re.sub(r"\b(\w+)=None\b", r"no \1=", _NO_KNOBS.sub("", message))
    named = _KNOBS.sub(lambda knob: f"--{(knob[1] or knob[2]).replace('_', '-')}{' ' if knob[1] else ''}", message)
    return re.sub(r"(no --[a-z-]+)  ", r"\1 ", named)


def describe(error: BaseException) -> tuple[str, str]:
    """Code and message of an error, for a line of the summary; it names options of the command."""
    if isinstance(error, VaeransError):
        return str(error.code), in_options(str(error.message))
    if isinstance(error, OSError):
        return "unavailable.file", str(error)
    if isinstance(error, MemoryError):
        return "limit.memory", "no memory left; lower --jobs or free some"
    return "internal.bug", f"{type(error).__name__}: {error}; please report this"
