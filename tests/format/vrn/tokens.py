"""Signed values: tokens of one byte, and the bits that they leave out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .errors import need
from .reader import Reader

#: Reads a sequence of that many bytes.
Bytes = Callable[[Reader, int], np.ndarray]


def decode(reader: Reader, count: int, symbols: Bytes) -> np.ndarray:
    """``count`` values, int64, of 32 bits."""
    tokens = symbols(reader, count).astype(np.int64)
    need(count == 0 or tokens.max() < 128, "tokens of at most 127")
    big = tokens[tokens >= 16]
    z = tokens
    power = 4 + (big - 16) // 4
    z[tokens >= 16] = (4 + big % 4 << power - 2) + extra(reader, power - 2)
    return np.where(z % 2, -(z + 1) // 2, z // 2)


def extra(reader: Reader, widths: np.ndarray) -> np.ndarray:
    """A number of each width, the lowest bit of a byte first."""
    total = int(widths.sum())
    bits = np.unpackbits(np.frombuffer(reader.bytes(-(-total // 8)), np.uint8), bitorder="little").astype(np.int64)
    places = np.cumsum(widths) - widths
    numbers = np.zeros(len(widths), np.int64)
    for bit in range(int(widths.max(initial=0))):
        wide = widths > bit
        numbers[wide] |= bits[places[wide] + bit] << bit
    return numbers
