"""A tile's coded bytes, and the steps undone from the last to the first."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import exact, layers, photo, samples, wavelets
from .bands import Band, bands_of, low, planes_of
from .codec import Codec
from .errors import Refused, need
from .item import Item, Stream
from .registry import (
    ADD,
    ALPHA,
    CDF53,
    CDF97,
    DTYPES,
    EXACT,
    HADAMARD,
    LEARNED,
    PHOTO,
    PREDICT,
    PRIVATE,
    QUANTIZE,
    WAVELETS,
    YCOCG,
)  # fmt: skip
from .section import read_section
from .steps import Shape, Step


class Tile:
    """One tile of one stream, at 1/2^halved of its size, of the first ``levels`` levels."""

    def __init__(
        self, item: Item, stream: Stream, number: int, levels: int, halved: int = 0, codec: Codec | None = None
    ) -> None:
        self.item, self.stream, self.number, self.levels, self.halved = item, stream, number, levels, halved
        self.codec = codec

    def shape(self, step: Step) -> Shape:
        """Of the step's input."""
        shape, k = step.shapes[self.number], self.halved
        if step.number == YCOCG:
            return low(shape[0], k), low(shape[1], k), shape[2]
        return (*shape[:-2], low(shape[-2], k), low(shape[-1], k)) if k else shape

    def splits(self, at: int) -> tuple[int, int]:
        """The newest wavelet's number before step ``at`` and the splits of the whole file; 0 without one."""
        for step in reversed(self.stream.steps[:at]):
            if "levels" in step.params:
                return step.number, step.params["levels"]
        return 0, 0

    def bands(self, at: int) -> list[list[Band]]:
        """The bands that step ``at`` sees, per level."""
        step = self.stream.steps[at]
        return bands_of(
            planes_of(self.shape(step), step.kind), self.splits(at)[1] - self.halved * bool(self.splits(at)[0])
        )

    def symbols(self, at: int) -> np.ndarray:
        """What the sections hold, in the shape that step ``at`` was applied to; 0 in levels that are left out."""
        step, bands = self.stream.steps[at], self.bands(at)
        if step.number == PREDICT:
            return self.layers(at)
        shape, dtype = self.shape(step), np.dtype(DTYPES[step.dtype])
        if step.number == EXACT:
            return exact.decode(self.sections(), shape, dtype, step.side[self.number], step.params["max_error"])
        if step.number == PHOTO:
            return photo.decode_tile(self.sections(), shape, dtype, step.side[self.number], step.params["lossy"])
        planes = np.zeros(planes_of(shape, step.kind), dtype)
        for level in range(min(self.levels, len(bands))):
            section = self.item.section(self.stream, level, self.number)
            read_section(section, bands[level], step.params["coder"], dtype, planes)
        return planes.reshape(shape)

    def layers(self, at: int) -> np.ndarray:
        params = self.stream.steps[at].params
        codec = named(self.codec, params["model"])
        return layers.decode(codec.predictor, params["step"], self.shape(self.stream.steps[at]), self.sections())

    def sections(self) -> list[bytes]:
        return [self.item.section(self.stream, level, self.number) for level in range(self.levels)]

    def cleared(self, values: np.ndarray, bands: list[list[Band]]) -> np.ndarray:
        """Planes of values with 0 in levels that are left out."""
        for level in bands[self.levels :]:
            for band in level:
                values[band.place] = 0
        return values

    def undo(self, base: np.ndarray | None = None, until: int = 0) -> np.ndarray:
        """The input of step ``until``; step 80 is added to ``base``."""
        steps = self.stream.steps
        for step in steps[until:]:
            if step.number >= PRIVATE:
                raise Refused("pipe.unknown_system", f"the system {step.number} of a user")
        data = self.symbols(len(steps) - 1)
        for at in range(len(steps) - 2, until - 1, -1):
            data = self.undo_step(at, data, base)
        return data

    def undo_step(self, at: int, data: np.ndarray, base: np.ndarray | None) -> np.ndarray:
        step, shape = self.stream.steps[at], self.shape(self.stream.steps[at])
        side, params = step.side[self.number], step.params
        if step.number == ADD:
            need(base is not None, "the picture that a residual is added to")
            return samples.add_residual(base, data, params["max_error"], side)
        if step.number == ALPHA:
            need(base is not None, "the picture whose alpha it is")
            return samples.add_alpha(base, data)
        if step.number in LEARNED:
            raise Refused("model.not_found", "a learned step cannot be undone from the text")
        if step.number == YCOCG:
            return samples.colour(data, np.dtype(DTYPES[step.dtype]))
        if step.number == HADAMARD:
            return samples.hadamard(data, params["size"])
        planes = data.reshape(planes_of(shape, step.kind))
        return self.undo_planes(at, planes, side, params).reshape(shape)

    def undo_planes(self, at: int, planes: np.ndarray, side: bytes, params: dict[str, Any]) -> np.ndarray:
        number = self.stream.steps[at].number
        if number in WAVELETS:
            return wavelets.inverse(planes, number, params["levels"] - self.halved)
        bands = self.bands(at)
        flat = [band for level in bands for band in level]
        if number == QUANTIZE:
            return self.cleared(samples.dequantize(planes, flat, params["per"], side), bands)
        wavelet, levels = self.normed(at), self.splits(at)[1]
        return self.cleared(samples.dead_zone(planes, flat, params, wavelet, levels), bands)

    def normed(self, at: int) -> int:
        """The newest step before ``at`` that is 17 or 18."""
        return next((s.number for s in reversed(self.stream.steps[:at]) if s.number in (CDF53, CDF97)), 0)


def named(codec: Codec | None, name: bytes) -> Codec:
    """The codec that a file names by the first bytes of the SHA-256 of its head."""
    need(len(name) == 8, "a name of 8 bytes")
    if codec is None or codec.name != name:
        raise Refused("model.not_found", f"the codec {name.hex()}")
    return codec
