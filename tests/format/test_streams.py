"""Streams and their sections, one by one: what the text says is possible is read, all else refused with its code."""

from __future__ import annotations

import pytest

from .build import Item, Stream, picture, shape, step, tensor, varint
from .compare import check_field
from .small import CODE, COLOUR, coded, grey, other_coder, plus, residual, values
from .vrn.registry import I16, I32, IMAGE, SCALAR, U8, U16

INVALID, SHORT = "stream.invalid", "stream.truncated"
ONE, ONES = [1, 2, 3, 4], [1, 1, 1, 1]


def refined(**rest) -> Item:
    return plus(residual(**rest))


#: Name -> file, and the samples in a row or the code of the refusal.
STREAMS: dict[str, tuple[Item | bytes, list | str]] = {
    "residual": (refined(), [2, 1, 3, 6]),
    "residual of an error of 255": (refined(params={"max_error": 255}), [255, 0, 3, 255]),
    "residual of an error of 256": (refined(params={"max_error": 256}), INVALID),
    "residual of another type": (refined(params={"dtype": "i32"}, dtype=I32), INVALID),
    "residual of other samples": (refined(side=b"abcd"), "data.base_differs"),
    "residual without a crc": (refined(side=b""), "data.base_differs"),
    "residual of role 0": (refined(role=0), INVALID),
    "residual alone": (Item(picture(2, 2), [residual()]), INVALID),
    "residual of role 2": (refined(role=2), ONE),
    "residual of a tensor": (
        Item(tensor(IMAGE, U8, (2, 2, 1)), [grey().streams[0], residual()]),
        INVALID,
    ),
    "another main stream": (plus(Stream([COLOUR, CODE], [b"junk"])), ONE),
    "another main stream of another shape": (
        plus(Stream([step(1, IMAGE, U8, flags=3, shapes=shape((1, 1, 1))), CODE], [b"junk"])),
        INVALID,
    ),
    "another main stream of step 7": (plus(Stream([step(7, IMAGE, U8, flags=0), CODE], [b""])), "pipe.unknown_system"),
    "other stream of step 7": (plus(Stream([step(7, SCALAR, I32, flags=0)], [b"junk"], role=2)), ONE),
    "other stream without a coder": (plus(Stream([COLOUR], [b"junk"], role=2)), INVALID),
    "other stream that is cut off": (plus(Stream([COLOUR, CODE], [b"junk"], role=2)).bytes()[:-1], ONE),
}
SECTIONS: dict[str, tuple[Item, list | str]] = {
    "no bytes": (coded(b""), SHORT),
    "a byte too many": (coded(values(ONES) + b"\0"), INVALID),
    "way 5": (coded(b"\5\1\2\2\2\2"), INVALID),
    "one group": (coded(b"\3\1\1\2\4\6\x08"), ONE),
    "differences of one group": (coded(b"\4\1\1\2\2\2\2"), ONE),
    "two groups": (coded(b"\3\2\0\1\0\1\2\4\6\x08"), ONE),
    "no group": (coded(b"\3\0"), INVALID),
    "a group too high": (coded(b"\3\2\0\2\0\0"), INVALID),
    "a group of bytes": (coded(b"\4\1\1\1\1\1\1", U8), ONE),
    "differences": (coded(b"\2\1\2\2\2\2"), [1, 2, 3, 4]),
    "classes of bytes": (coded(b"\1\2\0\1\1abcd", U8), INVALID),
    "no class": (coded(b"\1\0\0\0"), INVALID),
    "one class": (coded(b"\1\1\0\0"), [0, 0, 0, 0]),
    "a class too high": (coded(b"\1\1\0\1"), INVALID),
    "two classes": (coded(b"\1\2\0\1\1\2\4\6\x08"), ONE),
    "a class that no block has": (coded(b"\1\3\0\1\1\2\4\6\x08\0"), ONE),
    "bit 7": (coded(b"\0\x80\0"), INVALID),
    "unused bits of the head": (coded(b"\0\x3c\2"), ONES),
    "a count": (coded(b"\0\x40\4\2"), ONES),
    "a count too small": (coded(b"\0\x40\3\2"), INVALID),
    "token 127": (coded(b"\0\0\x7f\xff\xff\xff\xff", count=1), [-(2**31)]),
    "token 128": (coded(b"\0\0\x80\0\0\0\0", count=1), INVALID),
    "32768 in i16": (coded(b"\0\0\x40\0\0", I16, 1), INVALID),
    "-1 in u16": (coded(b"\0\0\1", U16, 1), INVALID),
    "constriction: another count": (other_coder(b"\0\5\0\0\0", 4), INVALID),
    "constriction: fewer": (other_coder(b"\0\0\0\0\0", 4), INVALID),
    "an empty table": (coded(b"\0\2\0\0\0\1\0", U8), INVALID),
    "a table of 4097 bytes": (coded(b"\0\2" + varint(4097) + bytes(4101), U8), INVALID),
}


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream(name):
    check_field(*STREAMS[name])


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section(name):
    check_field(*SECTIONS[name])
