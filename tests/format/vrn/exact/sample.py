"""Samples of a row of the predictive mode."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import need
from ..reader import Reader
from .head import Head, wrapped

if TYPE_CHECKING:
    from .predictive import Plane

LEAST = 65536
#: Columns on both sides.
ROOM = 3
#: Of symbols 8 to 14: the least magnitude, and how many bits follow.
LARGE = ((8, 2), (12, 2), (16, 3), (24, 3), (32, 4), (48, 4), (64, 6))


@dataclass
class Line:
    """Values and distances, with three columns more on both sides."""

    values: list[int]
    distances: list[int]

    @staticmethod
    def zeros(width: int) -> Line:
        return Line([0] * (width + 2 * ROOM), [0] * (width + 2 * ROOM))


@dataclass
class Lines:
    above: Line
    second: Line
    #: Of the plane in front, of the one in front of that: the same row, the row above.
    earlier: list[tuple[Line, Line]]
    green: tuple[Line, Line]


class Words:
    """The state of a plane in a slice, and its words."""

    def __init__(self, reader: Reader) -> None:
        count = reader.varint(1 << 30)
        self.x = reader.unpack("I")
        need(self.x >= LEAST, "a state that is not below the least")
        self.reader = Reader(reader.bytes(2 * count))

    def set(self, x: int) -> None:
        self.x = x if x >= LEAST else x << 16 | self.reader.unpack("H")

    def raw(self, bits: int) -> int:
        value = self.x & ((1 << bits) - 1)
        self.set(self.x >> bits)
        return value

    def check_end(self) -> None:
        self.reader.end()
        need(self.x == LEAST, "a state as at the beginning")


class Row:
    def __init__(self, lines: Lines, plane: Plane, words: Words, head: Head, most: int, y: int) -> None:
        self.lines, self.plane, self.words, self.head, self.most, self.y = lines, plane, words, head, most, y
        self.inverse = LEAST // head.step
        limits = (12, 30, 70, 2) if plane.said.kind == 0 else (20, 50, 117, 3)
        self.limits = [n << head.scale for n in limits]
        # To the left a row is continued by the value above its first.
        left, far = lines.above.values[ROOM], lines.above.distances[ROOM]
        self.line = Line([left] * ROOM + [0] * plane.width, [far] * ROOM + [0] * plane.width)

    def decode(self) -> Line:
        for x in range(ROOM, ROOM + self.plane.width):
            self.sample(x)
        self.line.values += [self.line.values[-1]] * ROOM
        self.line.distances += [self.line.distances[-1]] * ROOM
        return self.line

    def class_of(self, x: int) -> int:
        q, n, nn = self.line.values, self.lines.above.values, self.lines.second.values
        g, gn = self.lines.green[0].values, self.lines.green[1].values
        h = abs(q[x - 1] - q[x - 2]) + abs(n[x] - n[x - 1]) + abs(n[x] - n[x + 1])
        h += abs(g[x] - g[x - 1]) + abs(g[x] - g[x + 1])
        v = abs(q[x - 1] - n[x - 1]) + abs(n[x] - nn[x]) + abs(n[x + 1] - nn[x + 1])
        v += abs(g[x] - gn[x]) + abs(g[x - 1] - gn[x - 1])
        level = sum(h + v >= limit for limit in self.limits[:3])
        return 3 * level + 1 + (v > 2 * h + self.limits[3]) - (h > 2 * v + self.limits[3])

    def predicted(self, x: int) -> int:
        q, n, nn = self.line.values, self.lines.above.values, self.lines.second.values
        if self.y == 0:
            return 256 * q[x - 1]
        own, earlier = self.plane.coefficients[self.class_of(x)]
        near = n[x - 2 : x + 2] + nn[x - 1 : x + 3] + [q[x - 2], q[x - 3], n[x + 2], q[x - 1]]
        total = sum(c * v for c, v in zip(own, near, strict=True))
        for of, (same, above) in zip(earlier, self.lines.earlier, strict=True):
            a, b = same.values, above.values
            near = [a[x - 2], a[x], a[x + 1], *b[x - 1 : x + 2], a[x - 1]]
            total += sum(c * v for c, v in zip(of, near, strict=True))
        return wrapped(total)

    def scale(self, x: int) -> int:
        q, n = self.line.values, self.lines.above.values
        d, dn, dnn = self.line.distances, self.lines.above.distances, self.lines.second.distances
        parts = [16, d[x - 1], dn[x], dn[x - 1], dn[x + 1], d[x - 2], dnn[x], dn[x - 2] + dn[x + 2]]
        parts += [16 * abs(q[x - 1] - n[x - 1]), 16 * abs(n[x] - n[x - 1]), 16 * abs(n[x] - n[x + 1])]
        parts.append(dnn[x - 1] + dnn[x + 1])
        for same, above in self.lines.earlier:
            a, b = same.distances, above.distances
            parts += [a[x], a[x - 1] + a[x + 1] + b[x], b[x - 1] + b[x + 1]]
        total = sum(w * part for w, part in zip(self.plane.weights, parts, strict=False)) % 2**32
        e = max(total * self.inverse >> 24, 4)
        octave = e.bit_length() - 1
        return 4 * octave + (e >> octave - 2) - 12

    def code(self, table: list[int], shift: int) -> int:
        words = self.words
        slot = words.x & 32767
        y = bisect_right(table, slot, 0, 16) - 1
        words.set((table[y + 1] - table[y]) * (words.x >> 15) + slot - table[y])
        for i in range(16):
            table[i] += (i if i <= y else 32752 + i) - table[i] >> self.head.rate
        if y < 8:
            return (y << shift) + words.raw(shift)
        if y < 15:
            least, bits = LARGE[y - 8]
            return (least << shift) + words.raw(bits + shift)
        m = words.raw(4)
        high = 128 + words.raw(7) << m
        return min((high + words.raw(m) << shift) + words.raw(shift), 1 << 18)

    def sample(self, x: int) -> None:
        least = -self.lines.green[0].values[x]
        p = min(max(self.predicted(x), 256 * least), 256 * (least + self.most))
        base = p + 128 >> 8
        fraction = p - 256 * base
        c = self.scale(x)
        shift = 0 if c < 28 else min(c - 24 >> 2, 10)
        table = 4 * min(c - 4 * shift, 27) + min(abs(fraction) * self.inverse >> 21, 3)
        code = self.code(self.plane.tables[table], shift)
        r = (code + 1) // 2 if code % 2 else -(code // 2)
        value = base + (-1 if fraction < 0 else 1) * r * self.head.step
        value = min(max(value, least), least + self.most)
        self.line.values[x] = value
        self.line.distances[x] = min(abs(16 * value - (p >> 4)), 524287)
