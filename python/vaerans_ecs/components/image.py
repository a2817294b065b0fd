"""Images and planes of samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from .base import Component

if TYPE_CHECKING:
    from .._core import TensorRef

__all__ = ["RGB", "BlurRGB", "Planes", "ReconRGB"]


@dataclass(frozen=True)
class RGB(Component):
    """An image (H, W, C), uint8 or uint16."""

    pix: TensorRef
    colourspace: str = "sRGB"
    main: ClassVar[str] = "pix"

    def meta(self) -> dict[str, Any]:
        return {"colourspace": self.colourspace}


class ReconRGB(RGB):
    """A reconstructed image (H, W, C)."""


class BlurRGB(RGB):
    """A blurred image (H, W, C)."""


@dataclass(frozen=True)
class Planes(Component):
    """Planar samples (C, H, W), int32 or float32."""

    t: TensorRef
