"""A tile of a photo: its sections to coefficients."""

from __future__ import annotations

import numpy as np

from ..errors import need
from ..reader import Reader
from . import energy, geometry, low, model, steps
from .band import Band
from .geometry import Rect
from .params import HH, HL, LH, POWERS, Params
from .words import LANES, Words

#: The bands of a level that another one of the same level looks at.
OTHERS = {HL: (LH, HH), LH: (HL, HH), HH: (HL, LH)}
Sizes = dict[tuple[int, int], np.ndarray]


class Tile:
    """Coefficients go into packed ``planes`` of the whole picture."""

    def __init__(self, picture: tuple[int, int], tile: Rect, params: Params, planes: np.ndarray) -> None:
        self.picture, self.tile, self.params, self.planes = picture, tile, params, planes
        self.levels = geometry.splits(*picture)
        self.model = model.shipped(params.is_reversible)
        self.map: np.ndarray | None = None

    def lanes(self) -> int:
        rows, _ = energy.shape_of(geometry.rect_of(self.picture, self.tile, 1, HL))
        return min(rows, LANES) if self.levels else 1

    def decode(self, sections: list[bytes]) -> None:
        first = Reader(sections[0])
        if self.params.blocks:
            self.map = steps.read(first, *energy.shape_of(self.tile), self.params.blocks)
        words = Words(first, sections[1:], self.lanes())
        self.low_band(words)
        coarser: Sizes | None = None
        for number in range(len(sections)):
            if self.levels:
                coarser = self.level(words, self.levels - number, coarser)
            words.check_end(number)
        if len(sections) == max(self.levels, 1):
            need(set(words.states) == {65536}, "states as at the beginning")

    def put(self, plane: int, level: int, orientation: int | None, values: np.ndarray) -> None:
        top, left, bottom, right = geometry.rect_of(self.picture, self.tile, level, orientation)
        y, x = geometry.corner(self.picture, level, orientation)
        self.planes[plane, y + top : y + bottom, x + left : x + right] = values

    def low_band(self, words: Words) -> None:
        shape = energy.shape_of(geometry.rect_of(self.picture, self.tile, self.levels, None))
        for plane in range(len(self.planes)):
            q = low.read(words, self.model, *shape)
            self.put(plane, self.levels, None, q.astype(np.float32) * self.params.low_step(self.levels))

    def level(self, words: Words, level: int, coarser: Sizes | None) -> Sizes:
        sizes: Sizes = {}
        for plane in range(len(self.planes)):
            for o in (HL, LH, HH):
                shape = energy.shape_of(geometry.rect_of(self.picture, self.tile, level, o))
                sizes[plane, o] = np.zeros(shape, np.int64)
                if min(shape) > 0:
                    self.band(words, level, plane, o, sizes, coarser)
        return sizes

    def band(self, words: Words, level: int, plane: int, o: int, sizes: Sizes, coarser: Sizes | None) -> None:
        set_of, group = (plane * 3 + o) * 4 + min(level, 4) - 1, min(plane, 1) * 4 + min(level, 4) - 1
        bias, *weights = self.model.weights[set_of].tolist()
        parents = [coarser[plane, i] for i in (o, *OTHERS[o])] if coarser else None
        beside = [
            sizes[plane, HL] if o != HL else None,
            sizes[plane, LH] if o == HH else None,
            sizes[0, o] if plane > 0 else None,
            sizes[1, o] if plane > 1 else None,
        ]
        shape = sizes[plane, o].shape
        energies = energy.of_others((shape[0], shape[1]), [bias, *weights[6:]], parents, beside)
        signs = self.model.signs[min(plane, 1) * 3 + o]
        band = Band(words, energies, weights[:6], self.model.ends[group], signs, self.params.is_uniform)
        band.decode()
        sizes[plane, o] = band.all_sizes()
        factor: np.ndarray | np.float32 = self.params.half_step(plane, level, o)
        if self.map is not None:
            k = steps.spread(self.map, *shape, self.params.blocks, level)
            factor = factor * POWERS[k + 8]
        self.put(plane, level, o, band.values(self.model.shifts[group]) * factor)
