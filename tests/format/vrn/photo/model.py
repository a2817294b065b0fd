"""The two models of the photo coder: files beside its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

import numpy as np

from ..errors import need

FOLDER = Path(__file__).resolve().parents[4] / "crates/vaerans/src/codec/photo/model"
SETS, GROUPS, CLASSES, TOKENS = 36, 9, 48, 26
LOW = 8
#: 65536 * 2^(i / 16), rounded.
OCTAVE = [
    65536, 68438, 71468, 74632, 77936, 81386, 84990, 88752,
    92682, 96785, 101070, 105545, 110218, 115098, 120194, 125515,
]  # fmt: skip


@dataclass
class Model:
    #: Of each set: bias, 6 of the band's own neighbours, 12 of others.
    weights: np.ndarray
    #: Of luma and chroma, three orientations each: the frequency of + in each of 9 contexts.
    signs: list[list[int]]
    #: Of each group and each row, 48 * quantizer + class: where each token's interval ends.
    ends: list[list[list[int]]]
    #: Of each group and row: what is taken from sizes 1, 2, 3 and more, f32.
    shifts: np.ndarray


@cache
def shipped(is_reversible: bool) -> Model:
    return read((FOLDER / ("reversible.bin" if is_reversible else "model.bin")).read_bytes())


def read(data: bytes) -> Model:
    """Of its bytes."""
    quantizers, rest = divmod(len(data) - SETS * 38 - 108, GROUPS * CLASSES * (TOKENS + 3))
    need(rest == 0 and quantizers in (1, 2), "a model of one or two quantizers")
    weights = np.frombuffer(data[: SETS * 38], "<i2").reshape(SETS, 19).astype(np.int64)
    signs = np.frombuffer(data[SETS * 38 : SETS * 38 + 108], "<u2").reshape(6, 9).tolist()
    behind = data[SETS * 38 + 108 :]
    count = GROUPS * quantizers * CLASSES
    differences = np.frombuffer(behind[: count * TOKENS], np.uint8).reshape(GROUPS, quantizers, TOKENS, CLASSES)
    rows = np.cumsum(differences, axis=3, dtype=np.uint8).swapaxes(2, 3)
    shifts = np.frombuffer(behind[count * TOKENS :], np.int8).reshape(GROUPS, quantizers * CLASSES, 3)
    shifts = shifts.astype(np.float32) / np.float32(64)
    tables = [[ends(row.tolist()) for row in group.reshape(-1, TOKENS)] for group in rows]
    if quantizers == 1:
        tables, shifts = [group * 2 for group in tables], np.concatenate([shifts, shifts], 1)
    return Model(weights, signs, tables, shifts)


def ends(row: list[int]) -> list[int]:
    """Where the intervals of the tokens end."""
    weights = [(OCTAVE[(b - 1) % 16] << (b - 1) // 16) >> 12 if b else 0 for b in row]
    rest = 32768 - sum(b > 0 for b in row)
    shares = [behind * rest // sum(weights) for behind in accumulate(weights)]
    ones = accumulate(int(b > 0) for b in row)
    return [share + one for share, one in zip(shares, ones, strict=True)]
