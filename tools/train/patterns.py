"""Synthetic pictures: what photos have not, and pictures on screens have. Drawn once, mixed into the crops.

Without them a decoder leaves its range on fine periodic patterns (3 dB on a checkerboard of single pixels).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Draw = Callable[[np.random.Generator, int], np.ndarray]


def bank(count: int, size: int, seed: int) -> np.ndarray:
    """Patterns, (count, size, size, 3) uint8, all kinds in turn; the same for the same seed."""
    rng = np.random.default_rng([11, seed])
    pictures = np.stack([KINDS[i % len(KINDS)](rng, size) for i in range(count)])
    return eight_bits(pictures)


def eight_bits(pictures: np.ndarray) -> np.ndarray:
    """Values of any type as pixels."""
    return np.clip(np.round(pictures), 0, 255).astype(np.uint8)


def _colours(rng: np.random.Generator, count: int) -> np.ndarray:
    """Colours (count, 3): black and white, greys, saturated ones, or any."""
    kind = rng.integers(4)
    if kind == 0:
        return np.tile(np.linspace(0, 255, max(count, 2))[:count, None], (1, 3))
    if kind == 1:
        return np.tile(rng.uniform(0, 255, (count, 1)), (1, 3))
    if kind == 2:
        return 255.0 * rng.integers(0, 2, (count, 3))
    return rng.uniform(0, 255, (count, 3))


def checkerboard(rng: np.random.Generator, size: int) -> np.ndarray:
    """Squares of 1 to 16 pixels in two colours."""
    cell = int(rng.choice([1, 1, 2, 3, 4, 8, 16]))
    y, x = np.mgrid[0:size, 0:size] // cell
    return _colours(rng, 2)[(y + x) % 2]


def stripes(rng: np.random.Generator, size: int) -> np.ndarray:
    """Stripes of any direction, hard or soft."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float64)
    angle = rng.choice([0, np.pi / 2, np.pi / 4, rng.uniform(0, np.pi)])
    wave = np.sin((np.cos(angle) * x + np.sin(angle) * y) * 2 * np.pi / rng.choice([2, 3, 4, 6, 10, 24]) + 0.1)
    share = (wave > 0) if rng.random() < 0.6 else 0.5 + 0.5 * wave
    first, second = _colours(rng, 2)
    return first * np.asarray(share, np.float64)[..., None] + second * (1 - np.asarray(share, np.float64)[..., None])


def noise(rng: np.random.Generator, size: int) -> np.ndarray:
    """Noise, grey or coloured, of any strength."""
    channels = int(rng.choice([1, 3]))
    return np.tile(rng.uniform(0, 255, 3) + rng.normal(0, rng.uniform(8, 80), (size, size, channels)), (1, 1, 3))[
        ..., :3
    ]


def squares(rng: np.random.Generator, size: int) -> np.ndarray:
    """Flat rectangles over each other."""
    canvas = np.tile(_colours(rng, 1), (size, size, 1)).astype(np.float64)
    for colour in _colours(rng, int(rng.integers(3, 20))):
        top, left = rng.integers(0, size, 2)
        height, width = rng.integers(2, max(3, size // 2), 2)
        canvas[top : top + height, left : left + width] = colour
    return canvas


def ramp(rng: np.random.Generator, size: int) -> np.ndarray:
    """A gradient from one colour to another."""
    y, x = np.mgrid[0:size, 0:size] / size
    angle = rng.uniform(0, 2 * np.pi)
    share = np.clip(0.5 + np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5), 0, 1)[..., None]
    first, second = _colours(rng, 2)
    return first * share + second * (1 - share)


def text(rng: np.random.Generator, size: int) -> np.ndarray:
    """Lines of random letters on a flat ground."""
    from PIL import Image, ImageDraw, ImageFont

    ground, ink = (tuple(int(v) for v in colour) for colour in _colours(rng, 2))
    page = Image.new("RGB", (size, size), ground)
    draw, y = ImageDraw.Draw(page), 1
    letters = list("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789     .,-:")
    while y < size:
        height = int(rng.integers(9, 22))
        draw.text((2, y), "".join(rng.choice(letters, size // 4)), ink, ImageFont.load_default(height))
        y += int(height * 1.3)
    return np.asarray(page, np.float64)


KINDS: tuple[Draw, ...] = (checkerboard, text, stripes, squares, noise, text, ramp)
