"""Photos with what they give, for the tests of the browser package.

``python tests/photo/web_fixtures.py OUT`` writes the samples of pictures to OUT/NAME.bin, the files that the
core makes of them to OUT/CASE.vrn, and to OUT/cases.json the options of each and what it decodes to: whole, parts, and
smaller.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

import vaerans_ecs as ve

#: Pictures and options of `compress`, by the names of the files.
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "usual": ("rgb", {}),
    "tiles": ("rgb", {"quality": 60, "tile": 64}),
    "quick": ("rgb", {"effort": 1, "quality": 95}),
    "smallest": ("rgb", {"effort": 9, "tune": "psnr"}),
    "msssim": ("rgb", {"tune": "msssim", "quality": 30}),
    "bytes": ("rgb", {"target_bytes": 2500}),
    "psnr": ("rgb", {"target_psnr": 38.5}),
    "exact": ("rgb", {"lossless": True}),
    "steps": ("rgb", {"lossless": True, "progressive": True, "tile": 64}),
    "bounded": ("rgb", {"max_error": 2, "tile": 128}),
    "clear": ("rgba", {"quality": 80, "tile": 128}),
    "grey": ("grey", {"quality": 50}),
    "deep": ("deep", {"quality": 85, "tile": 64}),
    "deep_exact": ("deep", {"lossless": True}),
}
#: Parts and scales, by the names of the options of JavaScript.
PARTS: list[dict[str, Any]] = [
    {},
    {"scale": 1 / 2},
    {"scale": 1 / 8},
    {"region": {"x": 0, "y": 0, "width": 64, "height": 64}},
    {"region": {"x": 50, "y": 60, "width": 90, "height": 21}},
    {"scale": 1 / 4, "region": {"x": 64, "y": 32, "width": 100, "height": 60}},
]


def pictures() -> dict[str, np.ndarray]:
    """Waves of several lengths, an edge and some noise, of 150 x 211 pixels."""
    y, x = np.mgrid[0:150, 0:211].astype(np.float64)
    waves = [np.sin(x / 9 + y / 31) + np.cos(y / 7), np.sin((x + y) / 17), np.cos(np.hypot(x - 90, y - 60) / 6)]
    edge = 50.0 * (x + 2 * y > 190)
    noise = np.random.default_rng(4).normal(0, 5, (150, 211, 1))
    values = np.stack([110 + 35 * wave + edge for wave in waves], axis=-1) + noise
    rgb = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    alpha = np.clip(np.rint(3 * x), 0, 255).astype(np.uint8)[..., None]
    deep = np.clip(np.rint(values * 257), 0, 65535).astype(np.uint16)
    return {"rgb": rgb, "rgba": np.concatenate([rgb, alpha], axis=-1), "grey": rgb[..., 1:2], "deep": deep}


def decoded(file: bytes, part: dict[str, Any]) -> dict[str, Any]:
    """What a part of a file decodes to."""
    region = tuple(part["region"][name] for name in ("x", "y", "width", "height")) if "region" in part else None
    samples = ve.decompress(file, scale=part.get("scale", 1), region=region)
    return {"options": part, "shape": list(samples.shape), "sha256": hashlib.sha256(samples.tobytes()).hexdigest()}


def main() -> None:
    """Writes everything."""
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    made = pictures()
    for name, samples in made.items():
        (out / f"{name}.bin").write_bytes(samples.tobytes())
    cases = {}
    for name, (picture, options) in CASES.items():
        samples = made[picture]
        file = ve.compress(samples, **options)
        (out / f"{name}.vrn").write_bytes(file)
        parts = [decoded(file, part) for part in PARTS]
        facts = {"picture": picture, "shape": samples.shape, "bits": 8 * samples.itemsize}
        cases[name] = {**facts, "options": options, "parts": parts}
    (out / "cases.json").write_text(json.dumps(cases, indent=1))


if __name__ == "__main__":
    main()
