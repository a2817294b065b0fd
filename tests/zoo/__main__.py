"""Real models through the engine, against ONNX Runtime: ``python tests/zoo [WORD...]``, those whose names have a word.

Prints a table and ends with 1 if an output differs by more than 1e-4 of its greatest value, or a model does not run.
Packages with models are fetched once, into build/zoo.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "nn")]
sys.path.remove(str(TESTS / "zoo"))

from conftest import shared_folder  # noqa: E402
from zoo.entry import Absent  # noqa: E402
from zoo.measure import HOMES, Result, measure  # noqa: E402
from zoo.models import entries  # noqa: E402

CACHE = TESTS.parent / "build/zoo"


def row(name: str, result: Result) -> str:
    """A line of the table."""
    errors = "  ".join(f"{result.errors[home]:8.1e}" for home in HOMES)
    times = "  ".join(f"{result.times[home]:8.2f}" for home in ("ort", "fast", "wasm"))
    note = "" if result.theirs is None else f"; against 64 bits, of which ONNX Runtime is {result.theirs:.1e} off"
    return f"{name:26}  {errors}  {times}  {result.memory or 0:6.3f}  {'right' if result.is_right else 'WRONG'}{note}"


def main(words: list[str]) -> int:
    """Runs what is asked for."""
    print(f"{'model':26}  {'strict':>8}  {'fast':>8}  {'wasm':>8}  {'ORT ms':>8}  {'ours':>8}  {'wasm':>8}  memory")
    wrong = ran = 0
    for entry in entries(shared_folder(), CACHE):
        if words and not any(word in entry.name for word in words):
            continue
        try:
            result = measure(entry, CACHE / "made" / entry.name)
        except Absent as why:
            print(f"{entry.name:26}  skipped: {why}", flush=True)
            continue
        except Exception:
            print(f"{entry.name:26}  FAILED\n{traceback.format_exc(limit=-3)}", flush=True)
            wrong += 1
            continue
        ran += 1
        wrong += not result.is_right
        print(row(entry.name, result), flush=True)
    print(f"{ran} models ran, {wrong} are wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
