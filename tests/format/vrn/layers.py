"""Sections of step 49: the layers of integers (C, h, w)."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from .errors import need
from .predictor import Channel, Predictor, weights
from .reader import Reader

#: Planes lie in the middle of so much room on each side.
ROOM = 2
LEAST = 65536


def decode(predictor: Predictor, step: int, shape: tuple[int, ...], sections: list[bytes]) -> np.ndarray:
    """The integers of layers that have a section; 0 in the others."""
    count, height, width = shape
    need(count in predictor.layers, "channels of whole layers")
    planes = Planes(weights(predictor, step, count), height, width)
    ends = predictor.layers[: predictor.layers.index(count) + 1]
    for layer, (end, section) in enumerate(zip(ends, sections, strict=False)):
        words, tables = Words(section), predictor.starts[layer].tolist()
        planes.energy[:] = 0
        for channel in range(predictor.layers[layer - 1] if layer else 0, end):
            planes.decode(channel, words, tables)
        words.check_end()
    return planes.values[:, ROOM:-ROOM, ROOM:-ROOM].astype(np.int16)


class Words:
    """The states of a section's lanes, and its words."""

    def __init__(self, section: bytes) -> None:
        self.reader = Reader(section)
        log2 = self.reader.u8()
        need(log2 <= 5, "32 lanes at most")
        self.states = [self.reader.unpack("I") for _ in range(1 << log2)]
        need(min(self.states) >= LEAST, "states that are not below the least")
        need(self.reader.left % 2 == 0, "whole words")

    def check_end(self) -> None:
        self.reader.end()
        need(set(self.states) == {LEAST}, "states as at the beginning")

    def set(self, lane: int, x: int) -> None:
        self.states[lane] = x if x >= LEAST else x << 16 | self.reader.unpack("H")

    def raw(self, lane: int, bits: int) -> int:
        x = self.states[lane]
        self.set(lane, x >> bits)
        return x & ((1 << bits) - 1)

    def symbol(self, lane: int, starts: list[int]) -> int:
        x = self.states[lane]
        slot = x % 2**15
        k = bisect_right(starts, slot) - 1
        self.set(lane, (starts[k + 1] - starts[k]) * (x >> 15) + slot - starts[k])
        return k

    def escaped(self, lane: int) -> int:
        negative, ones, v = self.raw(lane, 1), 0, 1
        while self.raw(lane, 1):
            ones += 1
            need(ones <= 20, "an escape of at most 20 ones")
        for _ in range(ones):
            v = 2 * v + self.raw(lane, 1)
        return -(v + 15) if negative else v + 15

    def distance(self, column: int, starts: list[int], class_: int) -> int:
        lane = column % len(self.states)
        symbol = self.symbol(lane, starts)
        high = self.escaped(lane) if symbol == 31 else symbol - 15
        bits = max(0, (class_ + 16) // 4 - 13)
        return (high << bits) + self.raw(lane, bits)


class Planes:
    """Integers, their residuals and the sums of these, with room around them."""

    def __init__(self, channels: list[Channel], height: int, width: int) -> None:
        self.channels, self.height, self.width = channels, height, width
        shape = height + 2 * ROOM, width + 2 * ROOM
        self.values = np.zeros((len(channels), *shape), np.int64)
        self.residuals = np.zeros((len(channels), *shape), np.int64)
        self.energy = np.zeros(shape, np.int64)

    def row(self, of: np.ndarray, y: int, dx: int = 0) -> np.ndarray:
        return of[y + ROOM, ROOM + dx : ROOM + dx + self.width]

    def decode(self, number: int, words: Words, tables: list[list[list[int]]]) -> None:
        """All rows of a channel; outside of it its residuals are as if its edge stood there, until it is done."""
        values, residuals = self.values[number], self.residuals[number]
        residuals[:] = self.channels[number].edge
        for y in range(self.height):
            m, classes, base, sign, phase = self.context(number, y)
            found = zip(classes.tolist(), phase.tolist(), strict=True)
            e = np.array([words.distance(x, tables[c][p], c) for x, (c, p) in enumerate(found)])
            q = base + sign * e
            need(abs(q).max() <= 32767, "integers of 16 bits")
            self.row(values, y)[:] = q
            distance = abs((4096 * q - m).astype(np.int32).astype(np.int64))
            self.row(residuals, y)[:] = np.minimum(distance + 128 >> 8, 4095)
        inside = residuals[ROOM:-ROOM, ROOM:-ROOM].copy()
        residuals[:] = 0
        residuals[ROOM:-ROOM, ROOM:-ROOM] = inside
        energy = self.energy[ROOM:-ROOM, ROOM:-ROOM]
        energy[:] = np.minimum(energy + (self.channels[number].energy_gain * inside + 2048 >> 12), 1 << 22)

    def context(self, number: int, y: int) -> tuple[np.ndarray, ...]:
        """Mean, class, the integer nearest to the mean, sign and phase of each column."""
        channel, none = self.channels[number], np.zeros(self.width, np.int64)
        m = sum((w * self.row(self.values[number - back], y + dy, dx) for back, dy, dx, w in channel.mean), none)
        a = sum((w * self.row(self.residuals[number - back], y + dy, dx) for back, dy, dx, w in channel.scale), none)
        b = sum((w * self.row(self.energy, y + i // 3 - 1, i % 3 - 1) for i, w in enumerate(channel.energy) if w), none)
        s = np.clip(channel.bias + (a + 128 >> 8) + (b + 2048 >> 12), 16, 2**19 - 1)
        f = np.array([n.bit_length() - 1 for n in s.tolist()])
        base = m + 2048 >> 12
        fraction = m - 4096 * base
        sign = np.where(fraction < 0, -1, 1)
        return m, 4 * f + (s >> f - 2) % 4 - 16, base, sign, np.minimum(abs(fraction) >> 9, 3)
