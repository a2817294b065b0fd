"""What every component is: handles, and the steps that led to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from ..arena import Arena

if TYPE_CHECKING:
    from .._core import TensorRef
    from ..world import World

__all__ = ["Component", "Home", "Scalar", "Step", "Tensor"]


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


class Home(NamedTuple):
    """Where a component was read from."""

    world: World
    eid: int
    key: str
    step: int


@dataclass(frozen=True, kw_only=True)
class Component:
    """What all components share: the steps that led to them."""

    lineage: tuple[Step, ...] = ()
    #: What a custom forward step wants its inverse to find (``Step.side``).
    side: bytes | None = None
    #: Set where a world gives the component; none for one that was made by hand, or from another one.
    _home: Home | None = field(default=None, init=False, repr=False, compare=False)
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

    def _beside(self, array: np.ndarray) -> TensorRef:
        """A tensor holding ``array``: in the world's arena, or in one of its own for a component of no world."""
        if self._home is not None:
            return self._home.world.put(array)
        arena = Arena(max(array.nbytes, 1))
        ref = arena.alloc_tensor(array.shape, array.dtype)
        arena.view(ref)[...] = array
        return ref


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
