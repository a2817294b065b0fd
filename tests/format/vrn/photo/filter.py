"""The adaptive filter: its parameters, and the weights of each class."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import need
from ..ranges import Bits, Chance, fresh

BANK = Path(__file__).resolve().parents[4] / "crates/vaerans/src/codec/photo/filter/bank.bin"
STEPS = (704, 756, 805, 853, 902, 946, 986)
CLASSES = 25
#: Pairs of samples, of each plane.
PAIRS = (12, 6, 6)


@dataclass
class Correction:
    shift: int
    groups: list[int]
    #: Of each group.
    weights: list[list[int]]


def read(data: bytes, planes: int) -> list[Correction | bool]:
    """Of each plane: whether it is filtered, or the correction of its weights."""
    bits = Bits(data)
    filters: list[Correction | bool] = []
    for plane in range(planes):
        is_there = bool(bits.plain(1))
        filters.append(correction(bits, 2 * PAIRS[plane]) if is_there and bits.plain(1) else is_there)
    return filters


def correction(bits: Bits, count: int) -> Correction:
    shift, groups = bits.plain(2), bits.plain(5) + 1
    need(shift <= 2 and groups <= CLASSES, "a correction of 25 groups at most")
    of_class = [bits.plain(groups.bit_length()) for _ in range(CLASSES)]
    need(max(of_class) <= groups, "groups that there are")
    chances = [fresh(13) for _ in range(count)]
    return Correction(shift, of_class, [[weight(bits, c) for c in chances] for _ in range(groups)])


def weight(bits: Bits, chances: list[Chance]) -> int:
    if not bits.bit(chances[0]):
        return 0
    is_negative, size = bits.plain(1), 1
    while size <= 12 and bits.bit(chances[size]):
        size += 1
    if size > 12:
        length = 0
        while length < 11 and bits.plain(1):
            length += 1
        size = 12 + (1 << length | bits.plain(length))
    need(size <= 1023, "a weight of at most 1023")
    return -size if is_negative else size


class Bank:
    """The trained weights, mixed for a step."""

    def __init__(self, step: int) -> None:
        data = BANK.read_bytes()
        limits = np.frombuffer(data[:56], "<u2").reshape(7, 4).astype(np.int64)
        weights = np.frombuffer(data[56:], np.int8).reshape(7, 1200).astype(np.int64)
        low = sum(s <= step for s in STEPS[1:-1])
        a, b = STEPS[low : low + 2]
        part = min(max((step - a) * 64 // (b - a), 0), 64)
        mixed = [of[low] * (64 - part) + of[low + 1] * part + 32 >> 6 for of in (limits, weights)]
        self.limits = mixed[0]
        ends = np.cumsum([0] + [CLASSES * 2 * n for n in PAIRS])
        self.weights = [mixed[1][ends[p] : ends[p + 1]].reshape(CLASSES, -1) for p in range(3)]

    def corrected(self, plane: int, by: Correction | bool) -> np.ndarray:
        """Of each class: linear weights, then clipped ones."""
        all_of = self.weights[plane].copy()
        if isinstance(by, Correction):
            for class_, group in enumerate(by.groups):
                if group < len(by.weights):
                    all_of[class_] += np.array(by.weights[group]) << by.shift
        return np.clip(all_of, -512, 512)
