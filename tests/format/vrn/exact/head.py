"""What the first slice of a predictive tile says, and the trained model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

from ..errors import need
from ..reader import Reader

MODEL = Path(__file__).resolve().parents[4] / "crates/vaerans/src/codec/lossless/model.bin"
CLASSES, TABLES, SYMBOLS = 12, 28 * 4, 16
SAID = (11, 17, 23)


@dataclass
class Kind:
    #: Of each class.
    coefficients: list[list[int]]
    weights: list[int]
    #: 16 numbers, and 32768 behind them.
    tables: list[list[int]]


@cache
def kinds() -> list[Kind]:
    reader = Reader(MODEL.read_bytes())
    coefficients = [[[reader.unpack("h") for _ in range(n)] for _ in range(CLASSES)] for n in SAID]
    weights = [[reader.unpack("H") for _ in range(18)] for _ in SAID]
    tables = [[numbers(reader.bytes(SYMBOLS)) for _ in range(TABLES)] for _ in SAID]
    reader.end()
    return [Kind(*parts) for parts in zip(coefficients, weights, tables, strict=True)]


def numbers(codes: bytes) -> list[int]:
    frequencies = [8 + (c & 7) << (c >> 3) for c in codes]
    before = [0, *accumulate(frequencies)]
    return [s + before[s] * 32752 // before[-1] for s in range(SYMBOLS)] + [32768]


@dataclass
class Plane:
    kind: int
    is_constant: bool
    start: int
    #: Of each class, those that are said.
    coefficients: list[list[int]]


@dataclass
class Head:
    rate: int
    scale: int
    step: int
    planes: list[Plane]


def read(reader: Reader, channels: int, most: int) -> Head:
    first = reader.u8()
    rate, scale = first & 15, first >> 4
    need(rate >= 1 and scale <= 8, "a rate and a scale")
    step = 2 * reader.varint(4095) + 1
    kinds_of = [0, 1, 2, 0][:channels] if channels > 2 else [0] * channels
    return Head(rate, scale, step, [read_plane(reader, kind, most) for kind in kinds_of])


def read_plane(reader: Reader, kind: int, most: int) -> Plane:
    mode, start = reader.u8(), reader.signed()
    need(mode <= 2 and (-most if kind else 0) <= start <= most, "a mode and a start value")
    usual = kinds()[kind].coefficients
    return Plane(kind, mode == 0, start, fitted(reader, usual) if mode == 2 else usual)


class Bits:
    """The lowest bit of a byte first."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.byte, self.left = reader, 0, 0

    def bit(self) -> int:
        if not self.left:
            self.byte, self.left = self.reader.u8(), 8
        self.left -= 1
        bit, self.byte = self.byte & 1, self.byte >> 1
        return bit

    def number(self, count: int) -> int:
        return sum(self.bit() << i for i in range(count))

    def signed(self, low: int) -> int:
        ones = 0
        while self.bit():
            ones += 1
            need(ones <= 4096, "a coefficient")
        d = ones << low | self.number(low)
        return d >> 1 ^ -(d & 1)


def fitted(reader: Reader, usual: list[list[int]]) -> list[list[int]]:
    bits = Bits(reader)
    low = bits.number(3)
    made = [[c + bits.signed(low) for c in of] if bits.bit() else of for of in usual]
    need(max(abs(c) for of in made for c in of) <= 4095, "coefficients of at most 4095")
    return made


def complete(said: list[int]) -> tuple[list[int], list[list[int]]]:
    """Own coefficients: NWW NW N NE NNW NN NNE NNEE WW WWW NEE W; of each earlier plane qWW q0 qE qNW qN qNE qW."""
    own = [*said[:11], 256 - sum(said[:11])]
    parts = [said[i : i + 6] for i in range(11, len(said), 6)]
    return own, [[*part, -sum(part)] for part in parts]


def wrapped(sum_of: int) -> int:
    """Modulo 2^32, signed."""
    return (sum_of + 2**31) % 2**32 - 2**31
