"""The readers against Pillow, on pictures that libraries test themselves with.

python tools/test_readers.py [FOLDER...]

Each JPEG, PNG, WebP and TIFF file of the suites (readers_suites.py) and of the folders is read by both.
The samples must be equal, or both refuse, or the file is listed in tests/readers_exceptions.txt with the reason.
"""

from __future__ import annotations

import io
import os
import sys
import warnings
from pathlib import Path

import numpy as np
import readers_suites
from PIL import Image

from vaerans_ecs.errors import VaeransError
from vaerans_ecs.images import Picture, decode_picture

ROOT = Path(__file__).resolve().parent.parent
NAMES = {".jpg", ".jpeg", ".png", ".apng", ".webp", ".tif", ".tiff", ".mpo"}


def ours(data: bytes) -> Picture | VaeransError:
    try:
        return decode_picture(data)
    except VaeransError as error:
        return error


def theirs(data: bytes) -> Image.Image | Exception:
    try:
        image = Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP", "TIFF"])
        image.load()
        return image
    except Exception as error:
        return error


def difference(picture: Picture, image: Image.Image) -> str | None:
    """How the samples differ; None if they do not."""
    pixels = picture.pixels
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    # libtiff turns what it decodes, and tells it by the orientation that it leaves out.
    if pixels.shape[:2] != (image.height, image.width) or (image.format == "TIFF" and picture.orientation != 1):
        pixels = picture.upright().pixels
    if image.mode.startswith("I"):
        expected = np.asarray(image).astype(np.int64)
    else:
        expected = np.asarray(image.convert({1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[channels])).astype(np.int64)
        if pixels.dtype == np.uint16:
            pixels = pixels >> 8  # Pillow keeps 8 bits of colours
    if pixels.shape != expected.shape:
        return f"shape {pixels.shape}, Pillow has {expected.shape}"
    worst = int(np.abs(pixels.astype(np.int64) - expected).max())
    return f"off by {worst}" if worst else None


def verdict(data: bytes) -> str | None:
    """What is different; None if nothing is."""
    mine, other = ours(data), theirs(data)
    if isinstance(mine, VaeransError):
        return None if isinstance(other, Exception) else f"refused: {mine.code}"
    if isinstance(other, Exception):
        return "read, though Pillow refuses it"
    return difference(mine, other)


def exceptions() -> dict[str, str]:
    lines = (ROOT / "tests" / "readers_exceptions.txt").read_text().splitlines()
    rows = [line.split("|") for line in lines if line and not line.startswith("#")]
    return {name.strip(): what.strip() for name, what, _ in rows}


def main(folders: list[str]) -> int:
    warnings.simplefilter("ignore")
    Image.init()
    known, seen, wrong = exceptions(), set(), 0
    files = [path for folder in [*readers_suites.folders(), *map(Path, folders)] for path in sorted(folder.rglob("*"))]
    files = [path for path in files if path.suffix.lower() in NAMES]
    for path in files:
        found = verdict(path.read_bytes())
        seen.add(path.name)
        if found != known.get(path.name):
            wrong += 1
            print(f"{path.name} | {found} | listed: {known.get(path.name)}")
    stale = sorted(set(known) - seen)
    print(f"{len(files)} files, {len(known)} exceptions, {wrong} wrong, listed but not there: {stale}")
    return int(wrong > 0 or bool(stale))


if __name__ == "__main__":
    # What the C libraries print of damaged files is no finding.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    sys.exit(main(sys.argv[1:]))
