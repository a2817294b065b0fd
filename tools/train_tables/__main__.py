"""Rebuilds the tables of the profile `photo`.

    python -m tools.train_tables ../shared/data [--part lossless] [--count 400] [--seed 1] [--work build/train_tables]

DATA holds train/manifest.tsv and the photos that it names. Same photos, count and seed: same bytes.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from . import photos

ROOT = Path(__file__).resolve().parents[2]
#: What is trained, and the file that it makes, in the order in which one needs the other.
PARTS: dict[str, str] = {
    "lossless": "crates/vaerans/src/codec/lossless/model.bin",
    "lossy": "crates/vaerans/src/codec/photo/model/model.bin",
    "reversible": "crates/vaerans/src/codec/photo/model/reversible.bin",
    "filter": "crates/vaerans/src/codec/photo/filter/bank.bin",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.train_tables", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--part", choices=list(PARTS), action="append", help="these alone; by default all")
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "train_tables")
    given = parser.parse_args()
    folder = given.work / f"photos_{given.count}_{given.seed}"
    unpacked = list(photos.unpack(given.data, folder, given.count, given.seed))
    print(f"{len(unpacked)} photos in {folder}", flush=True)
    for part in given.part or PARTS:
        command = ["tools/cargo.sh", "run", "--release", "--quiet", "-p", "vaerans-train", "--"]
        subprocess.run([*command, part, str(folder), str(ROOT / PARTS[part])], cwd=ROOT, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
