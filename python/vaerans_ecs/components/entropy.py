"""Entropy-coded streams and their tables of probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from .. import _core
from ..errors import PipeError
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

    @cached_property
    def probs(self) -> np.ndarray:
        """The model's probabilities, float64 of shape (sequences, 256), read-only; every row sums to 1, exactly.

        A row for each sequence of the stream in order: one per band and level, or per class of blocks where the coder
        was adaptive (behind the one of the classes' map). Columns are symbols 0 to 255; for signed or wide symbols the
        tokens that they are coded as. A symbol that stands for rare ones holds their share.

        Raises
        ------
        PipeError
            ``pipe.wrong_kind`` for a stream that is in no world: the steps behind it say how to read it.
        """
        if self._home is None:
            raise PipeError("pipe.wrong_kind", "probs of a stream that is in no world; attach it, or read it from one")
        world, eid, key, step = self._home
        tables = _core.ans_tables(world._core, eid, key, step)
        probs = np.empty((len(tables), 256), np.float64)
        for row, (bits, frequencies) in zip(probs, tables, strict=True):
            np.ldexp(np.asarray(frequencies, np.float64), -bits, out=row)
        probs.flags.writeable = False
        return probs
