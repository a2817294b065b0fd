"""Components as the core keeps them, and the mappings of a world from entity to component."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from .. import _core
from ..errors import MissingComponent, PipeError, VaeransError
from .base import Component, Home, Scalar, Step, Tensor
from .entropy import ANSBitstream
from .image import RGB, BlurRGB, Planes, ReconRGB
from .latent import YUVW4, Latent4
from .quant import QuantParams, SymbolsU8
from .residual import Residual
from .wavelet import WaveletPyr

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    from .._core import TensorRef
    from ..world import World

    C = TypeVar("C", bound=Component, default=Component)
else:
    from typing import TypeVar

    C = TypeVar("C", bound=Component)

__all__ = ["ComponentStore", "from_core"]

_CLASSES: dict[str, type[Component]] = {
    c.__name__: c
    for c in (RGB, ReconRGB, BlurRGB, Planes, Latent4, YUVW4, WaveletPyr, SymbolsU8, ANSBitstream, Residual, Scalar)
}
_BY_KEY: dict[str, type[Component]] = {name: _CLASSES[cls] for name, _, _, cls in _core.store_keys()}
#: The first key of a kind tells its class.
_BY_KIND: dict[str, type[Component]] = {"Foreign": Tensor} | {
    kind: _CLASSES[cls] for _, kind, _, cls in reversed(_core.store_keys())
}


def from_core(home: Home, kind: str, ref: TensorRef, meta: dict[str, Any], records: list[dict[str, Any]]) -> Component:
    """The component that the core describes so."""
    lineage = tuple(Step(**{**r, "shape": tuple(r["shape"])}) for r in records)
    cls = _BY_KIND[kind]
    if (named := _BY_KEY.get(home.key)) is not None and issubclass(named, cls):
        cls = named
    extra: dict[str, Any] = dict(meta)
    if cls is SymbolsU8 and extra:
        qp = QuantParams(np.asarray(extra["scale"], np.float32), np.asarray(extra["zero"], np.int32))
        extra = {"qp": qp}
    if cls is ANSBitstream and extra:
        extra["chunks"] = tuple(tuple(c) for c in extra["chunks"])
    known = cls.__dataclass_fields__
    fields = {k: v for k, v in extra.items() if k in known} | {cls.main: ref}
    component = cls(lineage=lineage, **fields)
    object.__setattr__(component, "_home", home)
    return component


class ComponentStore(MutableMapping[int, C]):
    """Entities' components under one key: reading gives the newest version."""

    def __init__(self, world: World, key: str) -> None:
        self._world = world
        self._key = key

    def __getitem__(self, eid: int) -> C:
        try:
            return cast(C, self._world.component(eid, self._key))
        except PipeError as error:
            raise MissingComponent(error.code, error.message) from None

    def __setitem__(self, eid: int, component: C) -> None:
        self._world.attach(eid, self._key, component)

    def __delitem__(self, eid: int) -> None:
        if eid not in self:
            raise MissingComponent("pipe.missing_component", f"entity {eid!r} has no {self._key}")
        self._world._core.detach(eid, self._key)

    def __contains__(self, eid: object) -> bool:
        if isinstance(eid, bool) or not isinstance(eid, int | np.integer) or eid < 0:
            return False
        try:
            return any(key == self._key for key, _ in self._world.versions(int(eid)))
        except PipeError:
            return False

    def __iter__(self) -> Iterator[int]:
        return (e for e in self._world.entities if e in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        try:
            return f"ComponentStore({self._key!r}, entities {list(self)})"
        except VaeransError as error:
            return f"ComponentStore({self._key!r}, {error.message})"
