"""Latents of networks, as they come and rotated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .base import Component

if TYPE_CHECKING:
    from .._core import TensorRef

__all__ = ["YUVW4", "Latent4"]


@dataclass(frozen=True)
class Latent4(Component):
    """A network's latent (C, h, w), float32; any number of channels."""

    z: TensorRef
    main: ClassVar[str] = "z"


@dataclass(frozen=True)
class YUVW4(Component):
    """A Hadamard-rotated latent (C, h, w), float32."""

    t: TensorRef
