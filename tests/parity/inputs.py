"""The samples of crates/vaerans-parity/src/inputs.rs in NumPy: whole numbers alone, the same on every machine."""

from __future__ import annotations

import numpy as np


def noise(seed: int, count: int, below: int) -> np.ndarray:
    """The first `count` numbers of SplitMix64, each modulo `below`."""
    z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (z ^ (z >> np.uint64(31))) % np.uint64(below)


def picture(height: int, width: int, channels: int, bits: int, seed: int) -> np.ndarray:
    """Slopes, edges and noise, (H, W, C) of 8 or 16 bits."""
    top = (1 << bits) - 1
    y, x, k = np.indices((height, width, channels), np.int64)
    slope = (x * 3 + y * (k + 1)) * top // (4 * (height + width) + 1)
    edge = np.where((x // 9 + y // 7) % 2 == 0, top // 3, 0)
    grain = noise(seed, slope.size, top // 16 + 1).reshape(slope.shape).astype(np.int64)
    return np.minimum(slope + edge + grain, top).astype(np.uint8 if bits == 8 else np.uint16)


def latent(channels: int, height: int, width: int, seed: int) -> np.ndarray:
    """(C, H, W) float32: smooth plus noise, quarters of whole numbers."""
    k, y, x = np.indices((channels, height, width), np.int64)
    # A remainder with the sign of the dividend, as Rust has it.
    smooth = np.fmod(x * (k + 1) - y * 2, 23)
    grain = noise(seed, smooth.size, 33).reshape(smooth.shape).astype(np.int64) - 16
    return ((smooth * 4 + grain) * 0.25).astype(np.float32)
