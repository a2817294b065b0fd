"""The photo coder on Kodak, one thread: megapixels a second at three rates and efforts, beside AVIF (libaom, speed 6).

Passes of both sides alternate; a figure is that of the quickest pass of CPU time.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
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


ISAS = ("avx512", "avx2", "sse42", "scalar")
HEAD = """# Speed of the photo coder

`python benches/speed/photo.py --page`: {count} photos of Kodak, one thread, the quickest of {passes} passes of
processor time; passes of both sides alternate. Megapixels a second, and how many times as fast as AVIF (libaom
at speed 6 and dav1d, by Pillow {pillow}, one thread too). {cpu}; an instruction set is asked for by
`VAERANS_ISA`. Must and aim are of AVX2.
"""


def page() -> str:
    """The figures of every instruction set, side by side."""
    found = {}
    for isa in ISAS:
        command = [sys.executable, __file__, "--json"]
        out = subprocess.run(
            command, env={**os.environ, "VAERANS_ISA": isa}, check=True, capture_output=True, text=True
        )
        found[isa] = json.loads(out.stdout)
    from run import cpu

    lines = [HEAD.format(count=COUNT, passes=PASSES, pillow=version("pillow"), cpu=cpu())]
    lines += [f"| what | {' | '.join(ISAS)} | must | aim |", "| --- |" + " ---: |" * (len(ISAS) + 2)]
    for i, row in enumerate(found["avx2"]):
        values = " | ".join(f"{found[isa][i]['value']:.3g}" for isa in ISAS)
        lines.append(f"| {row['what']} | {values} | {row['must'] or ''} | {row['aim'] or ''} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="rows of the instruction set in use, as JSON")
    parser.add_argument("--page", action="store_true", help="write docs/benchmarks/photo.md, of every instruction set")
    args = parser.parse_args()
    if args.page:
        (Path(__file__).parents[2] / "docs" / "benchmarks" / "photo.md").write_text(page())
        return
    rows = photo_rows()
    if args.json:
        print(json.dumps(rows))
        return
    for row in rows:
        print(f"{row['what']}: {row['value']:.2f} (must {row['must']}, aim {row['aim']})")


if __name__ == "__main__":
    main()
