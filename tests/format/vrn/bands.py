"""The pyramid of a tensor: which samples belong to which band of which level."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .registry import RESIDUAL

LL, HL, LH, HH = "LL", "HL", "LH", "HH"


@dataclass(frozen=True)
class Band:
    """Rows ``top`` to ``bottom`` and columns ``left`` to ``right`` of a plane, the ends excluded."""

    plane: int
    level: int
    name: str
    top: int
    bottom: int
    left: int
    right: int

    @property
    def shape(self) -> tuple[int, int]:
        return self.bottom - self.top, self.right - self.left

    @property
    def place(self) -> tuple[int, slice, slice]:
        """Indexes planes (C, H, W)."""
        return self.plane, slice(self.top, self.bottom), slice(self.left, self.right)


def low(n: int, times: int) -> int:
    """n halved, rounded up."""
    return -(-n >> times)


def planes_of(shape: tuple[int, ...], kind: int) -> tuple[int, int, int]:
    """A tensor's shape as (C, H, W)."""
    if kind == RESIDUAL and len(shape) == 3:
        return 1, shape[0], shape[1] * shape[2]
    *front, height, width = (1, 1, *shape) if len(shape) < 3 else shape
    return math.prod(front), height, width


def bands_of(planes: tuple[int, int, int], levels: int) -> list[list[Band]]:
    """Per level, its bands that are not empty, in file order."""
    count, height, width = planes
    result = [[Band(c, 0, LL, 0, low(height, levels), 0, low(width, levels)) for c in range(count)]]
    for level in range(1, levels + 1):
        h, h1 = low(height, levels - level), low(height, levels - level + 1)
        w, w1 = low(width, levels - level), low(width, levels - level + 1)
        edges = ((HL, 0, h1, w1, w), (LH, h1, h, 0, w1), (HH, h1, h, w1, w))
        result.append([Band(c, level, *edge) for c in range(count) for edge in edges])
    return [[band for band in level if min(band.shape) > 0] for level in result]
