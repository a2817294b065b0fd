"""A section of step 48: one level of a tile."""

from __future__ import annotations

from functools import partial

import numpy as np

from . import rans, tokens, words
from .bands import Band
from .errors import invalid, need
from .reader import Reader

PER_BAND, CLASSES, DIFFERENCES, GROUPS, DIFFERENCES_OF_GROUPS = range(5)


def read_section(data: bytes, bands: list[Band], coder: str, dtype: np.dtype, planes: np.ndarray) -> None:
    """Writes the symbols of a level's bands into ``planes``."""
    reader = Reader(data)
    if bands:
        symbols = rans.decode if coder == "rans" else words.decode
        values = symbols if dtype == np.uint8 else partial(tokens.decode, symbols=symbols)
        way = reader.u8()
        need(way <= DIFFERENCES_OF_GROUPS and (way != CLASSES or dtype != np.uint8), "how a level is cut")
        if way == CLASSES:
            parts = by_class(reader, bands, symbols, values)
        elif way >= GROUPS:
            parts = by_group(reader, bands, symbols, values)
        else:
            parts = [values(reader, band.shape[0] * band.shape[1]).reshape(band.shape) for band in bands]
        if way in (DIFFERENCES, DIFFERENCES_OF_GROUPS):
            parts = [summed(part, dtype) for part in parts]
        for band, part in zip(bands, parts, strict=True):
            check_range(part, dtype)
            planes[band.place] = part
    reader.end()


def check_range(values: np.ndarray, dtype: np.dtype) -> None:
    limits = np.iinfo(dtype)
    if values.size and (values.min() < limits.min or values.max() > limits.max):
        invalid("a value that does not fit its type")


def summed(part: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Differences to the left, in the first column to above, undone modulo 2^32, of u8 modulo 2^8."""
    part = part.astype(np.int64)
    part[:, 0] = np.cumsum(part[:, 0])
    part = np.cumsum(part, axis=1)
    return part & 255 if dtype == np.uint8 else part.astype(np.uint32).astype(np.int32).astype(np.int64)


def by_group(reader: Reader, bands: list[Band], symbols: tokens.Bytes, values: tokens.Bytes) -> list[np.ndarray]:
    """Symbols of the bands of each group together."""
    groups = reader.u8()
    map_ = symbols(reader, len(bands)) if groups > 1 else np.zeros(len(bands), np.uint8)
    need(groups and map_.max() < groups, "a group of the number there are")
    parts: dict[int, np.ndarray] = {}
    for number in range(groups):
        members = [i for i in range(len(bands)) if map_[i] == number]
        sizes = [bands[i].shape[0] * bands[i].shape[1] for i in members]
        sequence = values(reader, sum(sizes))
        for i, part in zip(members, np.split(sequence, np.cumsum(sizes)[:-1]) if members else [], strict=True):
            parts[i] = part.reshape(bands[i].shape)
    return [parts[i] for i in range(len(bands))]


def by_class(reader: Reader, bands: list[Band], symbols: tokens.Bytes, values: tokens.Bytes) -> list[np.ndarray]:
    """Symbols of each class of 8 x 8 blocks together."""
    classes = reader.u8()
    grids = [tuple(-(-side // 8) for side in band.shape) for band in bands]
    blocks = symbols(reader, sum(h * w for h, w in grids))
    need(classes and blocks.max() < classes, "a class of the number there are")
    maps, at = [], 0
    for (h, w), band in zip(grids, bands, strict=True):
        grid = blocks[at : at + h * w].reshape(h, w)
        maps.append(grid.repeat(8, 0).repeat(8, 1)[: band.shape[0], : band.shape[1]])
        at += h * w
    flat = np.concatenate([m.ravel() for m in maps])
    out = np.zeros(len(flat), np.int64)
    for number in range(1, classes):
        chosen = flat == number
        out[chosen] = values(reader, int(chosen.sum()))
    ends = np.cumsum([m.size for m in maps])
    return [part.reshape(m.shape) for part, m in zip(np.split(out, ends[:-1]), maps, strict=True)]
