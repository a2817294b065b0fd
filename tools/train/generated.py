"""Pictures that the program draws, for runs where there are no photos: soft blobs, edges, textures, gradients."""

from __future__ import annotations

import numpy as np

from .patterns import eight_bits


def picture(seed: int, height: int = 192, width: int = 256) -> np.ndarray:
    """One picture, (H, W, 3) uint8, the same for the same seed."""
    rng = np.random.default_rng([7, seed])
    y, x = np.mgrid[0:height, 0:width].astype(np.float64) / max(height, width)
    canvas = _gradient(rng, y, x)
    for _ in range(rng.integers(8, 16)):
        canvas = _shape(rng, y, x, canvas)
    canvas += _texture(rng, y, x) + rng.normal(0, 0.01, canvas.shape)
    return eight_bits(canvas * 255)


def _gradient(rng: np.random.Generator, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """A background of two colours."""
    first, second = rng.uniform(0.1, 0.9, (2, 3))
    angle = rng.uniform(0, 2 * np.pi)
    share = np.clip(0.5 + (np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.4)), 0, 1)[..., None]
    return first * share + second * (1 - share)


def _shape(rng: np.random.Generator, y: np.ndarray, x: np.ndarray, canvas: np.ndarray) -> np.ndarray:
    """An ellipse or a half-plane strip with a soft or a hard edge over the canvas."""
    cy, cx, angle = rng.uniform(0, 1, 3)
    u = np.cos(angle * 7) * (x - cx) + np.sin(angle * 7) * (y - cy)
    v = -np.sin(angle * 7) * (x - cx) + np.cos(angle * 7) * (y - cy)
    radii = rng.uniform(0.04, 0.3, 2)
    distance = np.hypot(u / radii[0], v / radii[1]) - 1 if rng.random() < 0.6 else np.abs(u) / radii[0] - 1
    softness = rng.choice([0.02, 0.05, 0.5])
    cover = 1 / (1 + np.exp(np.clip(distance / softness, -40, 40)))[..., None]
    shade = 1 + 0.4 * v[..., None] / radii[1]
    return canvas * (1 - cover) + rng.uniform(0, 1, 3) * np.clip(shade, 0.3, 1.2) * cover


def _texture(rng: np.random.Generator, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """A few waves, strong in a part of the picture only."""
    waves = 0.0
    for _ in range(4):
        fy, fx, phase = rng.uniform(-90, 90), rng.uniform(-90, 90), rng.uniform(0, 6.28)
        waves = waves + np.sin(fy * y + fx * x + phase)
    cy, cx = rng.uniform(0, 1, 2)
    where = np.exp(-((y - cy) ** 2 + (x - cx) ** 2) / 0.05)
    return (0.05 * waves * where)[..., None] * rng.uniform(0.5, 1, 3)
