"""Synthetic pictures through the codec: where a model that knows photos alone breaks down."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from . import patterns
from .codec import Coder, Networks
from .integer_model import IntegerModel

SIZE = 128
QUALITIES = (0, 24, 56)


def pictures() -> dict[str, np.ndarray]:
    """One picture of each kind, (SIZE, SIZE, 3) uint8, none of which is in the crops."""
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    found = {
        "checkerboard of 1 pixel": np.where((x + y) % 2, 255, 0)[..., None].repeat(3, 2),
        "stripes of 2 pixels": np.where(x // 2 % 2, 255, 0)[..., None].repeat(3, 2),
        "red and blue squares": np.where(((x // 16 + y // 16) % 2)[..., None], (255, 0, 0), (0, 0, 255)),
        "grey noise": np.random.default_rng(1).integers(0, 256, (SIZE, SIZE, 1)).repeat(3, 2),
        "coloured noise": np.random.default_rng(2).integers(0, 256, (SIZE, SIZE, 3)),
        "letters": patterns.text(np.random.default_rng(1000), SIZE),
        "ramp": patterns.ramp(np.random.default_rng(1001), SIZE),
        "red": np.full((SIZE, SIZE, 3), (255, 0, 0)),
    }
    return {name: patterns.eight_bits(picture) for name, picture in found.items()}


def measure(networks: Networks, model: IntegerModel, log: Callable[[str], None]) -> dict[str, list[float]]:
    """PSNR of every kind at some qualities."""
    found = {}
    for name, picture in pictures().items():
        coder = Coder(networks, model, picture)
        found[name] = [psnr(picture, coder.at(quality).picture) for quality in QUALITIES]
        log(f"evaluate: {name}: {', '.join(f'{value:.1f}' for value in found[name])} dB at {QUALITIES}")
    return found


def psnr(picture: np.ndarray, decoded: np.ndarray) -> float:
    """Decibels of pictures of 8 bits, 99 at most."""
    square = float(np.mean((picture.astype(np.float64) - decoded) ** 2))
    return min(99.0, 10 * float(np.log10(65025 / max(square, 1e-9))))
