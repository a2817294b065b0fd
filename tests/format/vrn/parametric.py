"""Weights that follow from a few numbers: logarithm and power of two in integers."""

from __future__ import annotations

from functools import cache
from math import isqrt

EXPONENTS = (4, 5, 6, 7, 8, 10, 12, 16)


@cache
def log_table() -> list[int]:
    table = []
    for i in range(256):
        m, t = (256 + i) << 24, 0
        for _ in range(17):
            m = m * m >> 32
            bit = m >> 33
            m >>= bit
            t = t << 1 | bit
        table.append((t + 1) >> 1)
    return [*table, 65536]


@cache
def power_table() -> list[int]:
    q = 2**61
    for _ in range(8):
        q = isqrt(q << 62)
    table = [2**62]
    for _ in range(256):
        table.append(table[-1] * q >> 62)
    return table


def log2(x: int) -> int:
    """About 65536 log2(x)."""
    w = x.bit_length() - 1
    y = (x << (31 - w)) & (2**31 - 1)
    i, r = y >> 23, y % 2**23
    table = log_table()
    return 65536 * w + table[i] + ((table[i + 1] - table[i]) * r >> 23)


def falling(x: int) -> int:
    """About 2^30 2^(-x / 65536)."""
    w = x >> 16
    if w > 31:
        return 0
    i, r = (x >> 8) % 256, x % 256
    table = power_table()
    v = table[i] - ((table[i] - table[i + 1]) * r >> 8)
    return ((v >> w >> 31) + 1) >> 1


def rising(x: int) -> int:
    """About 2^(x / 65536 + 8)."""
    w = x >> 16
    return 2**40 if w >= 32 else (2 * falling(65536 - x % 65536) << w) >> 22


def weight(distance: int, exponent: int, scale: int, peak: int) -> int:
    """The weight of a symbol at that distance of the centre."""
    if distance == 0:
        return max(1, falling(262144 + 16384 * (16 - peak)))
    return max(1, falling(262144 + rising(16384 * scale + EXPONENTS[exponent] * log2(distance) // 8)))


def marker_weight(others: int, length: int, bits: int) -> int:
    """The weight of the marker beside ``others``, the sum of all other weights."""
    share = 2 ** min(max(length - 1, 0), bits - 1)
    return min(max(others * share // (2**bits - share), 1), 2**31)
