"""The photo coder on Kodak, one thread: megapixels a second at three rates and efforts, beside AVIF (libaom, speed 6).

Passes of both sides alternate; a figure is that of the quickest pass of CPU time.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from applications import kodak
from PIL import Image

import vaerans_ecs as ve

#: Bits a pixel; the quality that gives about as many; what decoding must reach, and the aim.
RATES = ((0.35, 39, 38, 60), (1.1, 85, 30, 45), (2.5, 93, 24, 35))
PASSES = 5
COUNT = 8


def quickest(work: list[Callable[[], Any]]) -> list[float]:
    """CPU seconds of the quickest pass of each, in turns."""
    best = [float("inf")] * len(work)
    for _ in range(PASSES):
        for i, one in enumerate(work):
            start = time.process_time()
            one()
            best[i] = min(best[i], time.process_time() - start)
    return best


def avif(img: np.ndarray, quality: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(img).save(out, "AVIF", quality=quality, speed=6, subsampling="4:4:4", codec="aom", max_threads=1)
    return out.getvalue()


def decode_rows(pictures: list[np.ndarray], pixels: float) -> list[dict[str, Any]]:
    rows = []
    for rate, quality, must, aim in RATES:
        files = [ve.compress(p, quality=quality) for p in pictures]
        found = 8 * sum(map(len, files)) / pixels
        (ours,) = quickest([lambda files=files: [ve.decompress(f, threads=1) for f in files]])
        what = f"photo: decode at {rate} bits a pixel (here {found:.2f}), MP/s"
        rows.append({"what": what, "value": pixels / ours / 1e6, "must": must, "aim": aim})
    return rows


def encode_rows(pictures: list[np.ndarray], pixels: float) -> list[dict[str, Any]]:
    def all_at(quality: int, effort: int) -> list[bytes]:
        return [ve.compress(p, quality=quality, effort=effort, threads=1) for p in pictures]

    rows = []
    for effort, must, aim in ((5, 3, 8), (1, 25, 60)):
        for _, quality, _, _ in RATES:
            (ours,) = quickest([partial(all_at, quality, effort)])
            what = f"photo: encode, effort {effort}, quality {quality}, MP/s"
            rows.append({"what": what, "value": pixels / ours / 1e6, "must": must, "aim": aim})
    return rows


def avif_rows(pictures: list[np.ndarray]) -> list[dict[str, Any]]:
    """At about a bit a pixel."""
    ours, theirs = [ve.compress(p, quality=86) for p in pictures], [avif(p, 62) for p in pictures]
    a, b = quickest([
        lambda: [ve.compress(p, quality=86, threads=1) for p in pictures],
        lambda: [avif(p, 62) for p in pictures],
    ])  # fmt: skip
    c, d = quickest([
        lambda: [ve.decompress(f, threads=1) for f in ours],
        lambda: [np.asarray(Image.open(io.BytesIO(f))) for f in theirs],
    ])  # fmt: skip
    return [
        {"what": "photo: encode against AVIF s6 at 1 bit a pixel", "value": b / a, "must": 2, "aim": 5},
        {"what": "photo: decode against AVIF (dav1d) at 1 bit a pixel", "value": d / c, "must": None, "aim": 1},
    ]


def lossless_rows(pictures: list[np.ndarray], pixels: float) -> list[dict[str, Any]]:
    files = [ve.compress(p, lossless=True) for p in pictures]
    encode, decode = quickest([
        lambda: [ve.compress(p, lossless=True, threads=1) for p in pictures],
        lambda: [ve.decompress(f, threads=1) for f in files],
    ])  # fmt: skip
    return [
        {"what": "lossless: encode, MP/s", "value": pixels / encode / 1e6, "must": 3, "aim": 10},
        {"what": "lossless: decode, MP/s", "value": pixels / decode / 1e6, "must": 8, "aim": 15},
    ]


def photo_rows() -> list[dict[str, Any]]:
    """All rows; none without the shared photos."""
    pictures = kodak()[:COUNT]
    if not pictures:
        print("skipped: no shared photos (set VAERANS_SHARED)")
        return []
    pixels = float(sum(p.shape[0] * p.shape[1] for p in pictures))
    return [
        *decode_rows(pictures, pixels),
        *encode_rows(pictures, pixels),
        *avif_rows(pictures),
        *lossless_rows(pictures, pixels),
    ]


if __name__ == "__main__":
    for row in photo_rows():
        print(f"{row['what']}: {row['value']:.2f} (must {row['must']}, aim {row['aim']})")
