"""Step 51: tiles whose samples come back, or stay within a bound."""

from __future__ import annotations

import numpy as np

from ..errors import need
from . import predictive, screen

#: Rows of a section.
ROWS = 128


def decode(sections: list[bytes], shape: tuple[int, ...], dtype: np.dtype, side: bytes, max_error: int) -> np.ndarray:
    """The samples (H, W, C) of a tile; 0 in rows whose sections are left out."""
    height, width, channels = shape
    count = -(-height // ROWS)
    need(not any(sections[count:]), "sections of rows that there are")
    need(side in (b"\0", b"\1") and (side == b"\0" or dtype == np.uint8), "a mode")
    out = np.zeros(shape, dtype)
    decoder = predictive.Tile(width, channels, dtype, max_error) if side == b"\0" else screen.Screen(shape)
    for i, section in enumerate(sections[:count]):
        rows = min(ROWS, height - i * ROWS)
        out[i * ROWS : i * ROWS + rows] = decoder.slice(section, i * ROWS, rows)
    return out
