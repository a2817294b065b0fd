"""Quantised symbols and what they stand for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .. import _arguments as arguments
from .base import Component

if TYPE_CHECKING:
    from .._core import TensorRef

__all__ = ["QuantParams", "SymbolsU8"]


@dataclass(frozen=True)
class QuantParams:
    """``value = (symbol - zero) * scale``, one pair per tensor, channel or band.

    ``zero`` is rounded to a whole symbol; ``offset`` (of :func:`vaerans_ecs.functional.quantize`) is what symbol 0
    stands for, exactly.
    """

    scale: np.ndarray = field(default_factory=lambda: np.ones(1, np.float32))
    zero: np.ndarray = field(default_factory=lambda: np.zeros(1, np.int32))
    offset: np.ndarray | None = None


@dataclass(frozen=True)
class SymbolsU8(Component):
    """Quantised integers, of the shape they were quantised from."""

    q: TensorRef
    qp: QuantParams = field(default_factory=QuantParams)
    main: ClassVar[str] = "q"

    def meta(self) -> dict[str, Any]:
        arguments.member("qp", self.qp, QuantParams, "QuantParams")
        zero = arguments.integers("qp.zero", np.ravel(self.qp.zero), -(1 << 31))
        return {"scale": arguments.numbers("qp.scale", np.ravel(self.qp.scale)), "zero": zero}
