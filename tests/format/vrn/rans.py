"""An rANS stream of bytes."""

from __future__ import annotations

import numpy as np

from .errors import need
from .reader import Reader
from .table import read_table

CONSTANT, PLAIN = 0, 1
LEAST = 65536
#: What this decoder takes at most: symbols of a stream.
MOST = 1 << 28


def decode(reader: Reader, expected: int | None = None, may_escape: bool = True) -> np.ndarray:
    """The symbols, uint8; the place of the stream tells their number, or the stream does."""
    head = reader.u8()
    need(head < 128, "bit 7 of an rANS stream")
    form, escapes = head & 3, head >> 5 & 1
    count = expected
    if head & 64:
        told = reader.varint()
        need(expected in (None, told), "the count of an rANS stream")
        count = told
    if count is None or count > MOST:
        need(False, "no count, or too many symbols")
    assert count is not None
    if form == CONSTANT:
        return np.full(count, reader.u8() if count else 0, np.uint8)
    if form == PLAIN:
        return np.frombuffer(reader.bytes(count), np.uint8)
    need(may_escape or not escapes, "escapes of escapes")
    return coded(reader, count, 12 if form == 2 else 14, head >> 2 & 7, bool(escapes))


def coded(reader: Reader, count: int, bits: int, lanes: int, escapes: bool) -> np.ndarray:
    frequency, marker = read_table(reader.bytes(reader.varint(4096)), bits, escapes)
    escaped = decode(reader, may_escape=False) if escapes else np.zeros(0, np.uint8)
    states = [reader.unpack("I") for _ in range(1 << lanes)]
    symbols = run(reader, count, bits, states, frequency)
    if escapes:
        places = symbols == marker
        need(int(places.sum()) == len(escaped), "as many escaped symbols as markers")
        symbols[places] = escaped
    return symbols


def run(reader: Reader, count: int, bits: int, states: list[int], frequency: list[int]) -> np.ndarray:
    """Decodes ``count`` symbols with one state per lane."""
    start = np.concatenate([[0], np.cumsum(frequency)[:-1]]).tolist()
    symbol_of = np.repeat(np.arange(256), frequency).tolist()
    words = np.frombuffer(reader.data, "<u2", reader.left // 2, reader.at).tolist()
    words += [-1]
    mask, lanes, taken, out = (1 << bits) - 1, len(states) - 1, 0, bytearray(count)
    for i in range(count):
        x = states[i & lanes]
        slot = x & mask
        symbol = symbol_of[slot]
        x = frequency[symbol] * (x >> bits) + slot - start[symbol]
        if x < LEAST:
            x = x << 16 | words[taken]
            if x < 0:
                reader.bytes(2 * taken + 2)
            taken += 1
        states[i & lanes] = x
        out[i] = symbol
    reader.bytes(2 * taken)
    need(all(x == LEAST for x in states), "a state that does not end at 65536")
    return np.frombuffer(bytes(out), np.uint8).copy()
