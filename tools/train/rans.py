"""The integers as words and back: one rANS stream with a state of 32 bits and words of 16, the state first.

A reference for checks: it walks value by value in Python.
"""

from __future__ import annotations

import numpy as np

from .integer_math import HALF, PROB_BITS, SYMBOLS, fold, klass, raw_bits
from .integer_model import IntegerModel
from .walk import Prepared, Walk

LOW = 1 << 16
Slot = tuple[int, int, int]  # start, frequency, bits of the total


class _Writer:
    """Puts slots, the last one first."""

    def __init__(self) -> None:
        self.state, self.words = LOW, []

    def put(self, start: int, frequency: int, bits: int) -> None:
        if self.state >= frequency << (32 - bits):
            self.words.append(self.state & 0xFFFF)
            self.state >>= 16
        self.state = ((self.state // frequency) << bits) + self.state % frequency + start

    def finish(self) -> np.ndarray:
        return np.array([self.state >> 16, self.state & 0xFFFF, *self.words[::-1]], np.uint16)


class _Reader:
    """Takes slots, the first one first."""

    def __init__(self, words: np.ndarray) -> None:
        self.words, self.at = words, 2
        self.state = (int(words[0]) << 16) | int(words[1])

    def symbol(self, cumulated: np.ndarray) -> int:
        """The symbol whose slot the state stands in."""
        low = self.state & ((1 << PROB_BITS) - 1)
        found = int(np.searchsorted(cumulated, low, side="right")) - 1
        start = int(cumulated[found])
        self._advance(start, int(cumulated[found + 1]) - start, PROB_BITS)
        return found

    def raw(self, bits: int) -> int:
        """So many bits, all values of which are as likely."""
        value = self.state & ((1 << bits) - 1)
        self._advance(value, 1, bits)
        return value

    def _advance(self, start: int, frequency: int, bits: int) -> None:
        self.state = frequency * (self.state >> bits) + (self.state & ((1 << bits) - 1)) - start
        if self.state < LOW:
            self.state = (self.state << 16) | int(self.words[self.at])
            self.at += 1


def _cumulated(model: IntegerModel) -> np.ndarray:
    table = model.arrays["tab"].astype(np.int64)
    return np.concatenate([np.zeros((*table.shape[:3], 1), np.int64), np.cumsum(table, 3)], 3)


def _slots(residual: int, cls: int, cumulated: np.ndarray) -> list[Slot]:
    """The slots of one residual in the decoder's order."""
    low_bits = int(raw_bits(cls))
    high = residual >> low_bits
    index = high + HALF if abs(high) <= HALF else SYMBOLS - 1
    start = int(cumulated[index])
    slots = [(start, int(cumulated[index + 1]) - start, PROB_BITS)]
    if index == SYMBOLS - 1:
        beyond = abs(high) - HALF
        length = beyond.bit_length() - 1
        bits = [int(high < 0)] + [1] * length + [0] + [(beyond >> i) & 1 for i in range(length - 1, -1, -1)]
        slots += [(bit, 1, 1) for bit in bits]
    if low_bits:
        slots.append((residual & ((1 << low_bits) - 1), 1, low_bits))
    return slots


def encode(model: IntegerModel, q: np.ndarray, prepared: Prepared) -> np.ndarray:
    """Words (uint16) of integers (C, h, w)."""
    cumulated = _cumulated(model)
    means, classes = model.context(q, prepared)
    residuals, phases = fold(q, means)
    writer = _Writer()
    for c in range(len(q) - 1, -1, -1):
        layer = cumulated[int(c >= model.base)]
        values = zip(residuals[c].flat, phases[c].flat, classes[c].flat, strict=True)
        for residual, phase, cls in reversed(list(values)):
            for slot in reversed(_slots(int(residual), int(cls), layer[cls, phase])):
                writer.put(*slot)
    return writer.finish()


def _residual(reader: _Reader, cls: int, cumulated: np.ndarray) -> int:
    """One residual, the sign still folded."""
    index = reader.symbol(cumulated)
    high = index - HALF
    if index == SYMBOLS - 1:
        sign = -1 if reader.raw(1) else 1
        length = 0
        while reader.raw(1):
            length += 1
        beyond = 1
        for _ in range(length):
            beyond = 2 * beyond + reader.raw(1)
        high = sign * (beyond + HALF)
    low_bits = int(raw_bits(cls))
    return (high << low_bits) + (reader.raw(low_bits) if low_bits else 0)


def decode(model: IntegerModel, words: np.ndarray, shape: tuple[int, int, int], prepared: Prepared) -> np.ndarray:
    """Integers from words alone, in the order of a decoder: channel by channel, row by row."""
    cumulated, reader = _cumulated(model), _Reader(words)
    walk, q = Walk(model.arrays, prepared, shape), np.zeros(shape, np.int64)
    for c in range(shape[0]):
        walk.begin(c)
        for y in range(shape[1]):
            rows = slice(y, y + 1)
            mean, classes = walk.mean(rows), klass(walk.scale(rows))
            _, phases = fold(mean, mean)
            for x, (m, cls, phase) in enumerate(zip(mean[0], classes[0], phases[0], strict=True)):
                base = (int(m) + 2048) >> 12
                residual = _residual(reader, int(cls), cumulated[int(c >= model.base), cls, phase])
                q[c, y, x] = base + (-residual if m < base << 12 else residual)
            walk.learn(rows, q[c, rows])
            walk.judge(rows, mean)
        walk.end()
    return q
