"""The states of a tile's lanes, and the words that go into them."""

from __future__ import annotations

from bisect import bisect_right

from ..errors import need
from ..reader import Reader

LANES, LEAST = 16, 65536
ESCAPE = 25


class Words:
    """What is left of a tile's words, and 16 states."""

    def __init__(self, first: Reader, others: list[bytes], lanes: int) -> None:
        self.states = [first.unpack("I") for _ in range(lanes)] + [LEAST] * (LANES - lanes)
        need(min(self.states) >= LEAST, "states that are not below the least")
        sections = [first.bytes(first.left), *others]
        need(all(len(s) % 2 == 0 for s in sections), "whole words in every section")
        self.reader = Reader(b"".join(sections))
        #: Where each section ends.
        self.ends = [sum(len(s) for s in sections[: i + 1]) for i in range(len(sections))]

    def refill(self, lane: int) -> None:
        if self.states[lane] < LEAST:
            self.states[lane] = self.states[lane] << 16 | self.reader.unpack("H")

    def token(self, lane: int, ends: list[int]) -> int:
        """The next symbol of a table; the state is not filled."""
        x = self.states[lane]
        slot = x & 32767
        token = bisect_right(ends, slot)
        start = ends[token - 1] if token else 0
        self.states[lane] = (ends[token] - start) * (x >> 15) + slot - start
        return token

    def raw(self, lane: int, bits: int) -> int:
        x = self.states[lane]
        self.states[lane] = x >> bits
        self.refill(lane)
        return x & ((1 << bits) - 1)

    def index(self, lane: int, token: int) -> int:
        """The index of a token."""
        if token < 8:
            return token
        if token == ESCAPE:
            return (self.raw(lane, 12) << 12 | self.raw(lane, 12)) + 1
        bits = 2 + (token - 8) // 2
        return 2 + token % 2 << bits | self.raw(lane, bits)

    def check_end(self, section: int) -> None:
        need(self.reader.at == self.ends[section], "a section that ends with its last word")
