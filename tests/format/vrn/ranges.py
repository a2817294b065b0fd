"""The adaptive binary range coder that tables are written with."""

from __future__ import annotations

#: A chance is [zero, seen].
Chance = list[int]


def fresh(count: int) -> list[Chance]:
    return [[32768, 0] for _ in range(count)]


class Bits:
    """Bits of a table."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 4
        self.code = int.from_bytes(data[:4].ljust(4, b"\0"), "big")
        self.range = 2**32 - 1

    def bit(self, chance: Chance) -> int:
        zero, seen = chance
        split = self.range // 2048 * min(max(zero // 32, 32), 2016)
        bit = int(self.code >= split)
        if bit:
            self.code -= split
            self.range -= split
        else:
            self.range = split
        change = (0 if bit else 65536) - zero
        step = abs(change) // (seen + 2)
        chance[:] = [zero + (step if change > 0 else -step), min(seen + 1, 30)]
        while self.range < 1 << 24:
            low = self.data[self.at] if self.at < len(self.data) else 0
            self.code, self.range, self.at = self.code << 8 | low, self.range << 8, self.at + 1
        return bit

    def plain(self, count: int) -> int:
        value = 0
        for _ in range(count):
            value = value << 1 | self.bit([32768, 0])
        return value
