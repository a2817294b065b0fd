"""Decisions of the screen mode: chances, weights, the range coder, hashes."""

from __future__ import annotations

from functools import cache

from ..errors import Refused, need

WORD = 2**32 - 1
FRESH = 0x8000
MOST_WEIGHT = 524288


def mix(*values: int) -> int:
    h = values[0]
    for v in values[1:]:
        h = (h + v) * 0x9E3779B1 & WORD
        h ^= h >> 15
    return h


@cache
def squashed() -> list[int]:
    """Of -3072 to 3071."""
    e, below = 1 << 30, [0] * 3073
    for i in range(3073):
        if i:
            e = e * 1069555701 + (1 << 29) >> 30
        below[i] = max(8, (65536 * e + ((1 << 30) + e) // 2) // ((1 << 30) + e))
    return below[:0:-1] + [below[0]] + [65536 - below[i] for i in range(1, 3072)]


@cache
def stretched() -> list[int]:
    table, x, out = squashed(), -3072, []
    for q in range(4096):
        while x < 3071 and table[x + 3072] < 16 * q + 8:
            x += 1
        out.append(min(max(x, -2047), 2047))
    return out


def learn(chances: list[int], at: int, bit: int) -> None:
    """A chance is 16 q + n."""
    q, n = chances[at] >> 4, chances[at] & 15
    rate = 131072 // (2 * n + 3)
    q += ((4095 - q) * rate + 32768 >> 16) if bit else -(q * rate + 32768 >> 16)
    chances[at] = q << 4 | min(n + 1, 15)


class Decisions:
    """A range decoder, the weights, and the hashed chances."""

    def __init__(self, width: int, height: int) -> None:
        self.bits = min(max((width * height).bit_length(), 14), 20)
        self.hashed = [0] * (1 << self.bits)
        self.weights: dict[int, list[int]] = {}
        self.data, self.at, self.code, self.range = b"", 0, 0, 0

    def begin(self, data: bytes) -> None:
        self.data, self.at, self.code, self.range = data, 4, int.from_bytes(data[:4].ljust(4, b"\0"), "big"), WORD

    def check_end(self) -> None:
        if self.at > len(self.data):
            raise Refused("stream.truncated", "a slice that ends before its rows do")
        need(self.at == len(self.data) and self.code == 0, "a slice that ends with its rows")

    def group(self, h: int, size: int) -> int:
        """Where the group of a hash stands."""
        at = (h >> 32 - self.bits) & -size
        check = (h & 0xFFFF) | 1
        if self.hashed[at] != check:
            self.hashed[at : at + size] = [check] + [FRESH] * (size - 1)
        return at

    def _bit(self, p: int) -> int:
        bound = (self.range >> 16) * p
        bit = int(self.code < bound)
        if bit:
            self.range = bound
        else:
            self.code -= bound
            self.range -= bound
        while self.range < 1 << 24:
            byte = self.data[self.at] if self.at < len(self.data) else 0
            self.range, self.code, self.at = self.range << 8, self.code << 8 | byte, self.at + 1
        return bit

    def plain(self, chances: list[int], at: int) -> int:
        bit = self._bit(16 * (chances[at] >> 4) + 8)
        learn(chances, at, bit)
        return bit

    def mixed(self, of: int, direct: list[int], at: int, second: int, third: int) -> int:
        """With the weights of a set, a direct chance and two hashed ones."""
        w = self.weights.setdefault(of, [22000] * 3)
        places = ((direct, at), (self.hashed, second), (self.hashed, third))
        stretch = stretched()
        s = [stretch[chances[i] >> 4] for chances, i in places]
        total = (s[0] * w[0] >> 8) + (s[1] * w[1] >> 8) + (s[2] * w[2] >> 8)
        p = squashed()[min(max(total >> 8, -3072), 3071) + 3072]
        bit = self._bit(p)
        error = (65535 if bit else 0) - p >> 2
        w[:] = [min(max(w[k] + (s[k] * error + 4096 >> 13), -MOST_WEIGHT), MOST_WEIGHT) for k in range(3)]
        for chances, i in places:
            learn(chances, i, bit)
        return bit
