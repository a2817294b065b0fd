"""The predictive mode of step 51: planes, row by row."""

from __future__ import annotations

import numpy as np

from ..errors import need
from ..reader import Reader
from . import head
from .sample import Line, Lines, Row, Words


class Plane:
    """A plane's lines so far, and what its tables have become."""

    def __init__(self, said: head.Plane, width: int) -> None:
        self.said, self.width = said, width
        self.tables = [list(t) for t in head.kinds()[said.kind].tables]
        self.coefficients = [head.complete(of) for of in said.coefficients]
        self.weights = head.kinds()[said.kind].weights
        self.lines: list[Line] = []

    def line(self, y: int) -> Line:
        """Above the first row all is the start value."""
        return self.lines[y] if y >= 0 else Line([self.said.start] * (self.width + 6), [0] * (self.width + 6))


class Tile:
    """Decodes slice after slice."""

    def __init__(self, width: int, channels: int, dtype: np.dtype, max_error: int) -> None:
        self.width, self.channels, self.dtype, self.max_error = width, channels, dtype, max_error
        self.most = int(np.iinfo(dtype).max)
        self.head: head.Head | None = None
        self.planes: list[Plane] = []

    def slice(self, section: bytes, begin: int, rows: int) -> np.ndarray:
        reader = Reader(section)
        if self.head is None:
            self.head = head.read(reader, self.channels, self.most)
            need(self.head.step <= 2 * self.max_error + 1, "a bound that the parameter names")
            self.planes = [Plane(said, self.width) for said in self.head.planes]
        words = [None if p.said.is_constant else Words(reader) for p in self.planes]
        reader.end()
        for number, plane in enumerate(self.planes):
            for y in range(begin, begin + rows):
                plane.lines.append(self.row(number, y, words[number]))
            if (of := words[number]) is not None:
                of.check_end()
        return self.samples(begin, rows)

    def row(self, number: int, y: int, words: Words | None) -> Line:
        plane = self.planes[number]
        if words is None or self.head is None:
            return plane.line(-1)
        kind = plane.said.kind
        earlier = [(p.line(y), p.line(y - 1)) for p in self.planes[number - kind : number][::-1]]
        green = earlier[-1] if kind else (Line.zeros(self.width), Line.zeros(self.width))
        # In row 1 the row above row 0 is as row 0.
        second = plane.line(0 if y == 1 else y - 2)
        lines = Lines(plane.line(y - 1), second, earlier, green)
        return Row(lines, plane, words, self.head, self.most, y).decode()

    def samples(self, begin: int, rows: int) -> np.ndarray:
        lines = [[line.values[3 : 3 + self.width] for line in p.lines[begin : begin + rows]] for p in self.planes]
        planes = np.array(lines, np.int64)
        if self.channels > 2:
            green = planes[0].copy()
            planes[1:3] = np.clip(planes[1:3] + green, 0, self.most)
            planes[:2] = planes[1::-1].copy()
        need(planes.min() >= 0, "samples")
        return np.moveaxis(planes, 0, 2).astype(self.dtype)
