"""A step of a stream: number, parameters, what it was applied to, side bytes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from .errors import Refused, invalid, need
from .reader import Reader
from .registry import DTYPES

Shape = tuple[int, ...]
#: What a reader takes at most unless it is told otherwise: elements of a tensor.
ELEMENTS = 1 << 30


@dataclass
class Step:
    number: int
    name: str
    #: As they stand in the file.
    given: list[tuple[str, Any]]
    #: With the defaults of those that are missing; empty until they are checked.
    params: dict[str, Any]
    kind: int
    dtype: int
    #: Of the step's input, per tile.
    shapes: list[Shape]
    #: Per tile.
    side: list[bytes]
    #: Whether the side bytes are those of all tiles.
    is_shared: bool = False


def read_key(reader: Reader) -> None:
    number = reader.u8()
    need(number <= 15, "a key")
    if number == 0:
        reader.text()


def read_step(reader: Reader, tiles: list[Shape], before: list[Step]) -> Step:
    number = reader.unpack("H")
    need(number, "a step of number 0")
    flags = reader.u8()
    need(flags < 32 and flags & 20 != 20, "flags of a step")
    name = reader.text() if flags & 8 else ""
    given = [read_param(reader) for _ in range(reader.varint(64))]
    read_key(reader)
    kind, dtype = reader.u8(), reader.u8()
    need(1 <= kind <= 10 and dtype in DTYPES, "kind or element type of a step")
    shapes = read_shapes(reader, flags & 3, tiles, before)
    side = [b""] * len(tiles)
    if flags & 4:
        side = [reader.bytes(reader.varint()) for _ in tiles]
    elif flags & 16:
        side = [reader.bytes(reader.varint())] * len(tiles)
    return Step(number, name, given, {}, kind, dtype, shapes, side, bool(flags & 16))


def read_shape(reader: Reader) -> Shape:
    shape = tuple(reader.varint() for _ in range(reader.varint(8)))
    if math.prod(max(n, 1) for n in shape) > ELEMENTS:
        raise Refused("limit.symbols", f"a tensor of {shape}")
    return shape


def read_shapes(reader: Reader, rule: int, tiles: list[Shape], before: list[Step]) -> list[Shape]:
    if rule == 0:
        return tiles
    if rule == 3:
        return [read_shape(reader) for _ in tiles]
    need(before, "the first step has nothing before it")
    shapes = before[-1].shapes
    if rule == 1:
        return shapes
    need(all(len(shape) == 3 for shape in shapes), "rule 2 is of three axes")
    return [(shape[2], *shape[:2]) for shape in shapes]


def read_param(reader: Reader) -> tuple[str, object]:
    name, tag = reader.text(), reader.u8()
    if tag < 2:
        return name, tag == 1
    if tag == 2:
        return name, reader.signed()
    if tag == 3:
        return name, reader.unpack("d")
    if tag == 4:
        return name, reader.text(1 << 20)
    if tag == 5:
        return name, reader.bytes(reader.varint(1 << 20))
    invalid(f"a parameter of tag {tag}")
