"""rANS streams with tables at random and every number of lanes, more than an encoder of pictures makes."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from .build import varint
from .compare import check
from .small import coded
from .vrn import Refused
from .vrn.registry import U8
from .vrn.table import read_table

LEAST = 65536


def any_table(r: np.random.Generator, bits: int, escapes: bool) -> tuple[bytes, list[int], int]:
    """Bytes that are a table, its frequencies, its marker."""
    while True:
        data = r.integers(0, 256, int(r.integers(2, 30))).astype(np.uint8).tobytes()
        try:
            return data, *read_table(data, bits, escapes)
        except Refused:
            continue


def encode(symbols: list[int], frequency: list[int], bits: int, lanes: int) -> bytes:
    """States and words."""
    start = np.concatenate([[0], np.cumsum(frequency)[:-1]]).tolist()
    states, words = [LEAST] * lanes, []
    for i in range(len(symbols) - 1, -1, -1):
        x, f = states[i % lanes], frequency[symbols[i]]
        if x >= f << (32 - bits):
            words.append(x % LEAST)
            x //= LEAST
        states[i % lanes] = (x // f << bits) + x % f + start[symbols[i]]
    return struct.pack(f"<{lanes}I{len(words)}H", *states, *reversed(words))


@pytest.mark.parametrize("escapes", [False, True])
@pytest.mark.parametrize("bits", [12, 14])
@pytest.mark.parametrize("log_lanes", range(8))
def test_a_table_at_random(bits, escapes, log_lanes):
    r = np.random.default_rng([bits, escapes, log_lanes])
    for count in (1, 2, 100, 400):
        table, frequency, marker = any_table(r, bits, escapes)
        symbols = r.choice(256, count, p=np.array(frequency) / (1 << bits))
        marked = symbols == marker
        others = r.integers(0, 256, int(marked.sum())).astype(np.uint8)
        head = bytes([(2 if bits == 12 else 3) | log_lanes << 2 | escapes << 5]) + varint(len(table)) + table
        escaped = b"\x41" + varint(len(others)) + others.tobytes() if escapes else b""
        body = encode(symbols.tolist(), frequency, bits, 1 << log_lanes)
        found = check(coded(b"\0" + head + escaped + body, U8, count).bytes())
        symbols[marked] = others
        assert not isinstance(found, str) and found.ravel().tolist() == symbols.tolist()
