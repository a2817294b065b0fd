"""Entropy-coded streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .base import Component

if TYPE_CHECKING:
    from .._core import TensorRef

__all__ = ["ANSBitstream"]


@dataclass(frozen=True)
class ANSBitstream(Component):
    """An entropy-coded stream: its bytes, tables included, and the number of symbols."""

    words: TensorRef
    n_symbols: int = 0
    chunks: tuple[tuple[int, int], ...] = ()
    main: ClassVar[str] = "words"
