"""A sequence that the package constriction wrote."""

from __future__ import annotations

import numpy as np

from .errors import need
from .reader import Reader


def decode(reader: Reader, count: int) -> np.ndarray:
    """``count`` symbols, uint8."""
    import constriction  # type: ignore[import-untyped]

    need(reader.unpack("I") == count, "the count that the place tells")
    if not count:
        return np.zeros(0, np.uint8)
    length, first, last = reader.unpack("I"), reader.u8(), reader.u8()
    need(last > first, "two symbols at least")
    frequencies = np.frombuffer(reader.bytes(2 * (last - first + 1)), "<u2").astype(np.float64)
    need(frequencies.sum() == 65536, "frequencies of 65536 together")
    words = np.frombuffer(reader.bytes(4 * length), "<u4").astype(np.uint32)
    model = constriction.stream.model.Categorical(frequencies / 65536, perfect=False)
    coder = constriction.stream.stack.AnsCoder(words)
    symbols = coder.decode(model, count)
    need(coder.is_empty(), "words left over")
    return (symbols + first).astype(np.uint8)
