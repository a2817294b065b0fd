"""A whole photo: its tiles put together, the pyramid undone, filtered, its colours."""

from __future__ import annotations

import numpy as np

from .. import samples as others
from .. import wavelets
from ..bands import low
from ..errors import need
from ..item import Item, tiles_of
from ..registry import CDF53, CDF97, DTYPES
from . import blocks, energy, filter, geometry, params
from .tile import Tile

F = np.float32


#: The first sections of a tile.
Sections = list[bytes]


def decode_item(item: Item, halved: int, count: int) -> np.ndarray:
    """The picture of a first stream of step 50, at 1/2^halved, of the first ``count`` sections."""
    stream, tiles = item.streams[0], tiles_of(True, item.shape, item.tile)
    levels = geometry.splits(*item.shape[:2])
    need(len(stream.steps) == 1 and len(stream.sections) == max(levels, 1), "steps and levels of a photo")
    need(len(tiles) == 1 or item.tile % 64 == 0, "tiles of a photo")
    step = stream.steps[0]
    need(step.is_shared, "side bytes of a photo")
    photo = Photo(item.shape, np.dtype(DTYPES[item.dtype]), step.side[0], step.params["lossy"], halved)
    for number, (x, y, height, width, _) in enumerate(tiles):
        sections = [item.section(stream, level, number) for level in range(count)]
        photo.decode_tile((y, x, y + height, x + width), sections)
    return photo.samples()


def decode_tile(sections: Sections, shape: tuple[int, ...], dtype: np.dtype, side: bytes, is_lossy: bool) -> np.ndarray:
    """A tile that is a whole picture."""
    photo = Photo(shape, dtype, side, is_lossy, 0)
    need(1 <= len(sections) <= max(photo.levels, 1), "sections of a photo")
    photo.decode_tile((0, 0, *shape[:2]), sections)
    return photo.samples()


class Photo:
    """A picture at 1/2^halved."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype, side: bytes, is_lossy: bool, halved: int) -> None:
        self.height, self.width, self.channels = shape
        self.dtype, self.halved = dtype, halved
        self.levels = geometry.splits(self.height, self.width)
        count = 1 if self.channels < 3 else 3
        self.params = params.read(side, count)
        need(is_lossy != self.params.is_reversible, "a photo that is lossy or reversible")
        self.planes = np.zeros((count, self.height, self.width), F)
        #: k + 8 of each block of 4 x 4 samples.
        self.steps = np.full((low(self.height, 2), low(self.width, 2)), 8)

    def decode_tile(self, rect: geometry.Rect, sections: Sections) -> None:
        tile = Tile((self.height, self.width), rect, self.params, self.planes)
        tile.decode(sections)
        if tile.map is not None:
            y, x, size = rect[0] // 4, rect[1] // 4, [low(n, 2) for n in energy.shape_of(rect)]
            of = np.kron(tile.map + 8, np.ones((1 << self.params.blocks - 2,) * 2, np.int64))
            self.steps[y : y + size[0], x : x + size[1]] = of[: size[0], : size[1]]

    def samples(self) -> np.ndarray:
        """(H, W, C)."""
        planes = self.planes[:, : low(self.height, self.halved), : low(self.width, self.halved)]
        if self.params.is_reversible:
            return self.reversible(planes)
        planes = wavelets.inverse(planes, CDF97, self.levels - self.halved)
        is_filtered = self.params.filter and not self.halved
        return self.colours(self.filtered(planes) if is_filtered else planes)

    def reversible(self, planes: np.ndarray) -> np.ndarray:
        whole = wavelets.inverse(planes.astype(np.int32), CDF53, self.levels - self.halved)
        whole = np.clip(whole.astype(F).astype(np.int64), -(2**31), 2**31 - 1).astype(np.int32)
        alpha = np.full((1 - self.channels % 2, *whole.shape[1:]), np.iinfo(self.dtype).max, np.int32)
        return others.colour(np.concatenate([whole, alpha]), self.dtype)

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

    def colours(self, planes: np.ndarray) -> np.ndarray:
        peak = int(np.iinfo(self.dtype).max)
        unit = F(peak // 255)
        if len(planes) > 1:
            m = [F(c) / F(128) for c in self.params.colour]
            planes = np.array([m[r] * planes[0] + m[r + 1] * planes[1] + m[r + 2] * planes[2] for r in (0, 3, 6)])
        rounded = np.rint(planes * unit + F(128) * unit)
        alpha = np.full((1 - self.channels % 2, *planes.shape[1:]), peak, F)
        every = np.concatenate([np.where(np.isnan(rounded), F(0), rounded), alpha])
        return np.moveaxis(np.clip(every, 0, peak), 0, 2).astype(self.dtype)
