"""Parameters of a system or a profile in words."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


def number(value: float) -> str:
    """A bound as people write it."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def values(row: Row) -> str:
    """What a parameter takes."""
    if "choices" in row:
        return ", ".join(f'"{word}"' for word in row["choices"])
    if "range" in row:
        low, high = row["range"]
        return f"{row['type']}, {number(low)} to {number(high)}"
    return row["type"]


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
            return number(value)


def sentence(row: Row) -> str:
    """Meaning and default."""
    given = default(row)
    return row["text"] + (f"; default {given}" if given else "")
