"""What travels with the samples."""

from __future__ import annotations

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


def is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
