"""Builds .vrn files field by field, the impossible ones too."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from .vrn.reader import crc32c

PRELUDE = b"\xf6VRN\r\n\x1a\n\2\0\0\0"
ITEM, INDEX = 1, 2


def varint(n: int) -> bytes:
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def text(s: str | bytes) -> bytes:
    raw = s.encode() if isinstance(s, str) else s
    return varint(len(raw)) + raw


def counted(parts: list[bytes]) -> bytes:
    return varint(len(parts)) + b"".join(parts)


def shape(axes: tuple[int, ...]) -> bytes:
    return counted([varint(n) for n in axes])


def param(name: str, value: object) -> bytes:
    """A parameter; bytes are a tag and a value as they are."""
    if isinstance(value, bytes):
        return text(name) + value
    if isinstance(value, bool):
        return text(name) + bytes([value])
    if isinstance(value, int):
        return text(name) + b"\2" + varint(value << 1 ^ value >> 63)
    if isinstance(value, float):
        return text(name) + b"\3" + struct.pack("<d", value)
    return text(name) + b"\4" + text(str(value))


def step(
    number: int, kind: int, dtype: int, params: dict[str, object] | None = None, flags: int = 1,
    name: bytes = b"", key: bytes = b"\1", shapes: bytes = b"", side: bytes = b"",
) -> bytes:  # fmt: skip
    given = counted([param(n, v) for n, v in (params or {}).items()])
    return struct.pack("<HB", number, flags) + name + given + key + bytes([kind, dtype]) + shapes + side


@dataclass
class Stream:
    steps: list[bytes]
    #: Level by level, in each the tiles.
    sections: list[bytes]
    role: int = 0
    key: bytes = b"\x0a"
    levels: int | None = None
    #: How each section is told of; by default its length and crc.
    told: list[bytes] | None = None

    def body(self) -> bytes:
        told = self.told or [varint(len(s)) + struct.pack("<I", crc32c(s)) for s in self.sections]
        levels = len(told) if self.levels is None else self.levels
        return bytes([self.role]) + self.key + counted(self.steps) + varint(levels) + b"".join(told)


def picture(width: int, height: int, colour: int = 0, depth: int = 8, tile: int = 0) -> bytes:
    return b"\0" + varint(width) + varint(height) + bytes([colour, depth]) + varint(tile)


def tensor(kind: int, dtype: int, axes: tuple[int, ...]) -> bytes:
    return b"\1" + bytes([kind, dtype]) + shape(axes)


def record(kind: int, body: bytes, before: bytes = b"") -> bytes:
    head = before + bytes([kind]) + struct.pack("<I", len(body)) + body
    return head + struct.pack("<I", crc32c(head))


@dataclass
class Item:
    content: bytes
    streams: list[Stream]
    key: bytes = b"\0"
    metadata: list[bytes] = field(default_factory=list)
    behind: bytes = b""

    def body(self) -> bytes:
        return (
            self.key + self.content + counted(self.metadata) + counted([s.body() for s in self.streams]) + self.behind
        )

    def bytes(self, before: bytes = PRELUDE) -> bytes:
        sections = b"".join(b"".join(s.sections) for s in self.streams)
        return record(ITEM, self.body(), before) + sections


def index(entries: list[tuple[str, int, int]], offset: int) -> bytes:
    rows = [text(key) + varint(at) + varint(length) for key, at, length in entries]
    return record(INDEX, counted(rows) + struct.pack("<Q", offset))


def renamed(file: bytes, key: str, is_first: bool) -> bytes:
    """The item of a file of one picture, under another key."""
    length = struct.unpack("<I", file[13:17])[0]
    body, sections = file[17 : 17 + length], file[21 + length :]
    return record(ITEM, text(key) + body[1:], PRELUDE if is_first else b"") + sections


def several(files: list[tuple[str, bytes]], finished: bool = True) -> bytes:
    """One file of many items."""
    out, entries = b"", []
    for key, file in files:
        part = renamed(file, key, not out)
        entries.append((key, len(out), len(part)))
        out += part
    return out + index(entries, len(out)) if finished else out
