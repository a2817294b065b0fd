"""Files with headers that nobody wrote: the layout of docs/format.md, in the few lines that tests need."""

from __future__ import annotations

import struct

#: Magic, version, flags; then the type and the length of the first record.
PRELUDE = 12
HEAD = PRELUDE + 5
ITEM = 1


def _row(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
    return byte


_ROWS = tuple(map(_row, range(256)))


def crc32c(data: bytes) -> int:
    """CRC32C (Castagnoli): an implementation of its own for files made here."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ _ROWS[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def varint(n: int) -> bytes:
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes([*out, n])


def with_body(body: bytes, sections: bytes = b"") -> bytes:
    """A file around a header body, its checksum right."""
    head = b"\xf6VRN\r\n\x1a\n" + struct.pack("<HHBI", 2, 0, ITEM, len(body)) + body
    return head + struct.pack("<I", crc32c(head)) + sections


def body_of(file: bytes) -> bytes:
    (length,) = struct.unpack_from("<I", file, HEAD - 4)
    return file[HEAD : HEAD + length]


def sections_of(file: bytes) -> bytes:
    """What stands behind the header and its checksum."""
    return file[HEAD + len(body_of(file)) + 4 :]
