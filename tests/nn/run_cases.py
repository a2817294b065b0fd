"""``python tests/nn/run_cases.py [PART OF A NAME]``: outcomes of the cases of onnx, those alike together."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from nn.cases import cases
from nn.engine import outcome


def main() -> None:
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    found: dict[str, list[str]] = defaultdict(list)
    for case in cases():
        if part in case.name:
            result = outcome(case)
            passes = "passes with inputs fixed at export" if result.fixed else "passes"
            found[result.why or passes].append(case.name)
    for why, names in sorted(found.items(), key=lambda pair: -len(pair[1])):
        print(len(names), " ".join(why.split())[:400], names[:4] if why.startswith("passes") else names)


if __name__ == "__main__":
    main()
