"""The photos to train on: those of licences that a source states, as binary PPM of at most 512 pixels a side."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

#: Sets that are left out: under the GPL, of a licence nobody verified, of weak evidence.
LEFT_OUT = {"mate", "plasma", "flowers", "jlopez"}
#: Longest side in pixels.
SIDE = 512
#: Sides are cut to multiples of this.
MULTIPLE = 64


def chosen(manifest: Path, count: int, seed: int) -> list[str]:
    """Names of `count` files of the manifest: those of lossless sources first, the others at random."""
    with manifest.open(newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["set"] not in LEFT_OUT]
    first = [row["file"] for row in rows if row["set"] in {"cid22", "clic25", "gb82"}]
    rest = [row["file"] for row in rows if row["file"] not in set(first)]
    chance = random.Random(seed)
    chance.shuffle(rest)
    names = [*first, *rest][:count]
    chance.shuffle(names)
    return names


def unpack(data: Path, out: Path, count: int, seed: int) -> Iterator[Path]:
    """Writes the photos that are not there yet; yields each file."""
    from PIL import Image

    out.mkdir(parents=True, exist_ok=True)
    for i, name in enumerate(chosen(data / "train" / "manifest.tsv", count, seed)):
        path = out / f"{i:04d}_{Path(name).stem}.ppm"
        if not path.exists():
            with Image.open(data / "train" / name) as image:
                rgb = image.convert("RGB")
            width, height = (min(n // MULTIPLE * MULTIPLE, SIDE) for n in rgb.size)
            if min(width, height) < SIDE // 2:
                continue
            left, top = (rgb.width - width) // 2, (rgb.height - height) // 2
            rgb.crop((left, top, left + width, top + height)).save(path)
        yield path
