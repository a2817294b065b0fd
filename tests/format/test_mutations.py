"""Files with changed bytes and right checksums: both decoders give the same samples, or both refuse."""

from __future__ import annotations

import struct

import numpy as np
import pytest

import vaerans_ecs as ve

from . import make
from .build import PRELUDE, record, several, varint
from .compare import of_library, of_text, same
from .vrn import find
from .vrn.reader import crc32c

FILES = 30


def small_file(r: np.random.Generator) -> bytes:
    while True:
        small = make.picture(r, [1, 2, 5, 8, 9, 17])
        file = ve.compress(small, **make.options(r)) if r.random() < 0.5 else make.pipe_file(r, ["rans"])
        if len(file) < 1500:
            return file


def changed(r: np.random.Generator, data: bytes) -> bytes:
    """One or two bytes set, counted up or down, put in or taken out."""
    out = bytearray(data)
    for _ in range(int(r.choice([1, 1, 2]))):
        at, how = int(r.integers(0, max(len(out), 1))), int(r.integers(0, 5))
        value = int(r.choice([0, 1, 127, 128, 255, int(r.integers(0, 256))]))
        if how == 0 or not out:
            out.insert(at, value)
        elif how == 1:
            del out[at]
        else:
            out[at] = [value, (out[at] + int(r.choice([-1, 1]))) % 256, out[at] ^ 1 << int(r.integers(0, 8))][how - 2]
    return bytes(out)


def split(file: bytes) -> tuple[bytes, bytes]:
    """The body of the first item, and its sections."""
    length = struct.unpack("<I", file[13:17])[0]
    return file[17 : 17 + length], file[21 + length :]


def with_section(r: np.random.Generator, file: bytes) -> bytes:
    """One section changed, and the length and crc that the header has for it."""
    body, sections = split(file)
    shift = len(file) - len(sections)
    stream = find(file).streams[0]
    places = [row for level in stream.sections for row in level if row[1]]
    begin, length, crc = places[int(r.integers(0, len(places)))]
    new = changed(r, file[begin : begin + length])
    body = body.replace(told(length, crc), told(len(new), crc32c(new)))
    return record(1, body, PRELUDE) + sections[: begin - shift] + new + sections[begin - shift + length :]


def told(length: int, crc: int) -> bytes:
    return varint(length) + struct.pack("<I", crc)


@pytest.mark.parametrize("seed", range(FILES))
def test_changed_bytes(seed):
    r = np.random.default_rng(3000 + seed)
    file = small_file(r)
    body, sections = split(file)
    for _ in range(8):
        compare(record(1, changed(r, body), PRELUDE) + sections)
        compare(with_section(r, file))


@pytest.mark.parametrize("seed", range(10))
def test_changed_bytes_of_several_items(seed):
    r = np.random.default_rng(4000 + seed)
    keys = [str(key) for key in r.choice(["a", "b"], 3)]
    file = several([(key, small_file(r)) for key in keys], bool(r.random() < 0.7))
    for _ in range(8):
        other = file[:12] + changed(r, file[12:])
        for key in (None, "a", "b", "c"):
            compare(other, key)


def compare(file: bytes, key: str | None = None) -> None:
    text, library = of_text(file, key=key), of_library(file, key=key)
    are_refusals = isinstance(text, str) and isinstance(library, str)
    assert are_refusals or same(text, library), f"the text gives {text}, the library {library}: {file.hex()}"
