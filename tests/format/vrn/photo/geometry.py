"""The pyramid of a whole picture, and what of each band belongs to a tile."""

from __future__ import annotations

from ..bands import low
from .params import HH, HL, LH

#: Rows and columns from top, left to bottom, right.
Rect = tuple[int, int, int, int]


def splits(height: int, width: int) -> int:
    """How often a picture is split."""
    side, count = min(height, width), 0
    while count < 6 and side >> (count + 1) >= 4:
        count += 1
    return count


def size(n: int, level: int, is_high: bool) -> int:
    """Samples of a side of a band."""
    return low(n, level - 1) // 2 if is_high else low(n, level)


def part(n: int, at: int, length: int, level: int, is_high: bool) -> tuple[int, int]:
    """Of a side of a band: what belongs to a tile that begins at ``at``."""
    whole = size(n, level, is_high)
    end = whole if at + length >= n else min(at + length >> level, whole)
    return min(at >> level, whole), end


def rect_of(picture: tuple[int, int], tile: Rect, level: int, orientation: int | None) -> Rect:
    """The part of a band of a tile; orientation None is the low band."""
    high_x, high_y = orientation in (HL, HH), orientation in (LH, HH)
    top, bottom = part(picture[0], tile[0], tile[2] - tile[0], level, high_y)
    left, right = part(picture[1], tile[1], tile[3] - tile[1], level, high_x)
    return top, left, bottom, right


def corner(picture: tuple[int, int], level: int, orientation: int | None) -> tuple[int, int]:
    """Row and column where a band begins in a packed plane."""
    top = low(picture[0], level) if orientation in (LH, HH) else 0
    return top, low(picture[1], level) if orientation in (HL, HH) else 0
