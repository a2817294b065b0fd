"""The header of a file, field by field: what the text says is possible is read, all else refused with its code."""

from __future__ import annotations

import pytest

from .build import PRELUDE, Item, picture, record, tensor, text, varint
from .compare import check_field
from .small import CODE, COLOUR, grey, numbers, values, wavelet
from .vrn.registry import I32, PLANES

INVALID, SHORT = "stream.invalid", "stream.truncated"
ONE = [1, 2, 3, 4]
BODY = grey().body()
REST = values(ONE)

#: Name -> file, and the samples in a row or the code of the refusal.
FIELDS: dict[str, tuple[Item | bytes, list | str]] = {
    "version 0": (PRELUDE[:8] + b"\0\0\0\0" + BODY, "stream.version"),
    "version 1": (PRELUDE[:8] + b"\1\0\0\0" + BODY, "stream.version"),
    "version 3": (PRELUDE[:8] + b"\3\0\0\0" + BODY, "stream.version"),
    "flags of the file": (record(1, BODY, PRELUDE[:10] + b"\1\0") + REST, INVALID),
    "other magic": (b"hello world, hello", "stream.magic"),
    "nothing": (b"", SHORT),
    "body that ends too early": (record(1, BODY[:-1], PRELUDE) + REST, INVALID),
    "prelude alone": (PRELUDE, SHORT),
    "record of type 3": (record(3, BODY, PRELUDE) + REST, INVALID),
    "record of an index first": (record(2, b"\0" + bytes(8), PRELUDE), INVALID),
    "damaged record": (record(1, BODY, PRELUDE)[:-1] + b"\0" + REST, "stream.checksum"),
    "damaged section": (record(1, BODY, PRELUDE) + REST[:-1] + b"\0", "stream.checksum"),
    "missing section": (record(1, BODY, PRELUDE) + REST[:-1], SHORT),
    "byte behind the sections": (grey().bytes() + b"\0", INVALID),
    "byte behind the streams": (grey(behind=b"\0"), INVALID),
    "key that is no text": (Item(picture(2, 2), grey().streams, key=b"\1\xff"), INVALID),
    "key of 1024 bytes": (Item(picture(2, 2), grey().streams, key=text("k" * 1024)), ONE),
    "key of 1025 bytes": (Item(picture(2, 2), grey().streams, key=text("k" * 1025)), INVALID),
    "content 2": (record(1, b"\0\2" + BODY[2:], PRELUDE) + REST, INVALID),
    "width 0": (grey(content=picture(0, 2)), INVALID),
    "width of 2^20 + 1": (grey(content=picture((1 << 20) + 1, 1)), "limit.dimensions"),
    "pixels behind 2^28": (grey(content=picture(1 << 14, (1 << 14) + 1)), "limit.dimensions"),
    "long varint": (record(1, BODY[:2] + b"\x82" + b"\x80" * 8 + b"\0" + BODY[3:], PRELUDE) + REST, ONE),
    "varint of 65 bits": (record(1, BODY[:2] + b"\x82" + b"\x80" * 8 + b"\2" + BODY[3:], PRELUDE) + REST, INVALID),
    "varint of 11 bytes": (record(1, BODY[:2] + b"\x82" + b"\x80" * 9 + b"\0" + BODY[3:], PRELUDE) + REST, INVALID),
    "colour 4": (grey(content=picture(2, 2, 4)), INVALID),
    "depth 12": (grey(content=picture(2, 2, 0, 12)), INVALID),
    "tile of 2^20": (grey(content=picture(2, 2, tile=1 << 20)), ONE),
    "tile of 64": (grey(content=picture(2, 2, tile=64)), ONE),
    "tile of 63": (grey(content=picture(2, 2, tile=63)), INVALID),
    "tile of 2^20 + 1": (grey(content=picture(2, 2, tile=(1 << 20) + 1)), INVALID),
    "kind 11": (Item(tensor(11, I32, (2, 2)), numbers().streams), INVALID),
    "element type 12": (Item(tensor(PLANES, 12, (2, 2)), numbers().streams), INVALID),
    "8 axes": (numbers(axes=(1,) * 8), [1]),
    "9 axes": (numbers(axes=(1,) * 9), INVALID),
    "no axes": (numbers(axes=()), [1]),
    "axis of 0": (numbers(axes=(0, 2), sections=[b""]), []),
    "2^30 + 1 elements": (numbers(axes=((1 << 30) + 1,), sections=[b""]), "limit.symbols"),
    "no elements, 2^31 of another axis": (numbers(axes=(1 << 31, 0), sections=[b""]), "limit.symbols"),
    "orientation 9": (grey(metadata=[b"\3\1\x09"]), INVALID),
    "orientation 0": (grey(metadata=[b"\3\1\0"]), INVALID),
    "metadata without a meaning": (grey(metadata=[b"\0\1a", b"\x63\0"]), ONE),
    "2^20 + 1 entries of metadata": (
        record(1, BODY[:7] + varint((1 << 20) + 1) + BODY[8:], PRELUDE) + REST,
        "limit.memory",
    ),
    "2^26 + 1 bytes of metadata": (
        record(1, BODY[:7] + b"\1\1" + varint((1 << 26) + 1) + BODY[8:], PRELUDE) + REST,
        "limit.memory",
    ),
    "a section of 2^62 bytes": (grey(told=[varint(1 << 62) + bytes(4)]), INVALID),
    "no streams": (Item(picture(2, 2), []), INVALID),
    "16 streams": (Item(picture(2, 2), grey().streams * 16), ONE),
    "17 streams": (Item(picture(2, 2), grey().streams * 17), INVALID),
    "role 1 of a main stream": (grey(role=1), INVALID),
    "role 2 of the first stream": (grey(role=2), INVALID),
    "role 3": (grey(role=3), INVALID),
    "key 14": (grey(key=b"\x0e"), ONE),
    "key 15": (grey(key=b"\x0f"), INVALID),
    "text of 256 bytes": (grey(key=b"\0" + text("a" * 256)), ONE),
    "text of 257 bytes": (grey(key=b"\0" + text("a" * 257)), INVALID),
    "64 steps and one": (grey([COLOUR] + [CODE] * 64), INVALID),
    "no level": (grey(sections=[]), INVALID),
    "a level too many": (grey(sections=[REST, b""]), INVALID),
    "33 levels": (grey(sections=[REST] + [b""] * 32), INVALID),
    "fewer levels than splits": (wavelet(1, [values([1])]), INVALID),
    "more levels than splits": (wavelet(1, [values([1]), b"\0\1\2\1\2\1\2", b""]), INVALID),
    "sections that are not told of": (grey(levels=4), INVALID),
}


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_of_the_header(name):
    check_field(*FIELDS[name])
