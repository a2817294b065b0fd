"""What the tiles of a picture share: the side bytes of step 50, and the steps that follow from them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..errors import need
from ..reader import Reader

F = np.float32
#: 2^(i / 8) and 2^(i / 64).
EIGHTHS = [
    1.0, 1.0905077326652577, 1.189207115002721, 1.2968395546510096,
    1.4142135623730951, 1.5422108254079407, 1.681792830507429, 1.8340080864093424,
]  # fmt: skip
FINE = [
    1.0, 1.0108892860517005, 1.0218971486541166, 1.0330248790212284,
    1.0442737824274138, 1.0556451783605572, 1.0671404006768237, 1.0787607977571199,
]  # fmt: skip
#: Of levels 1 to 6: low bands, details.
LOW = [F(n) for n in (1.4021081, 2.0303719, 2.9011624, 4.1152844, 5.8245098, 8.2387578)]
HIGH = [F(n) for n in (0.72126148, 0.98347137, 1.4419623, 2.07376, 2.9473241, 4.1735878)]
#: 2^(k / 4) for k from -8 to 8.
POWERS = np.array([2.0 ** (k / 4) for k in range(-8, 9)], F)
HL, LH, HH = range(3)


@dataclass
class Params:
    is_uniform: bool = True
    is_reversible: bool = True
    #: Log2 of the side of blocks that have steps of their own; 0: none have.
    blocks: int = 0
    step: int = 512
    #: Of luma and of chroma: weights of levels 1 to 6, in eighths.
    weights: list[list[int]] = field(default_factory=lambda: [[0] * 6, [0] * 6])
    #: Rows of the way back, in 1/128.
    colour: list[int] = field(default_factory=list)
    filter: bytes = b""

    def full_step(self) -> np.float32:
        n = self.step % 64
        return F(EIGHTHS[n // 8] * FINE[n % 8]) * F(2.0 ** (self.step // 64 - 8))

    def half_step(self, plane: int, level: int, orientation: int) -> np.float32:
        """Of a band, of blocks whose step is not changed."""
        if self.is_reversible:
            return F(0.5)
        k = self.weights[min(plane, 1)][level - 1]
        weight = F(EIGHTHS[k % 8]) * F(2.0 ** (k // 8))
        low, high = LOW[level - 1], HIGH[level - 1]
        return F(0.5) * self.full_step() * weight / (high * high if orientation == HH else low * high)

    def low_step(self, levels: int) -> np.float32:
        """Of the low band."""
        if self.is_reversible:
            return F(1)
        return self.full_step() / (LOW[levels - 1] * LOW[levels - 1] if levels else F(1))


def read(data: bytes, planes: int) -> Params:
    reader = Reader(data)
    flags = reader.u8()
    need(flags < 64, "flags of a photo")
    if flags & 2:
        need(flags == 3 and not reader.left, "a reversible picture with nothing else")
        return Params()
    params = Params(bool(flags & 1), False, flags >> 4 and (flags >> 4) + 3, reader.varint(1535))
    if flags & 4:
        nibbles = [n - 7 for byte in reader.bytes(6) for n in (byte & 15, byte >> 4)]
        params.weights = [nibbles[:6], nibbles[6:]]
    if planes > 1:
        params.colour = [reader.unpack("b") for _ in range(9)]
    params.filter = reader.bytes(reader.left)
    need(bool(flags & 8) == bool(params.filter), "a filter where the flags say so")
    return params
