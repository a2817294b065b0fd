"""Which pictures are encoded with which options, and which parts of them are decoded."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from inputs import noise, picture

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from conftest import shared_folder

Options = dict[str, Any]
LOSSLESS: Options = {"lossless": True}
QUALITIES: list[Options] = [{"quality": q} for q in (1, 20, 50, 75, 95, 100)]
#: The other options of the profile.
WAYS: list[Options] = [
    *({"quality": 75, "tune": t} for t in ("psnr", "msssim")),
    *({"quality": 60, "effort": e} for e in (1, 9)),
    {"target_bytes": 4000},
    {"target_psnr": 33.5},
    {"max_error": 2},
    {**LOSSLESS, "progressive": True},
]
FEW: list[Options] = [{"quality": 1}, {"quality": 75}, LOSSLESS]
#: Heights and widths.
ODD = [(1, 1), (7, 1), (1, 13), (129, 257)]


def sdk() -> Iterator[tuple[str, np.ndarray, list[Options]]]:
    """What crates/vaerans-parity compares over the instruction sets."""
    shapes = [(1, 1, 3), (3, 1, 1), (1, 40, 4), (37, 53, 3), (64, 64, 2), (150, 201, 3)]
    options = [{"quality": q} for q in (5, 60, 100)] + [LOSSLESS]
    for seed, (h, w, c) in enumerate(shapes):
        for bits in (8, 16):
            yield f"sdk {w}x{h}x{c} u{bits}", picture(h, w, c, bits, seed), [{**o, "tile": 64} for o in options]


def odd() -> Iterator[tuple[str, np.ndarray, list[Options]]]:
    """Odd sizes with every number of channels, opaque and not."""
    for bits in (8, 16):
        for h, w in ODD:
            options = FEW if h * w < 64 else [*QUALITIES, LOSSLESS]
            for channels, kind in enumerate(("grey", "grey and alpha", "RGB", "RGBA"), 1):
                yield f"{kind} {w}x{h} u{bits}", picture(h, w, channels, bits, h), options
            opaque = picture(h, w, 4, bits, 3)
            opaque[:, :, 3] = (1 << bits) - 1
            yield f"opaque RGBA {w}x{h} u{bits}", opaque, options


def extreme() -> Iterator[tuple[str, np.ndarray, list[Options]]]:
    """Nothing but black, white or noise."""
    for bits in (8, 16):
        top = (1 << bits) - 1
        dtype = np.uint8 if bits == 8 else np.uint16
        for value in (0, top):
            yield f"all {value} u{bits}", np.full((66, 70, 3), value, dtype), [{"quality": 75}, LOSSLESS]
        grain = noise(bits, 99 * 101 * 3, top + 1).astype(dtype).reshape(99, 101, 3)
        yield f"noise u{bits}", grain, [{"quality": 1}, {"quality": 100}, LOSSLESS]


def large() -> Iterator[tuple[str, np.ndarray, list[Options]]]:
    """Several tiles: of the codec's own size and of others; what travels along."""
    yield "RGB 1600x900 u8", picture(900, 1600, 3, 8, 1), [{"quality": 75}, LOSSLESS]
    yield "RGB 520x390 u8", picture(390, 520, 3, 8, 1), [{"quality": 50, "tile": t} for t in (64, 128, 192, 576)]
    yield "RGBA 300x200 u16", picture(200, 300, 4, 16, 2), [{"quality": 90, "tile": 128}, {**LOSSLESS, "tile": 64}]
    blocks = {"icc": bytes(range(256)) * 9, "exif": b"MM\0*\0\0\0\x08" + bytes(6)}
    turned = [{"orientation": o, "quality": 60} for o in (1, 6, 8)]
    yield "RGB 90x61 u8", picture(61, 90, 3, 8, 4), [*turned, {**blocks, "orientation": 3}, {**blocks, **LOSSLESS}]


def photos(skipped: list[str]) -> Iterator[tuple[str, np.ndarray, list[Options]]]:
    """Real ones, where they are; why not goes to `skipped`."""
    try:
        from skimage import data

        astronaut = np.ascontiguousarray(data.astronaut())
        yield "astronaut", astronaut, [*QUALITIES, {"quality": 80, "tile": 128}]
        yield "astronaut, a part of it", astronaut[60:200, 170:371].copy(), [*QUALITIES, *WAYS, LOSSLESS]
    except ImportError as error:
        skipped.append(f"scikit-image's astronaut: {error}")
    folder = shared_folder()
    if folder is None:
        skipped.append("photos of Kodak: no shared data folder (VAERANS_SHARED names one)")
        return
    from PIL import Image

    for name, options in {"kodim05": [{"quality": 75}], "kodim23": [{"quality": 30}, LOSSLESS]}.items():
        yield name, np.asarray(Image.open(folder / f"data/kodak/{name}.png")), options


def all_pictures(skipped: list[str]) -> Iterator[tuple[str, np.ndarray, list[Options]]]:
    """Name, samples (H, W, C), options of `compress`."""
    for source in (sdk(), odd(), extreme(), large(), photos(skipped)):
        yield from source


def parts(height: int, width: int) -> list[Options]:
    """What is decoded of a file: all of it, smaller, a region, a region of that."""
    x, y = width // 3, height // 4
    region = [x, y, max(1, width // 2), max(1, height // 3)]
    if height * width < 64:
        return [{}, {"scale": 1 / 2}, {"region": region}]
    corner = [width - 33, height - 17, 33, 17] if min(height, width) > 33 else region
    scales = [{"scale": 1 / n} for n in (2, 4, 8)]
    return [{}, *scales, {"region": region}, {"region": region, "scale": 1 / 2}, {"region": corner, "scale": 1 / 4}]
