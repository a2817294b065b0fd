"""What a run leaves behind: one row per step and group of entities of one shape."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

__all__ = ["Trace"]


class Trace:
    """Rows of dictionaries; a table in a notebook, JSON on disk (``World.save_trace``)."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, i: int) -> dict[str, Any]:
        return self.rows[i]

    def table(self) -> list[tuple[str, ...]]:
        """The rows as text, a header first."""
        head = ("step", "system", "entities", "input", "output", "entropy", "bytes", "ms", "isa", "seed")
        return [head, *(_cells(r) for r in self.rows)]

    def __repr__(self) -> str:
        table = self.table()
        widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
        return "\n".join("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in table)

    def _repr_html_(self) -> str:
        head, *rows = self.table()
        cells = "".join(f"<th>{html.escape(c)}</th>" for c in head)
        body = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in rows)
        return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def _cells(r: dict[str, Any]) -> tuple[str, ...]:
    entropy = "" if r["entropy_bits"] is None else f"{r['entropy_bits']:.3f}"
    return (
        str(r["step"]),
        f"{r['system']}({r['params']})",
        str(r["entities"]),
        f"{tuple(r['input_shape'])} {r['input_dtype']}",
        f"{tuple(r['output_shape'])} {r['output_dtype']}",
        entropy,
        str(r["bytes"]),
        f"{r['nanos'] / 1e6:.3f}",
        r["isa"],
        str(r["seed"]),
    )
