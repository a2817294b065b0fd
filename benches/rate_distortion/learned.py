#!/usr/bin/env python3
"""Rate and distortion of the ``vae`` profile on Kodak and CID22's validation pictures against AVIF: ``make rd``.

Writes docs/benchmarks/learned.md. Rates are of whole files, AVIF (libaom, speed 6, 4:4:4) is measured in the same run,
and the ideal curve of the trained model (code lengths of its tables) is read from where the model is kept, if it is.

    python benches/rate_distortion/learned.py [--limit N] [--out FILE] [--check]
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

from page import number, table
from run import ROOT, pictures

from vaerans_ecs import compress, info
from vaerans_ecs._files import write_atomic
from vaerans_ecs.eval import report
from vaerans_ecs.eval.bd import decibel
from vaerans_ecs.functional import bd_rate
from vaerans_ecs.images import read_picture

QUALITIES = (0, 7, 14, 21, 28, 35, 42, 50, 57, 64, 71, 78, 85, 92, 100)
#: Points of BD-rate that real files may be worse than the ideal curve.
MOST_WORSE = 1.0
#: Bits a pixel between which files of another profile are counted.
RATES = (0.1, 0.5)
SETS = {"kodak": "Kodak", "val": "CID22, validation"}
Curve = list[tuple[float, float, float]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, help="only the first N pictures of each set")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks" / "learned.md")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a must is missed or was not checked")
    given = parser.parse_args()
    data = pictures(None, "kodak", None)[0].parent.parent
    parts, missed = [HEAD], []
    for name in SETS:
        text, faults = section(name, data, given.limit)
        parts += text
        missed += [f"{name}: {fault}" for fault in faults]
    write_atomic(given.out, ("\n".join(parts).rstrip() + "\n").encode())
    print("\n".join(parts))
    print(f"missed: {missed}" if missed else "0 musts missed", file=sys.stderr)
    return 1 if given.check and missed else 0


def section(name: str, data: Path, limit: int | None) -> tuple[list[str], list[str]]:
    """What the page says of a set of pictures, and which musts are missed."""
    photos = pictures(data, name, limit)
    made = measured(photos)
    ideal = None if limit else ideal_of(data.parent / "models" / "vae1" / "rd" / f"vae1_{name}.csv")
    rows, missed = [against(made["AVIF"], "real files", made["vae"])], []
    if ideal is None:
        missed.append("not checked, which takes the whole set and its ideal curve")
    else:
        rows.append(against(made["AVIF"], "ideal code length + 24 bytes", ideal))
        worse = [a - b for a, b in zip(bds(made["AVIF"], made["vae"]), bds(made["AVIF"], ideal), strict=True)]
        rows.append(["difference, points", *(number(w, 2) for w in worse)])
        missed += too_bad(worse)
    points = [[str(q), *(number(v, d) for v, d in zip(p, (4, 2, 5), strict=True))]
              for q, p in zip(QUALITIES, made["vae"], strict=True)]  # fmt: skip
    coded, fallen = fallbacks(photos)
    told = f"With `fallback`, {fallen} of {coded} files between {RATES[0]} and {RATES[1]} bits a pixel"
    return [
        f"## {SETS[name]}, {len(photos)} pictures",
        "",
        table(["vae against AVIF", "PSNR, %", "MS-SSIM, %"], rows),
        table(["quality", "bpp", "PSNR, dB", "MS-SSIM"], points),
        f"{told} are of the profile `photo`.",
        "",
    ], missed


def fallbacks(photos: list[Path]) -> tuple[int, int]:
    """How many files lie in these rates, and how many of them are of another profile."""
    coded, fallen = 0, 0
    for path in photos:
        pixels = read_picture(path).pixels
        for quality in QUALITIES:
            told = info(compress(pixels, "vae", quality=quality))
            if not RATES[0] <= told.bits_per_pixel <= RATES[1]:
                continue
            coded += 1
            fallen += told.steps[0][1] != "LayeredVAEEncode"
    return coded, fallen


HEAD = """# The learned codec: rate and distortion

Written by `make rd`. Means of pictures; rate is the size of the whole file (`fallback=False`). AVIF is libaom,
speed 6, 4:4:4, in the same run; BD-rates interpolate by PCHIP over the common range, MS-SSIM as -10 log10(1 - x).
A negative number is smaller than AVIF. The ideal curve is the code length of the trained model's tables with weights
of 16 bits; real files may be one point worse.
"""


def measured(photos: list[Path]) -> dict[str, Curve]:
    """Mean bits a pixel, PSNR and MS-SSIM of each point, by codec."""
    spec = {"vae": {"profile": "vae", "fallback": False, "sweep": {"quality": list(QUALITIES)}}}
    made = report(spec, photos, None, out=None, peers=["AVIF"], embed_photos=0)
    found = {}
    for curve in made.data.curves:
        if curve.photo is None:
            found[curve.codec] = [(p.bpp, p.psnr or 0.0, p.ms_ssim or 0.0) for p in curve.points]
    return found


def too_bad(worse: list[float]) -> list[str]:
    """What is wrong with points of BD-rate; those that are no numbers are wrong too."""
    return [f"{w:.2f} points worse" for w in worse if not w <= MOST_WORSE]


def ideal_of(path: Path) -> Curve | None:
    if not path.is_file():
        return None
    with path.open() as file:
        return [tuple(float(row[key]) for key in ("bpp", "psnr", "msssim")) for row in csv.DictReader(file)]  # type: ignore[misc]


def bds(anchor: Curve, test: Curve) -> list[float]:
    """BD-rate over PSNR and over MS-SSIM in dB."""
    scales = (lambda p: p[1], lambda p: decibel(p[2]))
    return [bd_rate([(p[0], s(p)) for p in anchor], [(p[0], s(p)) for p in test], window=None) for s in scales]


def against(anchor: Curve, name: str, test: Curve) -> list[str]:
    return [name, *(number(v, 2) for v in bds(anchor, test))]


if __name__ == "__main__":
    sys.exit(main())
