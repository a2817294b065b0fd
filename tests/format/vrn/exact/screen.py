"""The screen mode of step 51: rows of pixels."""

from __future__ import annotations

import numpy as np

from .literal import Literals
from .mixing import FRESH, Decisions, mix

#: Pixels on both sides of a row.
ROOM = 4


class Guesses:
    """Cells of colour, check, count."""

    def __init__(self, bits: int) -> None:
        self.shift = 32 - bits
        self.cells: dict[int, tuple[int, int, int]] = {}

    def find(self, h: int) -> tuple[int, int]:
        """Colour and sureness."""
        colour, check, count = self.cells.get(h >> self.shift, (0, 0, 0))
        count = count if check == h & 0xFFFF else 0
        return colour, min(3, 1 + count.bit_length() // 2) if count else 0

    def learn(self, h: int, colour: int) -> None:
        had, check, count = self.cells.get(h >> self.shift, (0, 0, 0))
        count = count if check == h & 0xFFFF else 0
        if not count:
            had, count = colour, 1
        elif had == colour:
            count = min(count + 1, 255)
        elif count > 3:
            count //= 4
        else:
            had, count = colour, 1
        self.cells[h >> self.shift] = had, h & 0xFFFF, count


class Screen:
    """Decodes slice after slice."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.height, self.width, self.channels = shape
        self.decisions = Decisions(self.width, self.height)
        self.wide, self.close = (Guesses(self.decisions.bits - 3) for _ in range(2))
        self.literals = Literals(self.decisions, self.channels)
        self.same, self.block = [FRESH] * (1 << 15), [FRESH] * 128
        empty = [0] * (self.width + 2 * ROOM)
        #: The row above, and the one above that, with room.
        self.above, self.second = empty, empty
        #: Which blocks of the row above, and of the one above that, were copies.
        count = -(-self.width // 64)
        self.copies = [[0] * (count + 2), [0] * (count + 2)]

    def slice(self, section: bytes, begin: int, rows: int) -> np.ndarray:
        self.decisions.begin(section)
        made = [self.row() for _ in range(rows)]
        self.decisions.check_end()
        colours = np.array(made, "<u4").reshape(rows, self.width)
        return colours.view(np.uint8).reshape(rows, self.width, 4)[:, :, : self.channels]

    def row(self) -> list[int]:
        row = [self.above[ROOM]] * ROOM
        copies = [0] * len(self.copies[0])
        for b in range(len(copies) - 2):
            x, n = b * 64, min(64, self.width - b * 64)
            copies[b + 1] = self.is_copy(b, x, n, row, copies)
            if copies[b + 1]:
                row += self.above[ROOM + x : ROOM + x + n]
            else:
                for _ in range(n):
                    row.append(self.pixel(row))
        row += [row[-1]] * ROOM
        self.above, self.second = row, self.above
        self.copies = [copies, self.copies[0]]
        return row[ROOM:-ROOM]

    def is_copy(self, b: int, x: int, n: int, row: list[int], copies: list[int]) -> int:
        last, before = self.copies
        flags = (copies[b] if b else 1) + 2 * last[b + 1] + 4 * last[b + 2] + 8 * before[b + 1]
        f, m, l = (self.above[ROOM + x + i] for i in (0, n // 2, n - 1))  # noqa: E741
        w = row[-1]
        even = (n > 1 and f == l) + 2 * (f == w) + 4 * (m == f)
        d = self.decisions
        second = d.group(mix(f, l, m, w + 0x5555), 8) + 1
        third = d.group(mix(b, flags, 0x6666), 8) + 1
        return d.mixed(flags, self.block, 8 * flags + even, second, third)

    def pixel(self, row: list[int]) -> int:
        x, n, nn, d = len(row), self.above, self.second, self.decisions
        near = row[x - 1], n[x], n[x - 1], n[x + 1], row[x - 2], nn[x]
        w, north, nw, ne, ww, second = near
        h3 = mix(w, north, ne, int(nw == north))
        h6 = mix(h3, nw, ww, second)
        h13 = mix(h6, row[x - 3], n[x - 2], n[x + 2], nn[x - 1], nn[x + 1], n[x + 3], nn[x + 2])
        (wide, sure), (close, certain) = self.wide.find(h13), self.close.find(h6)
        g3, g6 = d.group(h3, 8), d.group(h6 * 0x85EBCA6B & 0xFFFFFFFF, 8)
        candidates = [(wide, sure), (close, certain), (w, 1), (north, 1), (ne, 1), (nw, 1)]
        tried: list[int] = []
        literals, colour, is_found = self.literals.recent, 0, False
        for i, (c, is_there) in enumerate(candidates):
            if not is_there or c in tried:
                continue
            tried.append(c)
            equal = (c == w) + 2 * (c == north) + 4 * (c == nw) + 8 * (c == ne) + 16 * (c == ww) + 32 * (c == second)
            equal += 64 * (certain > 0 and close == c)
            context = equal + 128 * sure + 512 * certain + 2048 * i + 16384 * (literals > 0)
            of = 64 + (16 * i + 4 * sure + certain) * 4 + min(literals, 3)
            if d.mixed(of, self.same, context, g6 + 1 + i, g3 + 1 + i):
                colour, is_found = c, True
                break
        if not is_found:
            colour = self.literals.read(near, g3, g6)
        self.literals.recent = min(literals + 1, 7) if not is_found else max(literals - 1, 0)
        self.wide.learn(h13, colour)
        self.close.learn(h6, colour)
        return colour
