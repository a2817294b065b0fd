"""The body of an item: the picture or tensor, its metadata, its streams and their sections."""

from __future__ import annotations

from dataclasses import dataclass, field

from .errors import Refused, need
from .metadata import read_metadata
from .pipe import check_pipe
from .reader import Reader, crc32c
from .registry import ANS, CODERS, DTYPES, IMAGE, PRIVATE, REFINING, U8, U16
from .steps import Step, read_key, read_shape, read_step

CHANNELS = (1, 2, 3, 4)
MAIN, RESIDUAL, OTHER = 0, 1, 2
#: What a reader takes at most unless it is told otherwise: a side, pixels.
SIDE, PIXELS = 1 << 20, 1 << 28


@dataclass
class Stream:
    role: int
    steps: list[Step]
    #: Per level, per tile: where the section begins, its length, its crc.
    sections: list[list[tuple[int, int, int]]] = field(default_factory=list)


@dataclass
class Item:
    key: str
    picture: bool
    #: Of a picture: height, width, channels.
    shape: tuple[int, ...]
    kind: int
    dtype: int
    tile: int
    metadata: dict[int, bytes]
    streams: list[Stream]
    data: bytes
    begin: int
    end: int

    def section(self, stream: Stream, level: int, tile: int) -> bytes:
        """The coded bytes of one level of one tile."""
        begin, length, crc = stream.sections[level][tile]
        body = Reader(self.data, begin).bytes(length)
        if crc32c(body) != crc:
            raise Refused("stream.checksum", f"level {level} of tile {tile}")
        return body

    def is_there(self, stream: Stream, level: int) -> bool:
        """Whether no section of that level is cut off."""
        return all(begin + length <= len(self.data) for begin, length, _ in stream.sections[level])


def tiles_of(picture: bool, shape: tuple[int, ...], edge: int) -> list[tuple[int, ...]]:
    """x, y and shape of every tile, row by row."""
    if not picture:
        return [(0, 0, *shape)]
    height, width, channels = shape
    rows, columns = edge or height, edge or width
    return [
        (x, y, min(rows, height - y), min(columns, width - x), channels)
        for y in range(0, height, rows)
        for x in range(0, width, columns)
    ]


def read_item(body: bytes, data: bytes, begin: int, end: int) -> Item:
    """The item whose record's body this is; its sections begin at ``end`` of ``data``."""
    try:
        return read_body(Reader(body), data, begin, end)
    except Refused as refused:
        need(refused.code != "stream.truncated", "a body that ends where its record does")
        raise


def read_body(reader: Reader, data: bytes, begin: int, end: int) -> Item:
    key = reader.text(1024)
    content = reader.u8()
    need(content in (0, 1), "picture or tensor")
    tile = 0
    shape: tuple[int, ...]
    if content == 0:
        width, height = reader.varint(least=1), reader.varint(least=1)
        colour, depth = reader.u8(), reader.u8()
        need(colour < 4 and depth in (8, 16), "colour or depth")
        if max(width, height) > SIDE or width * height > PIXELS:
            raise Refused("limit.dimensions", f"a picture of {width} x {height}")
        shape, kind, dtype = (height, width, CHANNELS[colour]), IMAGE, U8 if depth == 8 else U16
        tile = reader.varint(SIDE)
        need(tile == 0 or tile >= 64, "a tile that is not too small")
    else:
        kind, dtype = reader.u8(), reader.u8()
        need(1 <= kind <= 10 and dtype in DTYPES, "kind or element type")
        shape = read_shape(reader)
    tiles = tiles_of(content == 0, shape, tile)
    item = Item(key, content == 0, shape, kind, dtype, tile, read_metadata(reader), [], data, begin, end)
    at = end
    for _ in range(reader.varint(16, 1)):
        stream = read_stream(reader, [t[2:] for t in tiles])
        item.streams.append(stream)
        for level in stream.sections:
            for number, (_, length, crc) in enumerate(level):
                level[number] = (at, length, crc)
                at += length
    reader.end()
    need(at - end < 1 << 62, "sections of less than 2^62 bytes")
    item.end = at
    return item


def check_item(item: Item) -> Item:
    """Refuses steps and roles that do not fit."""
    tiles = [tile[2:] for tile in tiles_of(item.picture, item.shape, item.tile)]
    for index, stream in enumerate(item.streams):
        check_pipe(stream.steps, any_step=stream.role == OTHER)
        check_levels(stream)
        check_role(stream, index, item, tiles)
    return item


def check_levels(stream: Stream) -> None:
    """Step 48 makes a section of every level, other coders at least one."""
    splits = next((s.params["levels"] for s in reversed(stream.steps) if "levels" in s.params), 0)
    last, count = stream.steps[-1].number, len(stream.sections)
    need(last != ANS or count == splits + 1, "a section of every level")
    need(last not in CODERS or count > 0, "sections")


def read_stream(reader: Reader, tiles: list[tuple[int, ...]]) -> Stream:
    role = reader.u8()
    need(role in (MAIN, RESIDUAL, OTHER), "role")
    read_key(reader)
    steps: list[Step] = []
    for _ in range(reader.varint(64, 1)):
        steps.append(read_step(reader, tiles, steps))
    levels = reader.varint(32)
    need(levels * len(tiles) * 5 <= reader.left, "sections that the bytes left can tell of")
    sections = [[(0, reader.varint(), reader.unpack("I")) for _ in tiles] for _ in range(levels)]
    return Stream(role, steps, sections)


def check_role(stream: Stream, index: int, item: Item, tiles: list[tuple[int, ...]]) -> None:
    """Whether role and first step are what the item says."""
    if stream.role == OTHER:
        need(index > 0, "the first stream is what the item gives")
        return
    first = stream.steps[0]
    need(item.picture or stream.role == MAIN, "a residual of a picture")
    need(
        first.number >= PRIVATE or stream.role == (RESIDUAL if first.number in REFINING else MAIN),
        "the role of the steps",
    )
    fits = (first.kind, first.dtype) == (item.kind, item.dtype) and first.shapes == tiles
    need(fits, "the first step takes what the item holds")
