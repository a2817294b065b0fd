"""Files of a few bytes, for trying one field at a time."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from .build import Item, Stream, picture, shape, step, tensor, varint
from .vrn.reader import crc32c
from .vrn.registry import F32, FOREIGN, I16, I32, IMAGE, LATENT, PLANES, RESIDUAL, SYMBOLS, U8, WAVELET, YUVW

COLOUR = step(1, IMAGE, U8, {"float": False}, flags=0)
CODE = step(48, PLANES, I32, {}, flags=2)


def values(numbers: list[int]) -> bytes:
    """A section with one band of -8 to 7."""
    return b"\0\1" + bytes(2 * v if v >= 0 else -2 * v - 1 for v in numbers)


def grey(
    steps: list[bytes] | None = None, sections: list[bytes] | None = None, content: bytes = picture(2, 2),
    behind: bytes = b"", metadata: list[bytes] | None = None, **stream: Any,
) -> Item:  # fmt: skip
    """A grey picture of 2 x 2: 1, 2, 3, 4."""
    sections = [values([1, 2, 3, 4])] if sections is None else sections
    return Item(content, [Stream(steps or [COLOUR, CODE], sections, **stream)], behind=behind, metadata=metadata or [])


def plus(stream: Stream) -> Item:
    """The grey picture with one stream more."""
    item = grey()
    item.streams.append(stream)
    return item


def residual(
    params: dict[str, object] | None = None, side: bytes | None = None, dtype: int = I16, role: int = 1
) -> Stream:
    side = struct.pack("<I", crc32c(bytes([1, 2, 3, 4]))) if side is None else side
    first = step(80, IMAGE, U8, params, flags=4, side=varint(len(side)) + side)
    return Stream([first, step(48, RESIDUAL, dtype, flags=1)], [values([1, -1, 0, 2])], role=role)


def numbers(
    steps: list[bytes] | None = None, sections: list[bytes] | None = None, axes: tuple[int, ...] = (2, 2),
    kind: int = PLANES, dtype: int = I32,
) -> Item:  # fmt: skip
    """A tensor, by default of ones."""
    sections = [values([1] * int(np.prod(axes)))] if sections is None else sections
    return Item(tensor(kind, dtype, axes), [Stream(steps or [step(48, kind, dtype, flags=0)], sections)])


def wavelet(levels: object, sections: list[bytes], number: int = 17) -> Item:
    return numbers([step(number, PLANES, I32, {"levels": levels}, flags=0), step(48, WAVELET, I32, flags=1)], sections)


def quantised(params: dict[str, object], side: bytes, dtype: int = U8, section: bytes = b"\0\1\1\2\3\4") -> Item:
    first = step(32, LATENT, F32, params, flags=4, side=varint(len(side)) + side)
    return numbers([first, step(48, SYMBOLS, dtype, flags=1)], [section], kind=LATENT, dtype=F32)


def dead_zone(params: dict[str, object]) -> Item:
    steps = [step(33, LATENT, F32, params, flags=0), step(48, SYMBOLS, I32, flags=1)]
    return numbers(steps, [values([0, 1, -2, 3])], kind=LATENT, dtype=F32)


def hadamard(size: int, axes: tuple[int, ...]) -> Item:
    first = [step(16, LATENT, F32, {"size": size}, flags=0), step(33, YUVW, F32, {}, flags=1)]
    return numbers([*first, step(48, SYMBOLS, I32, flags=1)], None, axes, LATENT, F32)


def coded(section: bytes, dtype: int = I32, count: int = 4) -> Item:
    """One sequence of step 48."""
    return numbers(None, [section], (1, count), FOREIGN, dtype)


def other_coder(section: bytes, count: int) -> Item:
    """One sequence of the coder constriction."""
    return numbers([step(48, FOREIGN, U8, {"coder": "constriction"}, flags=0)], [section], (1, count), FOREIGN, U8)


def learned(kind: int, params: dict[str, object]) -> Item:
    first = step(65, IMAGE, U8, params, flags=16, side=b"\x20" + bytes(32))
    second = step(33, kind, F32, {}, flags=3, shapes=shape((4, 1)))
    return grey([first, second, step(48, SYMBOLS, I32, flags=1)])
