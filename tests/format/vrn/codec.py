"""A learned codec: its head, its factors, and step 67. The networks are the caller's."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from . import predictor
from .errors import Refused, need
from .reader import Reader

MAGIC = b"\xf6VRNLVC\n"
#: Samples of a side of a block.
LARGEST = 96

#: From a latent (1, h, w, C) to a picture (1, H, W, 3), float32.
Network = Callable[[np.ndarray], np.ndarray]


@dataclass
class Head:
    predictor: bytes
    plans: list[bytes]
    downscale: int
    reach: int
    base_steps: int
    scales: list[float]


def read_head(data: bytes) -> Head:
    try:
        return read_fields(Reader(data))
    except Refused as refused:
        raise Refused("model.invalid", str(refused)) from refused


def read_fields(reader: Reader) -> Head:
    need(reader.bytes(8) == MAGIC and reader.u8() == 0, "a head of version 0")
    reader.text(64)
    digest = reader.bytes(32)
    plans = [reader.bytes(32) for _ in range(reader.varint(8, 1))]
    downscale, reach, _, base_steps = reader.varint(256, 1), reader.varint(64), reader.varint(64), reader.varint(65536)
    need(downscale & (downscale - 1) == 0, "a power of two")
    scales = [reader.unpack("f") for _ in range(reader.varint(1 << 18))]
    need(all(0 < s < float("inf") for s in scales), "scales above 0")
    reader.end()
    return Head(digest, plans, downscale, reach, base_steps, scales)


class Codec:
    """Head, predictor, and a network for each layer, as far as they are there."""

    def __init__(self, head: bytes, file: bytes, networks: list[Network]) -> None:
        self.name = hashlib.sha256(head).digest()[:8]
        self.head, self.predictor, self.networks = read_head(head), predictor.read(file), networks
        if hashlib.sha256(file).digest() != self.head.predictor:
            raise Refused("model.checksum", "another predictor")
        layers, anchors = self.predictor.layers, len(self.predictor.gain)
        fits = len(layers) == len(self.head.plans) and self.head.base_steps <= self.predictor.steps
        if not fits or len(self.head.scales) != anchors * layers[-1]:
            raise Refused("model.invalid", "a head that does not fit the predictor")

    def factors(self, step: int) -> np.ndarray:
        """What the integers of every channel are multiplied by."""
        p, one = self.predictor, np.float32
        level, above, part = p.place(step)
        scales = np.array(self.head.scales, one).reshape(p.gain.shape)
        logs = {a: [ln(s * one(g)) for s, g in zip(scales[a], p.gain[a], strict=True)] for a in (level, above)}
        left, right = one(p.between - part) / one(p.between), one(part) / one(p.between)
        mixed = [left * a + right * b for a, b in zip(logs[level], logs[above], strict=True)]
        return np.array([exp(m) / one(g) for m, g in zip(mixed, p.mixed(p.gain, step), strict=True)], one)

    def picture(self, integers: np.ndarray, step: int, layers: int, shape: tuple[int, ...], peak: int) -> np.ndarray:
        """Step 67 undone: samples of (H, W, C)."""
        d, factors = self.head.downscale, self.factors(step)
        latent = np.moveaxis(integers.astype(np.float32) * factors[: len(integers), None, None], 0, 2)
        rows, columns = (list(pairwise(cuts(n))) for n in latent.shape[:2])
        rgb = np.zeros((latent.shape[0] * d, latent.shape[1] * d, 3), np.float32)
        for top, bottom in rows:
            for left, right in columns:
                block = slice(top * d, bottom * d), slice(left * d, right * d)
                rgb[block] = self.block(latent, (top, bottom), (left, right), layers)
        return samples(rgb[: shape[0], : shape[1]], shape[2], peak)

    def block(self, latent: np.ndarray, rows: tuple[int, int], columns: tuple[int, int], layers: int) -> np.ndarray:
        d, reach, ends = self.head.downscale, self.head.reach, self.predictor.layers
        y, x = max(rows[0] - reach, 0), max(columns[0] - reach, 0)
        seen = latent[y : rows[1] + reach, x : columns[1] + reach, : ends[0]]
        made = self.networks[0](np.ascontiguousarray(seen[None]))[0]
        height, width = (rows[1] - rows[0]) * d, (columns[1] - columns[0]) * d
        picture = made[(rows[0] - y) * d :, (columns[0] - x) * d :][:height, :width]
        for layer in range(1, layers):
            own = latent[slice(*rows), slice(*columns), ends[layer - 1] : ends[layer]]
            picture = picture + self.networks[layer](np.ascontiguousarray(own[None]))[0]
        return picture


def cuts(side: int) -> list[int]:
    parts = -(-side // LARGEST)
    return [i * side // parts for i in range(parts + 1)]


def samples(rgb: np.ndarray, channels: int, peak: int) -> np.ndarray:
    dtype = np.uint8 if peak == 255 else np.uint16
    scaled = rgb * np.float32(peak) + np.float32(0.5)
    colour = np.clip(np.nan_to_num(scaled, nan=0.0, posinf=peak, neginf=0.0), 0, peak).astype(np.int64)
    if channels <= 2:
        colour = (colour.sum(axis=2, keepdims=True) + 1) // 3
    alpha = np.full((*rgb.shape[:2], 1 - channels % 2), peak)
    return np.concatenate([colour, alpha], axis=2).astype(dtype)


def bits(number: int) -> np.float32:
    return np.uint32(number).view(np.float32)


#: The two parts of the logarithm of 2.
HIGH, LOW = bits(0x3F318000), bits(0x395E8083)
#: round(x) adds and takes it away.
MAGIC_NUMBER = np.float32(12582912)
EXP = [bits(n) for n in (0x39506968, 0x3AB743CE, 0x3C088908, 0x3D2AA9C1, 0x3E2AAAAA, 0x3F000000)]
LN = [
    bits(n)
    for n in (
        0x3D9021BB,
        0xBDEBD1B8,
        0x3DEF251B,
        0xBDFE5D4F,
        0x3E11E9BF,
        0xBE2AAE50,
        0x3E4CCEAD,
        0xBE7FFFFC,
        0x3EAAAAAA,
    )
]


def polynomial(x: np.float32, coefficients: list[np.float32]) -> np.float32:
    result, *others = coefficients
    for c in others:
        result = result * x + c
    return result


def nearest(x: np.float32) -> np.float32:
    return (x + MAGIC_NUMBER) - MAGIC_NUMBER


def exp(x: np.float32) -> np.float32:
    """Of numbers whose result is neither 0 nor infinity, as those of factors are."""
    assert bits(0xC2AEAC4F) <= x <= bits(0x42B17217)
    one = np.float32(1)
    n = nearest(x * bits(0x3FB8AA3B))
    r = x - n * HIGH
    r = r + n * LOW
    y = polynomial(r, EXP) * (r * r) + r + one
    m = nearest(n * np.float32(0.5))
    m = m - one if m > n * np.float32(0.5) else m
    return y * np.float32(2.0 ** int(m)) * np.float32(2.0 ** int(n - m))


def ln(x: np.float32) -> np.float32:
    """Of numbers above 0 that are not subnormal."""
    assert 2.0**-126 <= x < np.inf
    one, number = np.float32(1), int(x.view(np.uint32))
    e, m = np.float32((number >> 23) - 126), bits(number & 0x7FFFFF | 0x3F000000)
    if m < bits(0x3F3504F3):
        e, m = e - one, m + m - one
    else:
        m = m - one
    z = m * m
    y = polynomial(m, LN) * m * z + e * -LOW - np.float32(0.5) * z
    return m + y + e * HIGH
