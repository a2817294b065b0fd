"""Arrays as the core takes them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ParamError

__all__ = ["channels", "contiguous", "float32", "result"]


def contiguous(x: Any) -> np.ndarray:
    """``x`` row after row in memory; copied where it is not."""
    return np.require(x, requirements=["C", "A"])


def float32(x: Any) -> np.ndarray:
    """``x`` as contiguous float32."""
    return np.require(x, dtype=np.float32, requirements=["C", "A"])


def result(out: np.ndarray | None, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """``out`` after a check, or a fresh array."""
    if out is None:
        return np.empty(shape, dtype)
    if out.shape != shape or out.dtype != dtype:
        expected = f"{shape} {np.dtype(dtype).name}"
        raise ParamError("param.shape", f"out is {out.shape} {out.dtype}; {expected} expected")
    return out


def channels(x: np.ndarray) -> np.ndarray:
    """A grey picture (H, W) with its channel axis."""
    return x[:, :, None] if x.ndim == 2 else x
