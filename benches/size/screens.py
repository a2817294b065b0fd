"""Sizes of the ten drawn screens: our mode of screens, WebP lossless, PNG. `screens.py [EFFORT]` prints a table.

It builds and calls the example `screens` of the crate `vaerans`, which decodes and compares what it codes.
"""

import importlib.util
import io
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]


def drawn() -> dict[str, Image.Image]:
    """The screens of tests/screens."""
    spec = importlib.util.spec_from_file_location("draw", ROOT / "tests" / "screens" / "draw.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: draw() for name, draw in module.SCREENS.items()}


def size(image: Image.Image, kind: str, **options) -> int:
    """Bytes of the picture as Pillow saves it."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.tell()


def ours(pictures: dict[str, np.ndarray], effort: int) -> dict[str, list[float]]:
    """What the example prints for each picture: bytes, repeats, seconds to encode, to decode, to look."""
    build = ["tools/cargo.sh", "run", "--release", "--quiet", "-p", "vaerans", "--example", "screens", "--"]
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, samples in pictures.items():
            height, width, channels = samples.shape
            paths.append(Path(folder) / name)
            paths[-1].write_bytes(np.array([width, height, channels], "<u4").tobytes() + samples.tobytes())
        run = subprocess.run([*build, str(effort), *paths], cwd=ROOT, check=True, capture_output=True, text=True)
    lines = run.stdout
    return {Path(line.split()[0]).name: [float(word) for word in line.split()[1:]] for line in lines.splitlines()}


def main(effort: int = 5) -> None:
    images = drawn()
    pictures = {name: np.atleast_3d(np.asarray(image)) for name, image in images.items()}
    rows = ours(pictures, effort)
    print("| picture | pixels | channels | ours | WebP | PNG | ours / WebP | encode MP/s | decode MP/s |")
    print("|" + "---|" * 9)
    total = np.zeros(6)
    for name, image in images.items():
        height, width, channels = pictures[name].shape
        webp = size(image, "WEBP", lossless=True, quality=100, method=6, exact=True)
        png, pixels = size(image, "PNG", optimize=True), width * height / 1e6
        row = np.array([rows[name][0], webp, png, pixels, rows[name][3], rows[name][4]])
        total += row
        print(line(f"{name} | {width}x{height} | {channels}", row))
    print(line("all | | ", total))


def line(head: str, row: np.ndarray) -> str:
    ours, webp, png, pixels, encoding, decoding = row
    sizes = f"{ours:.0f} | {webp:.0f} | {png:.0f} | {ours / webp:.3f}"
    return f"| {head} | {sizes} | {pixels / encoding:.1f} | {pixels / decoding:.1f} |"


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
