"""The way out: every line that the command prints goes through here.

What is shown is plain text that the stream can hold (`_text.visible`). A closed standard error is a silent one; a
closed standard output is an error with a code, as it carries data.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from .._files import FileError, file_errors, read_bytes, read_stream
from .._text import is_terminal, visible
from .sources import STANDARD

if TYPE_CHECKING:
    from rich.table import Table

#: What a cell of a table is made of: a line, or several.
Cell = str | Sequence[str]
#: Columns of a table that nobody looks at: names are not folded.
_WIDE = 400


def keep_standard_numbers() -> None:
    """Files opened later never get the number of a closed standard stream: a library's warning would be written to
    them."""
    with contextlib.suppress(OSError):
        while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
            pass
        os.close(number)


def tell_warnings() -> None:
    """Warnings of libraries are lines as all others."""
    warnings.showwarning = lambda message, *_, **__: complain(f"vaerans: {message}")


def say(line: str) -> None:
    """A line on standard output. Raises `FileError`, ``BrokenPipeError``."""
    _write(_standard("stdout"), visible(line, _encoding(sys.stdout)) + "\n")


def say_json(value: Any) -> None:
    """A value as JSON on standard output, in ASCII. Raises as `say`."""
    text = json.dumps(value, indent=2).replace("\x7f", "\\u007f")
    _write(_standard("stdout"), text + "\n")


def complain(*lines: str) -> None:
    """Lines on standard error; where that is closed or full nobody can be told."""
    with contextlib.suppress(OSError):
        for line in lines:
            _write(_standard("stderr"), visible(line, _encoding(sys.stderr)) + "\n")


def table(columns: Sequence[str], rows: Sequence[Sequence[Cell]], right: bool = True, stderr: bool = False) -> None:
    """A table of figures; with ``right=False`` of text. The first column is always text, if it is not alone."""
    stream = sys.stderr if stderr else sys.stdout
    encoding = _encoding(stream)
    made = _table([visible(name, encoding) for name in columns], right)
    for row in rows:
        made.add_row(*(_cell(value, encoding) for value in row))
    text = _drawn(made, encoding, is_terminal(stream))
    if not stderr:
        _write(_standard("stdout"), text)
        return
    with contextlib.suppress(OSError):
        _write(_standard("stderr"), text)


def standard_input() -> BinaryIO:
    """Standard input as bytes. Raises `FileError` where it is closed."""
    stream: BinaryIO = _standard("stdin").buffer
    return stream


def read_input(path: str, max_bytes: int | None) -> bytes:
    """The whole of an input, a file or ``-``. Raises as `vaerans_ecs._files.read_bytes`."""
    if path == STANDARD:
        return read_stream(standard_input(), max_bytes=max_bytes)
    return read_bytes(path, max_bytes)


def standard_output() -> BinaryIO:
    """Standard output for bytes. Raises `FileError` where it is closed."""
    stream: BinaryIO = _standard("stdout").buffer
    return stream


def flush() -> None:
    """What libraries have printed to standard output is brought out. Raises as `say`."""
    if sys.stdout is not None and not sys.stdout.closed:
        _write(sys.stdout, "")


def settle() -> None:
    """As `flush`, after a failure that was told: what cannot be brought out is let go."""
    with contextlib.suppress(FileError, BrokenPipeError):
        flush()


def abandon(stream: TextIO | None) -> None:
    """What is left of a stream goes nowhere, so that Python does not complain about it once more at exit."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())  # type: ignore[union-attr]
        os.close(null)


_NAMES = {"stdin": "standard input", "stdout": "standard output", "stderr": "standard error"}


def _standard(which: str) -> Any:
    stream = getattr(sys, which)
    if stream is None or stream.closed:
        raise FileError("unavailable.file", f"{_NAMES[which]} is closed; open it, or name a file")
    return stream


def _encoding(stream: TextIO | None) -> str:
    return getattr(stream, "encoding", None) or "utf-8"


def _write(stream: TextIO, text: str) -> None:
    try:
        with file_errors(_NAMES["stderr" if stream is sys.stderr else "stdout"], "write"):
            stream.write(text)
            stream.flush()
    except FileError as error:
        abandon(stream)
        if isinstance(error.__cause__, BrokenPipeError):
            raise error.__cause__ from None
        raise


def _cell(value: Cell, encoding: str) -> str:
    lines = [value] if isinstance(value, str) else value
    return "\n".join(visible(line, encoding) for line in lines)


def _table(columns: Sequence[str], right: bool) -> Table:
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD)
    for index, name in enumerate(columns):
        left = not right or (index == 0 and name != "files")
        made.add_column(name, justify="left" if left else "right", overflow="fold")
    return made


class _Page(io.StringIO):
    """Text in memory of which rich believes that it ends in a stream of this encoding."""

    encoding = "utf-8"


def _drawn(made: Table, encoding: str, seen: bool) -> str:
    from rich.console import Console

    page = _Page()
    page.encoding = encoding
    # File names may hold brackets and colons: they are no markup.
    Console(
        file=page, width=None if seen else _WIDE, markup=False, emoji=False, highlight=False, color_system=None
    ).print(made)
    return "".join(f"{line.rstrip()}\n" for line in page.getvalue().splitlines())
