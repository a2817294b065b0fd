"""Histograms of wavelet bands: where in the spectrum a codec spends and what it throws away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .model import Histogram

if TYPE_CHECKING:
    import numpy as np

BINS = 41
LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601


def levels_for(height: int, width: int, most: int = 4) -> int:
    """Levels that leave bands of at least 8x8 samples."""
    levels = 0
    while levels < most and min(height, width) >> (levels + 1) >= 8:
        levels += 1
    return levels


def split(packed: np.ndarray, levels: int) -> Iterator[tuple[str, np.ndarray]]:
    """Bands of a packed pyramid, coarsest first: low-pass quadrant top left, ``ceil`` halves."""
    h, w = packed.shape
    sizes = [(h, w)]
    for _ in range(levels):
        h, w = (h + 1) // 2, (w + 1) // 2
        sizes.append((h, w))
    yield f"LL{levels}", packed[:h, :w]
    for level in range(levels, 0, -1):
        (ph, pw), (h, w) = sizes[level - 1], sizes[level]
        yield f"HL{level}", packed[:h, w:pw]  # horizontal detail: vertical edges
        yield f"LH{level}", packed[h:ph, :w]
        yield f"HH{level}", packed[h:ph, w:pw]


def luma_bands(rgb: np.ndarray) -> dict[str, np.ndarray]:
    """CDF 9/7 bands of the luma of an (H, W, 3) uint8 picture."""
    import numpy as np

    from .. import functional

    luma = rgb.astype(np.float32) @ np.array(LUMA, np.float32)
    levels = levels_for(*luma.shape)
    if levels == 0:
        return {}
    return dict(split(functional.wavelet(luma, wavelet="cdf97", levels=levels), levels))


def histograms(
    photo: str, original: dict[str, np.ndarray], codec: str | None, point: str, decoded: dict[str, np.ndarray]
) -> list[Histogram]:
    """Histograms of every band of ``decoded``, on bins set by the original's spread (so that they can be overlaid)."""
    return [_histogram(photo, codec, point, band, x, original[band]) for band, x in decoded.items()]


def _histogram(photo: str, codec: str | None, point: str, band: str, x: np.ndarray, reference: np.ndarray) -> Histogram:
    import numpy as np

    if band.startswith("LL"):
        low, high = float(reference.min()), float(reference.max())
    else:
        high = max(4.0, float(np.quantile(np.abs(reference), 0.998)))
        low = -high
    high = max(high, low + 1e-3)
    counts, _ = np.histogram(np.clip(x, low, high), bins=BINS, range=(low, high))
    return Histogram(photo, codec, point, band, low, high, counts.tolist(), float(x.std()), entropy(np.rint(x)))


def entropy(symbols: np.ndarray) -> float:
    """Order-0 entropy in bits per symbol."""
    import numpy as np

    _, counts = np.unique(symbols, return_counts=True)
    p = counts / symbols.size
    return float(max(0.0, -(p * np.log2(p)).sum()))
