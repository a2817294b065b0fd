"""Numbers and texts, read one after the other; CRC32C."""

from __future__ import annotations

import struct
from typing import Any

from .errors import Refused, invalid, need


def _table() -> list[int]:
    rows = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        rows.append(crc)
    return rows


_CRC = _table()


def crc32c(data: bytes) -> int:
    """Castagnoli: 0x1EDC6F41 with its bits in reverse, register and result inverted."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


class Reader:
    """Bytes and a place in them."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at

    @property
    def left(self) -> int:
        return len(self.data) - self.at

    def bytes(self, count: int) -> bytes:
        if count > self.left:
            raise Refused("stream.truncated", f"{count} bytes at {self.at}, {self.left} are left")
        self.at += count
        return self.data[self.at - count : self.at]

    def unpack(self, form: str) -> Any:
        """One little-endian number of struct's ``form``."""
        return struct.unpack("<" + form, self.bytes(struct.calcsize("<" + form)))[0]

    def u8(self) -> int:
        return self.bytes(1)[0]

    def varint(self, most: int = 2**64 - 1, least: int = 0) -> int:
        value = 0
        for shift in range(0, 70, 7):
            byte = self.u8()
            value |= (byte & 127) << shift
            if byte < 128:
                need(least <= value <= most, f"a varint of {value}, not {least} to {most}")
                return value
        invalid("a varint of more than 64 bits")

    def signed(self) -> int:
        value = self.varint()
        return value >> 1 ^ -(value & 1)

    def text(self, most: int = 256) -> str:
        try:
            return self.bytes(self.varint(most)).decode("utf-8")
        except UnicodeDecodeError:
            invalid("a text that is not UTF-8")

    def end(self) -> None:
        need(not self.left, f"{self.left} bytes too many")
