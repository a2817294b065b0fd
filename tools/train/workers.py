"""Other processes that walk through the integers of pictures: the slow part of measuring, and it needs no PyTorch."""

from __future__ import annotations

import os
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from .frequencies import counted
from .integer_model import IntegerModel

_model: IntegerModel | None = None


class Workers:
    """A pool of processes, each with the entropy model. Fresh processes: those of a GPU's owner must not be forked."""

    def __init__(self, model: IntegerModel) -> None:
        context = get_context("spawn")
        count = os.cpu_count() or 1
        self.pool = ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(model,))

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown(cancel_futures=True)

    def bits(self, q: np.ndarray, quality: int) -> Future[float]:
        """Bits of a picture's integers by the tables."""
        return self.pool.submit(_bits, q.astype(np.int16), quality)

    def counts(self, q: np.ndarray, quality: int) -> Future[np.ndarray]:
        """How often which symbol comes in a picture's integers."""
        return self.pool.submit(_counts, q.astype(np.int16), quality)


def _begin(model: IntegerModel) -> None:
    global _model
    _model = model


def _bits(q: np.ndarray, quality: int) -> float:
    assert _model is not None
    return _model.code_length(q.astype(np.int64), _model.prepare(quality))


def _counts(q: np.ndarray, quality: int) -> np.ndarray:
    assert _model is not None
    return counted(_model, q.astype(np.int64), quality).astype(np.int32)
