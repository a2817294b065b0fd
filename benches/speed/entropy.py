#!/usr/bin/env python3
"""rANS, called from Python, against the constriction package on the streams of tools/make_streams.py.

Passes alternate; a ratio is the median of the ratios of neighbouring passes, in processor time of this thread.

    python benches/speed/entropy.py [--streams DIR] [--passes 15] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from vaerans_ecs import functional


def seconds(work: Callable[[], Any]) -> float:
    """Processor time of one call."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def compare(ours: Callable[[], Any], theirs: Callable[[], Any], passes: int) -> tuple[float, float]:
    """Our best time, and how many times as long theirs takes."""
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(passes + 1)][1:]
    return min(a for a, _ in pairs), statistics.median(b / a for a, b in pairs)


def peer(symbols: np.ndarray) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Encoder and decoder of constriction for these symbols."""
    import constriction

    counts = np.bincount(symbols, minlength=256)
    model = constriction.stream.model.Categorical(counts / counts.sum(), perfect=False)
    values = symbols.astype(np.int32)

    def encode() -> np.ndarray:
        coder = constriction.stream.stack.AnsCoder()
        coder.encode_reverse(values, model)
        return coder.get_compressed()

    words = encode()
    return encode, lambda: constriction.stream.stack.AnsCoder(words).decode(model, symbols.size)


def rows(name: str, symbols: np.ndarray, passes: int) -> list[dict[str, Any]]:
    """One row per setting."""
    p = np.bincount(symbols, minlength=256) / symbols.size
    entropy = float(-(p[p > 0] * np.log2(p[p > 0])).sum()) * symbols.size / 8
    their_encode, their_decode = peer(symbols)
    found = []
    for setting in ("fast", "precise"):
        data = functional.rans_encode(symbols, setting)
        out = np.empty_like(symbols)
        encode, encode_ratio = compare(lambda s=setting: functional.rans_encode(symbols, s), their_encode, passes)
        decode, decode_ratio = compare(lambda d=data, o=out: functional.rans_decode(d, o), their_decode, passes)
        if not (out == symbols).all():
            raise SystemExit(f"{name} did not come back")
        row = {
            "stream": name,
            "setting": setting,
            "over_percent": round(100 * (len(data) / entropy - 1), 4),
            "encode_mb_s": round(symbols.size / encode / 1e6),
            "decode_mb_s": round(symbols.size / decode / 1e6),
            "encode_ratio": round(encode_ratio, 2),
            "decode_ratio": round(decode_ratio, 2),
        }
        print(row)
        found.append(row)
    return found


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=Path, default=Path(__file__).parents[2] / "target" / "streams")
    parser.add_argument("--passes", type=int, default=15)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    found = []
    for path in [args.streams / f"{name}.bin" for name in ("W2", "W8", "W24")]:
        if not path.exists():
            print(f"skipped: no {path}; python tools/make_streams.py makes it")
            continue
        found += rows(path.stem, np.fromfile(path, np.uint8), args.passes)
    if args.json:
        args.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
