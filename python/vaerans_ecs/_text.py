"""Text from outside (names of files, what files say of themselves, messages of either) as text to be shown."""

from __future__ import annotations

from typing import Any


def visible(text: str, encoding: str = "utf-8") -> str:
    r"""``text`` with an escape for every character that is no plain sign on a screen or that ``encoding`` lacks.

    So that no name moves a cursor, begins a line or turns the direction of writing.

    >>> visible("a\x1b[31m\n\u202eb"), visible("caf\u00e9 \udcff"), visible("caf\u00e9", "ascii")
    ('a\\x1b[31m\\n\\u202eb', 'café \\udcff', 'caf\\xe9')
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def is_terminal(stream: Any) -> bool:
    """Whether somebody looks at a stream; nobody does at one that is closed or missing (``pythonw``, ``>&-``)."""
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):
        return False
