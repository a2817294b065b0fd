"""The arena as Python sees it: typed tensors inside one budget of memory, NumPy views without copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import _arguments as arguments
from . import _core
from ._core import TensorRef

__all__ = ["Arena", "TensorRef"]


def tensor(ref: Any, name: str = "ref") -> TensorRef:
    """A handle of a tensor, and nothing else."""
    found: TensorRef = arguments.member(name, ref, TensorRef, "a TensorRef, as Arena.alloc_tensor gives it,")
    return found


class Arena:
    """A fixed budget of memory that tensors are carved from, 64-byte aligned.

    Parameters
    ----------
    bytes : int
        Size of the budget. Pages are touched only when they are used.

    Raises
    ------
    LimitError
        ``limit.arena`` where a tensor does not fit: the message says how much was needed and is there.

    Examples
    --------
    >>> from vaerans_ecs import Arena
    >>> arena = Arena(1 << 20)
    >>> ref = arena.alloc_tensor((4, 8, 8), "float32")
    >>> arena.view(ref)[...] = 1.0
    >>> arena.subref_axis0(ref, 1).shape
    (8, 8)
    """

    def __init__(self, bytes: int) -> None:
        self._core = _core.Arena(arguments.whole("bytes", bytes, 1))

    @classmethod
    def _of(cls, core: Any) -> Arena:
        arena = cls.__new__(cls)
        arena._core = core
        return arena

    def alloc_tensor(self, shape: Sequence[int], dtype: Any = "float32") -> TensorRef:
        """A fresh tensor; its contents are unspecified. Its memory comes back with its last handle."""
        return self._core.alloc_tensor(arguments.shape("shape", shape), arguments.dtype("dtype", dtype).name)

    def view(self, ref: TensorRef) -> np.ndarray:
        """A NumPy view of a tensor, read-only for results of steps and leases. No copy."""
        return np.asarray(self._core.buffer(tensor(ref)))

    def subref_axis0(self, ref: TensorRef, i: int) -> TensorRef:
        """Handle of slice ``i`` along the first axis."""
        return self._core.subref_axis0(tensor(ref), arguments.whole("i", i))

    def reset(self) -> None:
        """Takes all memory back; ``param.arena_in_use`` while a view lives."""
        self._core.reset()

    @property
    def stats(self) -> dict[str, int]:
        """capacity, used and peak in bytes; allocations, views alive, resets."""
        return self._core.stats

    def __repr__(self) -> str:
        s = self.stats
        return f"Arena({s['used']} of {s['capacity']} bytes used, {s['views']} views)"
