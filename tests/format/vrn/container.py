"""The file: prelude, records, items one behind the other, the index."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import Refused, need
from .item import Item, check_item, read_item
from .reader import Reader, crc32c

MAGIC = b"\xf6VRN\r\n\x1a\n"
ITEM, INDEX = 1, 2


@dataclass
class Record:
    kind: int
    body: bytes
    begin: int
    end: int


def read_prelude(data: bytes) -> None:
    """Refuses what does not begin as a file of version 2."""
    if not MAGIC.startswith(data[:8]):
        raise Refused("stream.magic", "not a .vrn file")
    reader = Reader(data, 0)
    reader.bytes(8)
    version = reader.unpack("H")
    if version != 2:
        raise Refused("stream.version", f"version {version}")
    need(reader.unpack("H") == 0, "flags of the file")


def read_record(data: bytes, begin: int) -> Record:
    """The record at ``begin``; that of the first includes the prelude."""
    reader = Reader(data, begin)
    if begin == 0:
        read_prelude(data)
        reader.at = 12
    kind = reader.u8()
    length = reader.unpack("I")
    need(kind in (ITEM, INDEX), f"a record of type {kind}")
    body = reader.bytes(length)
    wanted = crc32c(data[begin : reader.at])
    if reader.unpack("I") != wanted:
        raise Refused("stream.checksum", f"the record at {begin}")
    return Record(kind, body, begin, reader.at)


def index_of(data: bytes) -> list[tuple[str, int, int]] | None:
    """The entries (key, offset, length) of the index that ends the file; None if there is none."""
    if len(data) < 12:
        return None
    offset = Reader(data, len(data) - 12).unpack("Q")
    try:
        record = read_record(data, offset)
    except Refused:
        return None
    if record.kind != INDEX or record.end != len(data):
        return None
    return read_index(record)


def read_index(record: Record) -> list[tuple[str, int, int]]:
    reader = Reader(record.body)
    entries = []
    for _ in range(reader.varint(1 << 20)):
        entries.append((reader.text(1024), reader.varint(), reader.varint()))
        need(entries[-1][1] + entries[-1][2] <= record.begin, "an entry that ends in front of the index")
    need(reader.unpack("Q") == record.begin, "the place of the index")
    reader.end()
    return entries


def walk(data: bytes) -> list[Item]:
    """The items that are whole, of a file without an index; the first record is."""
    items: list[Item] = []
    record = read_record(data, 0)
    try:
        while True:
            at = record.end
            if record.kind == ITEM:
                item = read_item(record.body, data, record.begin, record.end)
                at = item.end
                if at <= len(data):
                    items.append(item)
            record = read_record(data, at)
    except Refused as refused:
        if refused.code != "stream.truncated":
            raise
    return items


def item_at(data: bytes, offset: int) -> Item:
    record = read_record(data, offset)
    need(record.kind == ITEM, "a record of an item")
    return read_item(record.body, data, record.begin, record.end)


def first(data: bytes) -> Item:
    """The item at offset 0, whose sections may be missing."""
    item = item_at(data, 0)
    need(item.end >= len(data) or data[item.end] in (ITEM, INDEX), "a record behind the last section")
    return item


def named(data: bytes, key: str) -> Item:
    """The last item of that name."""
    entries = index_of(data)
    if entries is None:
        items = [item for item in walk(data) if item.key == key]
    else:
        places = [offset for name, offset, _ in entries if name == key]
        items = [item_at(data, place) for place in places[-1:]]
    if not items:
        raise Refused("param.unknown", f"no item {key}")
    need(items[-1].key == key, "the key that the index says")
    return items[-1]


def find(data: bytes, key: str | None = None) -> Item:
    """The item of that name; without one the first."""
    read_prelude(data)
    return check_item(first(data) if key is None else named(data, key))
