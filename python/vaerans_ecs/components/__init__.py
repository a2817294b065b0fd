"""Components: what an entity carries. Each wraps :class:`TensorRef` handles into the arena.

Stores of a world are dictionaries from entity to component: ``world.rgb[eid]``, ``world.latent[eid]``,
or by key: ``world.store("Latent4")[eid]``. Reading gives the newest version; assigning makes a new one.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

if TYPE_CHECKING:
    from ._core import TensorRef
    from .world import World

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


@dataclass(frozen=True)
class Step:
    """One forward step behind a component, as a file stores it."""

    number: int
    name: str
    params: dict[str, Any]
    side: bytes
    key: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True, kw_only=True)
class Component:
    """What all components share: the steps that led to them."""

    lineage: tuple[Step, ...] = ()
    #: What a custom forward step wants its inverse to find (``Step.side``).
    side: bytes | None = None
    #: Name of the field that holds the main tensor.
    main: ClassVar[str] = "t"

    @property
    def ref(self) -> TensorRef:
        """The main tensor."""
        ref: TensorRef = getattr(self, type(self).main)
        return ref

    def meta(self) -> dict[str, Any]:
        """What the core keeps beside the tensor."""
        return {}


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


@dataclass(frozen=True)
class Latent4(Component):
    """A network's latent (C, h, w), float32; any number of channels."""

    z: TensorRef
    main: ClassVar[str] = "z"


@dataclass(frozen=True)
class YUVW4(Component):
    """A Hadamard-rotated latent (C, h, w), float32."""

    t: TensorRef


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

    @property
    def index(self) -> np.ndarray:
        """The table of bands, int32 of shape (bands, 6)."""
        from .functional import band_table

        _, height, width = self.packed.shape
        return band_table(height, width, self.levels)

    def meta(self) -> dict[str, Any]:
        return {"wavelet": self.wavelet, "levels": self.levels}


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
        return {"scale": [float(s) for s in self.qp.scale], "zero": [int(z) for z in self.qp.zero]}


@dataclass(frozen=True)
class ANSBitstream(Component):
    """An entropy-coded stream: its bytes, tables included, and the number of symbols."""

    words: TensorRef
    n_symbols: int = 0
    chunks: tuple[tuple[int, int], ...] = ()
    main: ClassVar[str] = "words"


@dataclass(frozen=True)
class Residual(Component):
    """Signed differences of samples (H, W, C)."""

    r: TensorRef
    main: ClassVar[str] = "r"


@dataclass(frozen=True)
class Scalar(Component):
    """One number: a metric."""

    t: TensorRef
    value: float = 0.0

    def meta(self) -> dict[str, Any]:
        return {"value": self.value}


@dataclass(frozen=True)
class Tensor(Component):
    """A tensor of a system of the user's own."""

    t: TensorRef


_BY_KIND: dict[str, type[Component]] = {
    "Image": RGB,
    "Planes": Planes,
    "Latent": Latent4,
    "Yuvw": YUVW4,
    "Wavelet": WaveletPyr,
    "Symbols": SymbolsU8,
    "Bitstream": ANSBitstream,
    "Residual": Residual,
    "Scalar": Scalar,
    "Foreign": Tensor,
}
_BY_KEY: dict[str, type[Component]] = {"ReconRGB": ReconRGB, "BlurRGB": BlurRGB}


def from_core(key: str, raw: tuple[str, TensorRef, dict[str, Any], list[dict[str, Any]]]) -> Component:
    """The component that the core describes as (kind, tensor, meta, lineage)."""
    kind, ref, meta, records = raw
    lineage = tuple(Step(**{**r, "shape": tuple(r["shape"])}) for r in records)
    cls = _BY_KEY.get(key, _BY_KIND[kind])
    extra: dict[str, Any] = dict(meta)
    if cls is SymbolsU8 and extra:
        qp = QuantParams(np.asarray(extra["scale"], np.float32), np.asarray(extra["zero"], np.int32))
        extra = {"qp": qp}
    if cls is ANSBitstream and extra:
        extra["chunks"] = tuple(tuple(c) for c in extra["chunks"])
    known = cls.__dataclass_fields__
    fields = {k: v for k, v in extra.items() if k in known} | {cls.main: ref}
    return cls(lineage=lineage, **fields)


class ComponentStore(MutableMapping[int, Component]):
    """Entities' components under one key: reading gives the newest version."""

    def __init__(self, world: World, key: str) -> None:
        self._world = world
        self._key = key

    def __getitem__(self, eid: int) -> Component:
        return self._world.component(eid, self._key)

    def __setitem__(self, eid: int, component: Component) -> None:
        self._world.attach(eid, self._key, component)

    def __delitem__(self, eid: int) -> None:
        self._world._core.detach(eid, self._key)

    def __contains__(self, eid: object) -> bool:
        return any(k == self._key for k, _ in self._world._core.keys(eid)) if eid in self._world.entities else False

    def __iter__(self) -> Iterator[int]:
        return (e for e in self._world.entities if e in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"ComponentStore({self._key!r}, {len(self)} entities)"
