"""A whole item: its tiles put together, smaller, a part, or of a file that is cut short."""

from __future__ import annotations

from collections import Counter

import numpy as np

from . import photo
from .bands import low
from .codec import Codec
from .errors import Refused, need
from .item import RESIDUAL, Item, Stream, tiles_of
from .registry import ALPHA, ANS, CDF53, CDF97, CODERS, DEADZONE, DTYPES, LAYERED, PHOTO, YCOCG
from .undo import Tile, named

Region = tuple[int, int, int, int]


def whole_levels(item: Item, stream: Stream) -> int:
    """Levels that no tile lacks."""
    count = 0
    while count < len(stream.sections) and item.is_there(stream, count):
        count += 1
    return count


def halvings(item: Item, halved: int, allow_cut: bool) -> int:
    """How many of the halvings are made by reading less."""
    numbers = [step.number for step in item.streams[0].steps]
    counts = Counter(numbers)
    splits = 0
    if set(numbers) <= {YCOCG, CDF53, CDF97, DEADZONE, ANS} and counts[CDF53] + counts[CDF97] == 1:
        splits = next(s.params["levels"] for s in item.streams[0].steps if "levels" in s.params)
    residuals = [stream for stream in item.streams if stream.role == RESIDUAL]
    is_cut = allow_cut and any(whole_levels(item, s) < len(s.sections) for s in residuals)
    if numbers[0] == PHOTO and (not residuals or is_cut):
        splits = photo.splits_of(*item.shape[:2])
    zeros = halved
    if len(tiles_of(True, item.shape, item.tile)) > 1:
        zeros = (item.tile & -item.tile).bit_length() - 1
    return min(halved, splits, zeros)


def halve(picture: np.ndarray) -> np.ndarray:
    """Means of 2 x 2 samples; an odd side repeats its last row or column."""
    height, width = picture.shape[:2]
    even = np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), "edge").astype(np.uint32)
    total = even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]
    return (total + 2 >> 2).astype(picture.dtype)


def decode_item(
    item: Item, halved: int = 0, region: Region | None = None, allow_cut: bool = False, codec: Codec | None = None
) -> np.ndarray:
    """The samples (H, W, C), or the tensor."""
    need(item.streams[0].role != RESIDUAL, "a residual whose picture lies elsewhere")
    if not item.picture:
        if halved or region:
            raise Refused("param.unknown", "scale and region are of pictures")
        return decode_tile(item, 0, levels_of(item, 0, allow_cut), 0, allow_cut, codec=codec)
    check_asked(item, halved, region)
    by_less = halvings(item, halved, allow_cut)
    levels = levels_of(item, by_less, allow_cut)
    height, width, channels = item.shape
    whole = np.zeros((low(height, by_less), low(width, by_less), channels), DTYPES[item.dtype])
    first = item.streams[0].steps[0].number
    base = rendered(item, levels, codec) if first == LAYERED else None
    base = photo.decode_item(item, by_less, levels) if first == PHOTO else base
    for number, (x, y, *shape) in enumerate(tiles_of(True, item.shape, item.tile)):
        if region and not touches(region, x, y, shape[1], shape[0], halved):
            continue
        under = None if base is None else cut(base, x >> by_less, y >> by_less, shape, by_less)
        part = decode_tile(item, number, levels, by_less, allow_cut, halved, codec, under)
        top, left = y >> by_less, x >> by_less
        whole[top : top + part.shape[0], left : left + part.shape[1]] = part
    for _ in range(halved - by_less):
        whole = halve(whole)
    if region:
        x, y, w, h = region
        whole = whole[y >> halved : (y + h - 1 >> halved) + 1, x >> halved : (x + w - 1 >> halved) + 1]
    return whole


def cut(base: np.ndarray, x: int, y: int, shape: list[int], by_less: int) -> np.ndarray:
    """A tile of the picture that is put together."""
    return base[y : y + low(shape[0], by_less), x : x + low(shape[1], by_less)]


def check_asked(item: Item, halved: int, region: Region | None) -> None:
    """Whether there is such a smaller picture and such a part."""
    height, width, _ = item.shape
    x, y, w, h = region or (0, 0, width, height)
    inside = 0 <= x < x + w <= width and 0 <= y < y + h <= height
    if not inside or not 0 <= halved <= 16:
        raise Refused("param.range", "a part outside of the picture, or a scale")


def touches(region: Region, x: int, y: int, width: int, height: int, halved: int) -> bool:
    """Whether a sample of the smaller picture of the region is made of the tile."""
    rx, ry, rw, rh = region
    left, top = rx >> halved << halved, ry >> halved << halved
    right, bottom = (rx + rw - 1 >> halved) + 1 << halved, (ry + rh - 1 >> halved) + 1 << halved
    return left < x + width and x < right and top < y + height and y < bottom


def levels_of(item: Item, by_less: int, allow_cut: bool) -> int:
    """The levels of the first stream that are read."""
    stream = item.streams[0]
    splits = next((s.params["levels"] for s in stream.steps if "levels" in s.params), 0)
    if stream.steps[-1].number in CODERS and stream.steps[-1].number != ANS:
        splits = len(stream.sections) - 1
    levels = min(len(stream.sections), max(splits + 1 - by_less, 1))
    if allow_cut:
        levels = min(levels, whole_levels(item, stream))
        if levels == 0:
            raise Refused("stream.truncated", "no level is whole")
    return levels


def rendered(item: Item, levels: int, codec: Codec | None) -> np.ndarray:
    """The picture of a first stream whose first step is 67."""
    stream = item.streams[0]
    params, last = stream.steps[0].params, stream.steps[-1]
    codec = named(codec, params["model"])
    need(params["step"] < codec.predictor.steps, "a quality of the codec")
    d, (height, width, _) = codec.head.downscale, item.shape
    tiles = tiles_of(True, item.shape, item.tile)
    need(len(tiles) == 1 or item.tile % d == 0, "tiles of whole samples")
    count = stream.steps[1].shapes[0][0]
    need(count in codec.predictor.layers, "channels of whole layers")
    integers = np.zeros((count, -(-height // d), -(-width // d)), np.int16)
    for number, (x, y, *shape) in enumerate(tiles):
        own = count, -(-shape[0] // d), -(-shape[1] // d)
        need(stream.steps[1].shapes[number] == own, "integers of the tile")
        made = Tile(item, stream, number, levels, codec=codec).undo(until=1)
        integers[:, y // d : y // d + own[1], x // d : x // d + own[2]] = made
    layers = codec.predictor.layers.index(count) + 1
    used = max(1, min(layers, levels)) if last.number in CODERS and last.number != ANS else layers
    peak = int(np.iinfo(DTYPES[item.dtype]).max)
    return codec.picture(integers, params["step"], used, item.shape, peak)


def decode_tile(
    item: Item, number: int, levels: int, by_less: int, allow_cut: bool, halved: int = 0,
    codec: Codec | None = None, base: np.ndarray | None = None,
) -> np.ndarray:  # fmt: skip
    first, *others = item.streams
    if base is None:
        base = Tile(item, first, number, levels, by_less, codec).undo()
    for stream in others:
        is_there = whole_levels(item, stream) == len(stream.sections)
        left_out = allow_cut and (levels < len(first.sections) or not is_there)
        # A smaller picture has no use for a residual; it has alpha, unless less than all of its picture is read.
        wanted = not halved or (stream.steps[0].number == ALPHA and not by_less)
        if stream.role == RESIDUAL and wanted and not left_out:
            base = Tile(item, stream, number, len(stream.sections)).undo(base)
    return base
