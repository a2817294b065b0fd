"""docs/benchmarks/networks.md from what was measured."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

#: Of each kind of model, how many times as fast as the peer it has to be, and is to be: natively, and in the web.
NATIVE = {"layers": (1.3, 1.6), "taesd": (1.3, 1.6), "others": (0.8, 1.0), "mean": (1.0, 1.2)}
WEB = {
    "layers": (2.0, 3.0),
    "taesd": (2.0, 2.5),
    "det": (1.5, 1.9),
    "rec": (1.1, 1.3),
    "transformer": (0.9, 1.2),
    "lstm": (0.9, 1.2),
    "cold": (5.0, 5.0),
    "simd": (3.0, 4.0),
}
HEAD = """# Speed of networks

Made by `make bench-nn`: the engine and its peer take turns on the same inputs, on one thread each, after their outputs
were found to agree; figures are the least of all rounds, in milliseconds, and the ratio says how many times as fast as
the peer the fast mode is. Cold start: from before the script is imported to the first answer, in a new process or a new
page (where the engine works in a worker, as it does unless told otherwise). "peer tfjs-wasm": the same turns, with
TensorFlow.js and its wasm backend as the peer, which is given and gives channels last; no bounds hold for that row.
"""


def mean(ratios: list[float]) -> float:
    """The geometric mean."""
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def is_native(table: dict[str, Any]) -> bool:
    """Whether it is a table of the processor's own code."""
    return str(table["home"]).startswith("Native")


def more(table: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows that follow from the others."""
    rows = table["rows"]
    others = [row["ratio"] for row in rows if row["kind"] == "others"]
    if others:
        yield {"name": "geometric mean of the other models", "kind": "mean", "ratio": mean(others)}
    based = [row["base"] / row["strict"] for row in rows if row.get("base")]
    if based:
        yield {
            "name": "strict mode: simd128 over no SIMD, geometric mean",
            "kind": "simd",
            "ratio": mean(based),
        }


def reached(row: dict[str, Any], bounds: dict[str, tuple[float, float]]) -> str:
    """Which bound a row reached."""
    must, aim = bounds[row["kind"]]
    return "aim" if row["ratio"] >= aim else "must" if row["ratio"] >= must else "MISSED"


def verdicts(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Of each figure with a bound what it is, and which it reached."""
    bounds = NATIVE if is_native(table) else WEB
    for row in (*table["rows"], *more(table)):
        if row["kind"] not in bounds:
            continue
        yield f"{table['home']}: {row['name']} ({row['ratio']:.2f})", reached(row, bounds)


def cells(row: dict[str, Any], bounds: dict[str, tuple[float, float]], keys: list[str]) -> str:
    """A line of a table."""
    held = bounds.get(row["kind"])
    last = [*(f"{bound:g}" for bound in held), reached(row, bounds)] if held else [""] * 3
    times = [f"{row[key]:.3g}" if row.get(key) else "" for key in keys]
    line = [row["name"], *times, f"{row['ratio']:.2f}", *last]
    return f"| {' | '.join(line)} |"


def page(tables: list[dict[str, Any]]) -> str:
    """All of them as Markdown."""
    parts = [HEAD]
    for table in tables:
        bounds = NATIVE if is_native(table) else WEB
        keys = ["fast", "strict", *([] if is_native(table) else ["base"]), "peer"]
        names = [{"base": "no SIMD"}.get(key, key) for key in keys]
        head = f"| | {' | '.join(names)} | ratio | must | aim | reached |\n| --- |{' ---: |' * (len(keys) + 3)} --- |"
        lines = [cells(row, bounds, keys) for row in (*table["rows"], *more(table))]
        parts.append(f"## {table['home']}\n\n{table['about']}. {table['date']}.\n\n{head}\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)
