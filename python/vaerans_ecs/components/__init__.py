"""Components: what an entity carries. Each wraps :class:`TensorRef` handles into the arena.

Stores of a world are dictionaries from entity to component: ``world.rgb[eid]``, ``world.latent[eid]``,
or by key: ``world.store("Latent4")[eid]``. Reading gives the newest version; assigning makes a new one.
"""

from __future__ import annotations

from .base import Component, Scalar, Step, Tensor
from .entropy import ANSBitstream
from .image import RGB, BlurRGB, Planes, ReconRGB
from .latent import YUVW4, Latent4
from .quant import QuantParams, SymbolsU8
from .residual import Residual
from .store import ComponentStore
from .wavelet import WaveletPyr

__all__ = [
    "RGB",
    "YUVW4",
    "ANSBitstream",
    "BlurRGB",
    "Component",
    "ComponentStore",
    "Latent4",
    "Planes",
    "QuantParams",
    "ReconRGB",
    "Residual",
    "Scalar",
    "Step",
    "SymbolsU8",
    "Tensor",
    "WaveletPyr",
]
