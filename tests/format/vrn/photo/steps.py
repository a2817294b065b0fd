"""The map of the blocks' steps of a tile."""

from __future__ import annotations

import numpy as np

from ..bands import low
from ..errors import need
from ..ranges import Bits, Chance, fresh
from ..reader import Reader


def read(reader: Reader, height: int, width: int, log2: int) -> np.ndarray:
    """k of each block, -8 to 8."""
    bits = Bits(reader.bytes(reader.varint()))
    chances = [fresh(18) for _ in range(3)]
    k = np.zeros((low(height, log2), low(width, log2)), np.int64)
    for y, x in np.ndindex(k.shape):
        near = [int(n) for n in ([k[y, x - 1]] if x else []) + ([k[y - 1, x]] if y else [])]
        spread = min(abs(near[0] - near[1]), 2) if len(near) == 2 else 1
        guess = sum(near) + 1 >> 1 if len(near) == 2 else sum(near)
        k[y, x] = guess + distance(bits, chances[spread])
        need(abs(k[y, x]) <= 8, "a block's step")
    return k


def distance(bits: Bits, chances: list[Chance]) -> int:
    if not bits.bit(chances[0]):
        return 0
    is_negative, size = bits.bit(chances[1]), 1
    while size < 17 and bits.bit(chances[1 + size]):
        size += 1
    return -size if is_negative else size


def spread(k: np.ndarray, height: int, width: int, log2: int, level: int) -> np.ndarray:
    """k of the blocks in which the coefficients of a band of that size lie."""
    rows = np.minimum(np.arange(height) << level >> log2, k.shape[0] - 1)
    columns = np.minimum(np.arange(width) << level >> log2, k.shape[1] - 1)
    return k[np.ix_(rows, columns)]
