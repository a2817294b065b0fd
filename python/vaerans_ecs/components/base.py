"""What every component is: handles, and the steps that led to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from .._core import TensorRef

__all__ = ["Component", "Scalar", "Step", "Tensor"]


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
