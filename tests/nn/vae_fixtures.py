"""Files of the learned codec with what they give, for the tests of the browser package.

``python tests/nn/vae_fixtures.py OUT`` writes the codec's own files to OUT/model, files of a picture in one layer and
in two, and with alpha, to OUT/NAME.vrn, and to OUT/cases.json what Python decodes of them; OUT/picture.bin holds the
picture's samples, OUT/clear.bin those with alpha.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np

import vaerans_ecs as ve

MODEL = Path(ve.__file__).parent / "data" / "vae"
#: Options of `compress`, by the names of the files.
FILES: dict[str, dict[str, Any]] = {
    "one": {"quality": 20, "fallback": False},
    "two": {"quality": 90, "fallback": False},
    "exact": {"lossless": True, "fallback": False},
    "clear": {"quality": 90, "fallback": False},
}
#: Parts of the pictures, by the names of the options of JavaScript.
REGION = {"x": 33, "y": 17, "width": 70, "height": 50}


def picture() -> np.ndarray:
    """Waves of several lengths, an edge and some noise, (131, 190, 3) uint8."""
    y, x = np.mgrid[0:131, 0:190].astype(np.float64)
    waves = [np.sin(x / 9 + y / 31) + np.cos(y / 7), np.sin((x + y) / 17), np.cos(np.hypot(x - 90, y - 60) / 6)]
    edge = 50.0 * (x + 2 * y > 190)
    noise = np.random.default_rng(2).normal(0, 6, (131, 190, 1))
    values = np.stack([110 + 35 * wave + edge for wave in waves], axis=-1) + noise
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def clear(pixels: np.ndarray) -> np.ndarray:
    """The picture with alpha that rises from the left to the right."""
    height, width, _ = pixels.shape
    alpha = np.linspace(0, 255, width).astype(np.uint8)
    return np.dstack([pixels, np.broadcast_to(alpha, (height, width))])


def told(pixels: np.ndarray) -> dict[str, Any]:
    """What a decoded picture has to be."""
    return {"shape": list(pixels.shape), "sha256": hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest()}


def case(data: bytes) -> dict[str, Any]:
    """What a file gives: whole, in part, smaller, and what a cut one still gives."""
    info = ve.info(data)
    region = (REGION["x"], REGION["y"], REGION["width"], REGION["height"])
    first = info.header_bytes + info.level_bytes[0]
    return {
        "layers": len(info.level_bytes),
        "bytes": len(data),
        "first": first,
        "whole": told(ve.decompress(data)),
        "region": told(ve.decompress(data, region=region)),
        "half": told(ve.decompress(data, scale=0.5)),
        "cut": told(ve.decompress(data[:first], allow_truncated=True)),
    }


def main(out: Path) -> None:
    """Writes everything."""
    out.mkdir(parents=True, exist_ok=True)
    shutil.copytree(MODEL, out / "model", dirs_exist_ok=True)
    pixels = picture()
    pictures = {"picture.bin": pixels, "clear.bin": clear(pixels)}
    for name, samples in pictures.items():
        (out / name).write_bytes(samples.tobytes())
    cases: dict[str, Any] = {}
    for name, options in FILES.items():
        of = "clear.bin" if name == "clear" else "picture.bin"
        data = ve.compress(pictures[of], profile="vae", **options)
        (out / f"{name}.vrn").write_bytes(data)
        cases[name] = {**case(data), "options": options, "picture": of}
    answer = {"region": REGION, "shape": list(pixels.shape), "files": cases}
    (out / "cases.json").write_text(json.dumps(answer, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
