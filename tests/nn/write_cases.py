"""``python tests/nn/write_cases.py OUT [PART OF A NAME]``: onnx's cases, compiled, for homes without Python.

OUT/cases.json lists them: name, offset and length of plan and weights, and of inputs and wanted outputs with their
types and extents. All bytes stand in OUT/cases.bin, each part at a multiple of 64. Those that conformance_skips.txt
names are left out.

``--fuzz`` writes a file a case instead, as the fuzz target ``plan`` reads them: small ones, one for each list of
operators.
"""

from __future__ import annotations

import json
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from nn.cases import Case, cases, skips
from nn.engine import Compiled, compiled

#: Where parts begin.
ALIGN = 64
#: Bytes of a plan in front of its symbols, and of its checksum: fuzz/fuzz_targets/plan.rs writes those itself.
HEAD, TAIL = 53, 4
#: Most bytes of an input of the fuzz target.
MAX_SEED = 2048


class File:
    """Bytes of all cases, one behind the other."""

    def __init__(self) -> None:
        self.bytes = bytearray()

    def add(self, data: bytes) -> list[int]:
        """Offset and length of what is added."""
        self.bytes += bytes(-len(self.bytes) % ALIGN)
        self.bytes += data
        return [len(self.bytes) - len(data), len(data)]

    def arrays(self, arrays: list[np.ndarray]) -> list[dict[str, Any]]:
        return [{"type": a.dtype.name, "shape": list(a.shape), "at": self.add(a.tobytes())} for a in arrays]


def chosen(part: str) -> list[Case]:
    patterns = [pattern for pattern, _ in skips()]
    return [c for c in cases() if part in c.name and not any(fnmatchcase(c.name, p) for p in patterns)]


def write(out: Path, part: str) -> None:
    file, rows = File(), []
    for case in chosen(part):
        found = compiled(case)
        rows.append(
            {
                "name": case.name,
                "plan": file.add(found.plan),
                "weights": file.add(found.weights),
                "inputs": file.arrays(found.inputs),
                "outputs": file.arrays(found.outputs),
            }
        )
    (out / "cases.bin").write_bytes(file.bytes)
    (out / "cases.json").write_text(json.dumps(rows, separators=(",", ":")), encoding="utf-8")
    print(f"{len(rows)} cases, {len(file.bytes)} bytes")


def seed(found: Compiled) -> bytes:
    return len(found.weights).to_bytes(2, "little") + found.weights + found.plan[HEAD:-TAIL]


def write_seeds(out: Path, part: str) -> None:
    kinds: set[str] = set()
    for case in chosen(part):
        kind = " ".join(sorted({node.op_type for node in case.model.graph.node}))
        data = seed(compiled(case)) if kind not in kinds else b""
        if 0 < len(data) <= MAX_SEED:
            kinds.add(kind)
            (out / case.name).write_bytes(data)
    print(f"{len(kinds)} inputs")


def main() -> None:
    names = [a for a in sys.argv[1:] if a != "--fuzz"]
    if not names:
        sys.exit(__doc__)
    out = Path(names[0])
    out.mkdir(parents=True, exist_ok=True)
    (write_seeds if "--fuzz" in sys.argv else write)(out, names[1] if len(names) > 1 else "")


if __name__ == "__main__":
    main()
