"""The file of a predictor, and what it says at one quality."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .errors import Refused, need
from .reader import Reader

MAGIC = b"\xf6VRNPRE\n"
CLASSES, PHASES, SYMBOLS = 60, 4, 32
WHOLE = 1 << 15

#: Channels back, rows down, columns right, weight.
Tap = tuple[int, int, int, int]


@dataclass
class Channel:
    edge: int
    energy_gain: int
    mean: list[Tap]
    scale: list[Tap]
    energy: list[int]
    bias: int = 0


@dataclass
class Predictor:
    layers: list[int]
    between: int
    #: (anchors, channels) each.
    gain: np.ndarray
    mean_gain: np.ndarray
    scale_gain: np.ndarray
    bias: np.ndarray
    channels: list[Channel]
    #: (layers, classes, phases, symbols + 1): where each symbol's interval begins.
    starts: np.ndarray

    @property
    def steps(self) -> int:
        return self.between * (len(self.gain) - 1) + 1

    def place(self, step: int) -> tuple[int, int, int]:
        """The anchor at or below a quality, the one above, and how far it lies behind the first."""
        level, part = divmod(step, self.between)
        return level, min(level + 1, len(self.gain) - 1), part

    def mixed(self, of: np.ndarray, step: int) -> list[int]:
        level, above, part = self.place(step)
        b = self.between
        return [int(n) for n in (of[level] * (b - part) + of[above] * part + b // 2) // b]


def read(data: bytes) -> Predictor:
    """Of its file."""
    try:
        return read_fields(Reader(data))
    except Refused as refused:
        raise Refused("model.invalid", str(refused)) from refused


def read_fields(reader: Reader) -> Predictor:
    need(reader.bytes(8) == MAGIC and reader.u8() == 0, "a predictor of version 0")
    layers = [reader.varint(4096, 1) for _ in range(reader.varint(8, 1))]
    need(all(a < b for a, b in pairwise(layers)), "channels in every layer")
    anchors, between = reader.varint(64, 1), reader.varint(64, 1)
    shape = anchors, layers[-1]
    columns = [
        np.array([signed(reader, least, most) for _ in range(anchors * layers[-1])], np.int64).reshape(shape)
        for least, most in ((1, 1 << 28), (-(1 << 24), 1 << 24), (-(1 << 24), 1 << 24), (-(1 << 28), 1 << 28))
    ]
    channels = [read_channel(reader, number) for number in range(layers[-1])]
    shape = len(layers), CLASSES, PHASES, SYMBOLS - 1
    count = int(np.prod(shape))
    frequencies = np.frombuffer(reader.bytes(2 * count), "<u2").reshape(shape).astype(np.int64)
    ends = np.cumsum(frequencies, axis=-1)
    need(frequencies.min() > 0 and ends.max() < WHOLE, "frequencies of a sum")
    rim = np.zeros((*shape[:3], 1), np.int64)
    reader.end()
    return Predictor(layers, between, *columns, channels, np.concatenate([rim, ends, rim + WHOLE], axis=-1))


def signed(reader: Reader, least: int = -(1 << 31), most: int = (1 << 31) - 1) -> int:
    value = reader.signed()
    need(least <= value <= most, f"{value}, not {least} to {most}")
    return value


def read_channel(reader: Reader, number: int) -> Channel:
    edge, energy_gain = (reader.varint((1 << 32) - 1) for _ in range(2))
    mean, scale = read_taps(reader, number), read_taps(reader, number)
    mask, energy = reader.varint(511), [0] * 9
    for place in range(9):
        if mask >> place & 1:
            energy[place] = signed(reader)
            need(energy[place], "a weight that is not 0")
    return Channel(edge, energy_gain, mean, scale, energy)


def read_taps(reader: Reader, number: int) -> list[Tap]:
    taps = []
    for _ in range(reader.varint(64)):
        back = reader.varint(number)
        taps.append((back, signed(reader, -2, 2 if back else -1), signed(reader, -2, 2), signed(reader)))
    return taps


def rounded(a: int, bits: int) -> int:
    return (a + (1 << (bits - 1))) >> bits


def weights(predictor: Predictor, step: int, count: int) -> list[Channel]:
    """What the first channels depend on, at a quality."""
    need(step < predictor.steps, "a quality that the predictor has")
    columns = (predictor.gain, predictor.mean_gain, predictor.scale_gain, predictor.bias)
    gain, mean_gain, scale_gain, bias = (predictor.mixed(column, step) for column in columns)
    made = []
    for c, channel in enumerate(predictor.channels[:count]):
        g = gain[c]

        def taps(of: list[Tap], own: int, c: int = c) -> list[Tap]:
            ratio = [(gain[c] << 16) // gain[c - back] for back, *_ in of]
            return [(*tap[:3], rounded(tap[3] * own * r, 28)) for tap, r in zip(of, ratio, strict=True)]

        one = Channel(
            edge=rounded(channel.edge * g, 20),
            energy_gain=min((channel.energy_gain << 12) // g, 1 << 20),
            mean=taps(channel.mean, mean_gain[c]),
            scale=taps(channel.scale, scale_gain[c]),
            energy=[rounded(rounded(w * scale_gain[c], 12) * g, 16) for w in channel.energy],
            bias=bias[c],
        )
        made.append(check(one))
    return made


def check(channel: Channel) -> Channel:
    """Whether its sums fit 32 bits."""
    sums = [sum(abs(tap[3]) for tap in taps) for taps in (channel.mean, channel.scale)]
    most = (1 << 31) - 1 - 4096
    fits = sums[0] * 32767 <= most and sums[1] * max(4095, channel.edge) <= most and channel.edge < 1 << 16
    if not fits or max(map(abs, channel.energy)) >= 1 << 31:
        raise Refused("model.invalid", "weights that are too large")
    return channel
