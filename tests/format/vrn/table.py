"""The table of an rANS stream: the frequency of each symbol."""

from __future__ import annotations

from .errors import need
from .parametric import marker_weight, weight
from .ranges import Bits, fresh

KEPT = (0, 1, 2, 3, 4, 5, 7, 15)
SAME, ROSE, FELL = 0, 1, 2


def read_table(data: bytes, bits: int, escapes: bool) -> tuple[list[int], int]:
    """256 frequencies with the sum 2^bits, and the marker (-1 without escapes)."""
    source = Bits(data)
    marker = source.plain(8) if escapes else -1
    is_parametric = source.plain(1)
    weights = parametric(source, bits, marker) if is_parametric else stored(source, bits)
    return frequencies(weights, bits, bool(is_parametric)), marker


def span(source: Bits) -> tuple[int, int]:
    """First and last symbol."""
    first = source.plain(8) if source.plain(1) else 0
    last = source.plain(8 if source.plain(1) else 5)
    return first, max(first, last)


class Lengths:
    """The bit lengths of weights, each told by the one before."""

    def __init__(self, source: Bits, bits: int) -> None:
        self.source, self.most = source, bits + 1
        self.length, self.trend = 1, SAME
        self.differs, self.falls, self.farther = fresh(3), fresh(3), fresh(4)

    def next(self) -> int:
        if not self.source.bit(self.differs[self.trend]):
            return self.length
        falls = self.fall()
        room = self.length - 1 if falls else self.most - self.length
        step = 1
        while step < room and self.source.bit(self.farther[min(step - 1, 3)]):
            step += 1
        self.length += -step if falls else step
        self.trend = FELL if falls else ROSE
        return self.length

    def fall(self) -> bool:
        if self.length in (1, self.most):
            return self.length != 1
        return bool(self.source.bit(self.falls[self.trend]))


def stored(source: Bits, bits: int) -> list[int]:
    kept = KEPT[source.plain(3)]
    first, last = span(source)
    lengths, chances, absent = Lengths(source, bits), fresh(2), 0
    weights = [0] * 256
    for symbol in range(first, last + 1):
        absent = source.bit(chances[absent])
        if not absent:
            length = lengths.next()
            count = min(kept, length - 1)
            weights[symbol] = (1 << count | source.plain(count)) << (length - 1 - count)
    return weights


def parametric(source: Bits, bits: int, marker: int) -> list[int]:
    first, last = span(source)
    folded = source.plain(1)
    centre = 0 if folded else source.plain(8)
    exponent, scale, peak = source.plain(3), source.plain(6), source.plain(5)
    weights = [0] * 256
    for symbol in range(first, last + 1):
        distance = (symbol - first + 1) // 2 if folded else abs(symbol - centre)
        weights[symbol] = weight(distance, exponent, scale, peak)
    if marker >= 0:
        length = source.plain(4)
        weights[marker] = 0
        weights[marker] = marker_weight(sum(weights), length, bits)
    return weights


def frequencies(weights: list[int], bits: int, is_parametric: bool) -> list[int]:
    """1 of each weighted symbol, and what is left in shares."""
    weighted = [w for w in weights if w]
    need(len(weighted) > 1, "a table of two symbols at least")
    less = 0 if is_parametric or all(w == 1 for w in weighted) else 1
    left, whole = (1 << bits) - len(weighted), sum(weighted) - less * len(weighted)
    result, below = [0] * 256, 0
    for symbol, w in enumerate(weights):
        if w:
            up = below + w - less
            result[symbol] = 1 + up * left // whole - below * left // whole
            below = up
    return result
