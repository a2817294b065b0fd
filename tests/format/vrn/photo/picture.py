"""A whole photo: its tiles put together, the pyramid undone, filtered, its colours."""

from __future__ import annotations

import numpy as np

from .. import samples as others
from .. import wavelets
from ..bands import low
from ..errors import need
from ..item import Item, tiles_of
from ..registry import CDF53, CDF97, DTYPES
from . import blocks, filter, geometry, params
from .tile import Tile

F = np.float32


def levels_of(item: Item) -> int:
    """Sections of a tile."""
    return max(geometry.splits(*item.shape[:2]), 1)


class Photo:
    """The picture of a first stream of step 50, at 1/2^halved, of the first ``sections`` sections."""

    def __init__(self, item: Item, halved: int, sections: int) -> None:
        self.item, self.halved, self.sections = item, halved, sections
        stream, (self.height, self.width, self.channels) = item.streams[0], item.shape
        self.levels = geometry.splits(self.height, self.width)
        self.tiles = tiles_of(True, item.shape, item.tile)
        fits = len(stream.steps) == 1 and len(stream.sections) == levels_of(item)
        need(fits and (len(self.tiles) == 1 or item.tile % (1 << self.levels) == 0), "steps, levels, tiles of a photo")
        need(stream.steps[0].is_shared, "side bytes of a photo")
        count = 1 if self.channels < 3 else 3
        self.params = params.read(stream.steps[0].side[0], count)
        self.planes = np.zeros((count, self.height, self.width), F)
        #: Of each block of 4 x 4 samples.
        self.steps = np.full((low(self.height, 2), low(self.width, 2)), 8)

    def decode(self) -> np.ndarray:
        """The samples (H, W, C)."""
        stream = self.item.streams[0]
        for number, (x, y, height, width, _) in enumerate(self.tiles):
            tile = Tile((self.height, self.width), (y, x, y + height, x + width), self.params, self.planes)
            tile.decode([self.item.section(stream, level, number) for level in range(self.sections)])
            if tile.map is not None:
                size = low(height, 2), low(width, 2)
                of = np.kron(tile.map + 8, np.ones((1 << self.params.blocks - 2,) * 2, np.int64))
                self.steps[y // 4 : y // 4 + size[0], x // 4 : x // 4 + size[1]] = of[: size[0], : size[1]]
        planes = self.planes[:, : low(self.height, self.halved), : low(self.width, self.halved)]
        dtype = np.dtype(DTYPES[self.item.dtype])
        if self.params.is_reversible:
            return self.reversible(planes, dtype)
        planes = wavelets.inverse(planes, CDF97, self.levels - self.halved)
        is_filtered = self.params.filter and not self.halved
        return self.colours(self.filtered(planes) if is_filtered else planes, dtype)

    def reversible(self, planes: np.ndarray, dtype: np.dtype) -> np.ndarray:
        whole = wavelets.inverse(planes.astype(np.int32), CDF53, self.levels - self.halved)
        whole = np.clip(whole.astype(F).astype(np.int64), -(2**31), 2**31 - 1).astype(np.int32)
        alpha = np.full((1 - self.channels % 2, *whole.shape[1:]), np.iinfo(dtype).max, np.int32)
        return others.colour(np.concatenate([whole, alpha]), dtype)

    def filtered(self, planes: np.ndarray) -> np.ndarray:
        """Samples of planes; in eighths until the end."""
        filters, bank = filter.read(self.params.filter, len(planes)), filter.Bank(self.params.step)
        rounded = [blocks.Plane(blocks.eighths(p)) for p in planes]
        step = self.params.full_step()
        classes, turns = blocks.sorts(rounded[0], self.steps, bank.limits, step)
        bound = blocks.bounds(step)[self.steps]
        made = []
        for number, (plane, by) in enumerate(zip(rounded, filters, strict=True)):
            if by is False:
                made.append(plane.at(0, 0)[: plane.height, : plane.width])
            else:
                made.append(blocks.filtered(plane, bank.corrected(number, by), classes, turns, bound))
        return np.array(made).astype(F) * F(0.125)

    def colours(self, planes: np.ndarray, dtype: np.dtype) -> np.ndarray:
        peak = int(np.iinfo(dtype).max)
        unit = F(peak // 255)
        if len(planes) > 1:
            m = [F(c) / F(128) for c in self.params.colour]
            planes = np.array([m[r] * planes[0] + m[r + 1] * planes[1] + m[r + 2] * planes[2] for r in (0, 3, 6)])
        rounded = np.rint(planes * unit + F(128) * unit)
        alpha = np.full((1 - self.channels % 2, *planes.shape[1:]), peak, F)
        every = np.concatenate([np.where(np.isnan(rounded), F(0), rounded), alpha])
        return np.moveaxis(np.clip(every, 0, peak), 0, 2).astype(dtype)


