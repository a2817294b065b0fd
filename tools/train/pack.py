"""Decoded photos in one file, mapped into memory: ``photos.u8`` (RGB, 8 bit, row by row), its index ``photos.json``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

PIXELS, INDEX = "photos.u8", "photos.json"


@dataclass(frozen=True)
class Pack:
    """Photos in one file.

    Attributes
    ----------
    names : list of str
    sizes : ndarray (N, 2) of int64
        Height and width of every photo.
    offsets : ndarray (N,) of int64
        Of its first pixel, in pixels.
    pixels : ndarray (P, 3) of uint8
        All pixels, one photo after the other.
    """

    names: list[str]
    sizes: np.ndarray
    offsets: np.ndarray
    pixels: np.ndarray

    def __len__(self) -> int:
        return len(self.names)

    def photo(self, i: int) -> np.ndarray:
        """Photo ``i``, (H, W, 3) uint8, not copied."""
        height, width = self.sizes[i]
        return self.pixels[self.offsets[i] : self.offsets[i] + height * width].reshape(height, width, 3)


def write(folder: Path, photos: Iterable[tuple[str, np.ndarray]]) -> int:
    """Write photos as they come and return how many pixels there are.

    Parameters
    ----------
    folder : Path
    photos : iterable of (str, ndarray)
        Names, and pictures (H, W, 3) uint8.
    """
    index, total = [], 0
    with open(folder / PIXELS, "wb") as file:
        for name, picture in photos:
            height, width, channels = picture.shape
            if channels != 3 or picture.dtype != np.uint8:
                raise ValueError(f"{name}: {picture.shape} {picture.dtype} is no RGB picture of 8 bits")
            file.write(np.ascontiguousarray(picture).tobytes())
            index.append([name, height, width])
            total += height * width
    (folder / INDEX).write_text(json.dumps(index), "utf-8")
    return total


def read(folder: Path) -> Pack:
    """Map a pack into memory."""
    if not (folder / PIXELS).is_file():
        raise SystemExit(f"train: {folder / PIXELS} is missing: run the stage 'data'")
    index = json.loads((folder / INDEX).read_text("utf-8"))
    sizes = np.array([entry[1:] for entry in index], np.int64).reshape(-1, 2)
    areas = sizes.prod(axis=1)
    offsets = np.cumsum(areas) - areas
    # Copy on write: PyTorch takes no read-only arrays, and nobody writes.
    pixels = np.memmap(folder / PIXELS, np.uint8, mode="c").reshape(-1, 3)
    if len(pixels) != areas.sum():
        raise ValueError(f"{folder / PIXELS} has {len(pixels)} pixels, its index {areas.sum()}: pack the photos anew")
    return Pack([entry[0] for entry in index], sizes, offsets, pixels)
