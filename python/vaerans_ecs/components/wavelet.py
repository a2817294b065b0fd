"""Wavelet pyramids and the table of their bands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .. import _arguments as arguments
from .. import _core
from .base import Component

if TYPE_CHECKING:
    from .._core import TensorRef

__all__ = ["WaveletPyr", "band_table"]


#: Largest side that a table of int32 tells of.
_MOST = (1 << 31) - 1


def band_table(height: int, width: int, levels: int) -> np.ndarray:
    """Bands of a packed plane: rows (level, orientation, y, x, height, width), coarsest first, int32.

    Level 0 holds LL alone (orientation 0); levels 1 to ``levels`` hold HL (1), LH (2) and HH (3).
    """
    sides = arguments.whole("height", height, 0, _MOST), arguments.whole("width", width, 0, _MOST)
    return np.array(_core.band_table(*sides, arguments.whole("levels", levels, 0, 30)), np.int32).reshape(-1, 6)


@dataclass(frozen=True)
class WaveletPyr(Component):
    """Packed wavelet coefficients (C, H, W) in Mallat layout.

    ``index`` lists the bands as rows ``(level, orientation, y, x, height, width)``; level 0 is the
    coarsest, orientation 0 is LL, 1 HL, 2 LH, 3 HH.
    """

    packed: TensorRef
    levels: int = 0
    wavelet: str = "cdf53"
    main: ClassVar[str] = "packed"

    @cached_property
    def index(self) -> TensorRef:
        """The table of bands, int32 of shape (bands, 6); it lies in the arena for as long as it is held."""
        height, width = self.packed.shape[-2:]
        return self._beside(band_table(height, width, self.levels))

    def meta(self) -> dict[str, Any]:
        return {"wavelet": self.wavelet, "levels": self.levels}
