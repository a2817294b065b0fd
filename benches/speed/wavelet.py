"""Wavelets against PyWavelets: 4 levels, one thread, float32, both called from Python.

    python benches/speed/wavelet.py [--json PATH] [--passes 15]

Each pass runs ours and PyWavelets' (mode "periodization", its fastest) one after the other; the figure is the median of
the passes' ratios. Ours writes into `out=`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pywt

from vaerans_ecs.functional import inverse_wavelet, wavelet

LEVELS = 4
NAMES = {"cdf53": "bior2.2", "cdf97": "bior4.4", "haar": "haar"}
#: one large plane; latents of 64x96 one by one and as a batch
SHAPES = {"4096x4096": (4096, 4096), "4x64x96": (4, 64, 96), "64 of 4x64x96": (64, 4, 64, 96)}


def seconds(work: Callable[[], Any], repeat: int) -> float:
    """Time of one call, over `repeat` calls."""
    start = time.perf_counter()
    for _ in range(repeat):
        work()
    return (time.perf_counter() - start) / repeat


def compare(what: str, ours: Callable[[], Any], theirs: Callable[[], Any], size: int, passes: int) -> dict[str, Any]:
    """One row: ratio and rates in GB/s of samples."""
    ours(), theirs()
    repeat = max(1, int(0.01 / seconds(ours, 1)))
    times = [(seconds(ours, repeat), seconds(theirs, 1)) for _ in range(passes)]
    return {
        "what": what,
        "ratio": statistics.median(b / a for a, b in times),
        "gbps": size / statistics.median(a for a, _ in times) / 1e9,
        "peer_gbps": size / statistics.median(b for _, b in times) / 1e9,
    }


def forward_and_inverse(label: str, x: np.ndarray, name: str, passes: int) -> list[dict[str, Any]]:
    """Both directions of one wavelet on one array."""
    peer, mode = NAMES[name], "periodization"
    packed, back = np.zeros_like(x), np.zeros_like(x)
    bands = pywt.wavedec2(x, peer, mode=mode, level=LEVELS)
    wavelet(x, name, LEVELS, out=packed, threads=1)

    def forward() -> None:
        wavelet(x, name, LEVELS, out=packed, threads=1)

    def inverse() -> None:
        inverse_wavelet(packed, name, LEVELS, out=back, threads=1)

    def peer_forward() -> None:
        pywt.wavedec2(x, peer, mode=mode, level=LEVELS)

    def peer_inverse() -> None:
        pywt.waverec2(bands, peer, mode=mode)

    return [
        compare(f"{name} forward {label}", forward, peer_forward, x.nbytes, passes),
        compare(f"{name} inverse {label}", inverse, peer_inverse, x.nbytes, passes),
    ]


def rows(passes: int) -> list[dict[str, Any]]:
    """All comparisons."""
    warnings.filterwarnings("ignore", message="Level value")
    arrays = {k: np.random.default_rng(1).normal(size=shape).astype(np.float32) for k, shape in SHAPES.items()}
    return [row for label, x in arrays.items() for name in NAMES for row in forward_and_inverse(label, x, name, passes)]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--passes", type=int, default=15)
    args = parser.parse_args()
    found = rows(args.passes)
    for r in found:
        print(f"{r['what']:30} {r['ratio']:6.1f}x   {r['gbps']:.2f} against {r['peer_gbps']:.2f} GB/s", flush=True)
    if args.json:
        args.json.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
