#!/usr/bin/env python3
"""Lists the photos that the model `vae1` was made from: `python/vaerans_ecs/data/vae_photos.tsv`.

    python tools/vae_photos.py [--data ../shared/data] [--check]

The run chose its photos by rules, which are applied again here; how many there are, and how many pixels, is what its
log says. `--check` compares with the stored list instead of writing it.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "python/vaerans_ecs/data/vae_photos.tsv"
#: As data/pil_photos.tsv, and what a photo was used for.
COLUMNS = ("file", "set", "licence", "attribution", "source", "upstream_path", "sha256", "used_for")

#: The networks: what the carried list names, then others of these sets in random order, as far as so many bytes go.
FURTHER = {"feedme", "worksuite", "lomiri", "pop-os", "elementary", "ubuntu-mate", "gallium", "matheustt"}
MOST_BYTES = 62_000_000
SEED = 3
#: Pictures that the run was watched on; they took room, and taught it nothing.
WATCHED = slice(0, 40, 10)
#: What the log says of them: photos, pixels.
LOGGED = (686, 208_233_788)

#: The second layer, and all tables: every thirteenth photo, 56 in all.
FITTED = slice(0, 56 * 13, 13)


def for_networks(data: Path, rows: dict[str, dict[str, str]]) -> set[str]:
    """The photos that the networks were trained on."""
    first = (data / "train/carry_48MB.txt").read_text().split()
    further = [name for name, row in rows.items() if row["set"] in FURTHER and name not in set(first)]
    random.Random(SEED).shuffle(further)
    taken = sum(path.stat().st_size for path in sorted((data / "val").glob("*.png"))[WATCHED])
    chosen = set()
    for name in first + further:
        size = int(rows[name]["bytes"])
        if taken + size <= MOST_BYTES:
            taken += size
            chosen.add(name)
    return chosen


def listed(data: Path) -> str:
    """The list's text."""
    with open(data / "train/manifest.tsv", encoding="utf-8", newline="") as file:
        rows = {row["file"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    networks, second = for_networks(data, rows), set(sorted(rows)[FITTED])
    pixels = sum(int(rows[name]["width"]) * int(rows[name]["height"]) for name in networks)
    if (len(networks), pixels) != LOGGED:
        raise SystemExit(f"vae_photos: {len(networks)} photos of {pixels} pixels; the log says {LOGGED}")
    lines = ["\t".join(COLUMNS)]
    for name in sorted(networks | second):
        uses = (("networks", name in networks), ("second layer and tables", name in second))
        row = {**rows[name], "used_for": ", ".join(use for use, is_so in uses if is_so)}
        lines.append("\t".join(row[column] for column in COLUMNS))
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--check", action="store_true", help="compare with the stored list, write nothing")
    args = parser.parse_args()
    if not (args.data / "train/manifest.tsv").is_file():
        print(f"vae_photos: no train/manifest.tsv in {args.data}: pass --data FOLDER", file=sys.stderr)
        return 1
    text = listed(args.data)
    if args.check:
        is_same = LIST.read_text(encoding="utf-8") == text
        print("the list is current" if is_same else "the list is another one")
        return 0 if is_same else 1
    LIST.write_text(text, encoding="utf-8", newline="\n")
    print(f"{LIST.relative_to(ROOT)}: {text.count(chr(10)) - 1} photos")
    return 0


if __name__ == "__main__":
    sys.exit(main())
