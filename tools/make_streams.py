#!/usr/bin/env python3
"""Writes the symbol streams that the entropy coders are timed on: W2.bin, W8.bin, W24.bin.

Luma (Pillow's `L`) of the 24 Kodak pictures less 128, integer CDF 5/3 in 4 levels (symmetric extension), quantised
with step 2, 8 or 24 (rounded to the nearest, halves away from zero), clipped to -128..127, plus 128: one byte a
coefficient, bands from coarse to fine, picture after picture. 9,437,184 symbols each.

    python tools/make_streams.py OUT_DIR [--kodak DIR]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Ints = NDArray[np.int32]
LEVELS = 4
STEPS = (2, 8, 24)


def lift(rows: Ints) -> tuple[Ints, Ints]:
    """One level of the 5/3 lifting along the last axis: low and high half."""
    low, high = rows[..., 0::2].copy(), rows[..., 1::2].copy()
    right = np.concatenate([low[..., 1:], low[..., -1:]], -1)[..., : high.shape[-1]]
    high -= (low[..., : high.shape[-1]] + right) >> 1
    before = np.concatenate([high[..., :1], high], -1)[..., : low.shape[-1]]
    after = np.concatenate([high, high[..., -1:]], -1)[..., : low.shape[-1]]
    low += (before + after + 2) >> 2
    return low, high


def bands(plane: Ints) -> list[Ints]:
    """All bands, coarse to fine."""
    found: list[Ints] = []
    for _ in range(LEVELS):
        low, high = lift(plane)
        (plane, lh), (hl, hh) = ([part.swapaxes(-1, -2) for part in lift(x.swapaxes(-1, -2))] for x in (low, high))
        found = [hl, lh, hh, *found]
    return [plane, *found]


def symbols(coefficients: Ints, step: int) -> NDArray[np.uint8]:
    """Quantised coefficients as bytes."""
    rounded = np.sign(coefficients) * ((np.abs(coefficients) + step // 2) // step)
    return (np.clip(rounded, -128, 127) + 128).astype(np.uint8)


def entropy(stream: NDArray[np.uint8]) -> float:
    """Bits per symbol of the order-0 model."""
    counts = np.bincount(stream, minlength=256)
    p = counts[counts > 0] / stream.size
    return float(-(p * np.log2(p)).sum())


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--kodak", type=Path, default=Path(__file__).parents[2] / "shared" / "data" / "kodak")
    args = parser.parse_args()
    pictures = sorted(args.kodak.glob("*.png"))
    if not pictures:
        parser.error(f"no pictures in {args.kodak}")
    planes = [np.asarray(Image.open(p).convert("L")).astype(np.int32) - 128 for p in pictures]
    coefficients = np.concatenate([band.ravel() for plane in planes for band in bands(plane)])
    args.out.mkdir(parents=True, exist_ok=True)
    for step in STEPS:
        stream = symbols(coefficients, step)
        stream.tofile(args.out / f"W{step}.bin")
        print(f"W{step}: {stream.size} symbols, {entropy(stream):.4f} bits each")


if __name__ == "__main__":
    main()
