"""Parameters of a system or a profile in words, for docstrings, stub, command, pages and the browser package."""

from __future__ import annotations

from typing import Any

__all__ = ["default", "phrase", "sentence", "values"]

Row = dict[str, Any]


def _number(value: float) -> str:
    """A bound as people write it."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def values(row: Row) -> str:
    """What a parameter takes."""
    if "choices" in row:
        return ", ".join(f'"{word}"' for word in row["choices"])
    if "range" in row:
        low, high = row["range"]
        return f"{row['type']}, {_number(low)} to {_number(high)}"
    return str(row["type"])


def default(row: Row) -> str:
    """The default; nothing where there is none."""
    match row["default"]:
        case None:
            return ""
        case bool(value):
            return str(value).lower()
        case str(value):
            return f'"{value}"'
        case value:
            return _number(value)


def phrase(row: Row) -> str:
    """Meaning and default."""
    given = default(row)
    return str(row["text"]) + (f"; default {given}" if given else "")


def sentence(row: Row) -> str:
    """The same, as a sentence begins."""
    text = phrase(row)
    return text[:1].upper() + text[1:]
