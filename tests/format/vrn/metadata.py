"""What travels with the samples."""

from __future__ import annotations

import struct

from .errors import Refused, need
from .reader import Reader

ICC, EXIF, ORIENTATION, JSON = 1, 2, 3, 4
#: Bytes of all entries.
MOST = 1 << 26


def read_metadata(reader: Reader) -> dict[int, bytes]:
    """Id -> bytes; of two with one id the last counts."""
    entries: dict[int, bytes] = {}
    left = MOST
    count = reader.varint()
    if count >= 1 << 20:
        raise Refused("limit.memory", f"{count} entries of metadata")
    for _ in range(count):
        number, length = reader.u8(), reader.varint()
        left -= length
        if left < 0:
            raise Refused("limit.memory", f"{length} bytes of metadata")
        entries[number] = reader.bytes(length)
        if number == ORIENTATION:
            need(len(entries[number]) == 1 and 1 <= entries[number][0] <= 8, "an orientation of 1 to 8")
        if number == JSON:
            need(is_text(entries[number]), "JSON in UTF-8")
    return entries


def orientation_of(entries: dict[int, bytes]) -> int:
    """How a viewer turns the picture."""
    if ORIENTATION in entries:
        return entries[ORIENTATION][0]
    block = entries.get(EXIF, b"")
    while block.startswith(b"Exif\0\0"):
        block = block[6:]
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    try:
        return tagged(block, order) if order else 1
    except struct.error:
        return 1


def tagged(block: bytes, order: str) -> int:
    (ifd,) = struct.unpack_from(order + "I", block, 4)
    (count,) = struct.unpack_from(order + "H", block, ifd)
    found = 1
    for at in range(ifd + 2, min(ifd + 2 + 12 * count, len(block) - 11), 12):
        tag, kind, values = struct.unpack_from(order + "HHI", block, at)
        if (tag, values) == (0x0112, 1) and kind in (1, 3, 4):
            (value,) = struct.unpack_from(order + {1: "B", 3: "H", 4: "I"}[kind], block, at + 8)
            found = value if 1 <= value <= 8 else 1
    return found


def is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
