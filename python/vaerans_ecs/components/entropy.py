"""Entropy-coded streams."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from .base import Component

if TYPE_CHECKING:
    from .._core import TensorRef

__all__ = ["ANSBitstream"]


@dataclass(frozen=True)
class ANSBitstream(Component):
    """An entropy-coded stream: its bytes, tables included, and the number of symbols.

    ``words`` holds the bytes as they are saved, ``words_u32`` the same as words of 32 bits; ``chunks`` says for every
    resolution level how many of the bytes are its own, as (level, bytes).
    """

    words: TensorRef
    n_symbols: int = 0
    chunks: tuple[tuple[int, int], ...] = ()
    main: ClassVar[str] = "words"

    @cached_property
    def words_u32(self) -> TensorRef:
        """The stream as little-endian words, uint32 of shape (words,), the last one filled up with zero bytes.

        A copy, made when it is first asked for: coded bytes need not fill whole words.
        """
        words = np.zeros(-(-self.words.nbytes // 4), "<u4")
        words.view(np.uint8)[: self.words.nbytes] = np.asarray(self.words.buffer())
        return self._beside(words.astype(np.uint32, copy=False))
