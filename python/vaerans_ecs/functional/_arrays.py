"""Arrays as the core takes them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _arguments as arguments
from .._pillow_modes import pixels
from ..errors import ParamError

__all__ = ["channels", "contiguous", "float32", "pair", "picture", "result"]


def contiguous(x: Any, name: str = "x") -> np.ndarray:
    """``x`` row after row in memory; copied where it is not."""
    return np.require(arguments.array(name, x), requirements=["C", "A"])


def float32(x: Any, name: str = "x") -> np.ndarray:
    """``x`` as contiguous float32; what float32 has no numbers for is refused."""
    found = arguments.array(name, x)
    if found.dtype.kind not in "fiu":
        raise ParamError("param.dtype", f"{name} is {found.dtype}; float32, or numbers to make it of, expected")
    with np.errstate(over="ignore"):
        return np.require(found, dtype=np.float32, requirements=["C", "A"])


def result(out: Any, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """``out`` after a check, or a fresh array."""
    if out is None:
        return np.empty(shape, dtype)
    arguments.member("out", out, np.ndarray, "an array")
    if out.shape != shape or out.dtype != dtype:
        expected = f"{shape} {np.dtype(dtype).name}"
        raise ParamError("param.shape", f"out is {out.shape} {out.dtype}; {expected} expected")
    found: np.ndarray = out
    return found


def picture(x: Any, name: str) -> np.ndarray:
    """A picture row after row in memory: an array, or one of Pillow's."""
    return contiguous(pixels(x), name)


def channels(x: np.ndarray) -> np.ndarray:
    """A grey picture (H, W) with its channel axis."""
    return x[:, :, None] if x.ndim == 2 else x


def pair(a: Any, b: Any) -> tuple[np.ndarray, np.ndarray]:
    """Two pictures with a channel axis, of one shape and type: held against each other before either is copied."""
    a, b = arguments.array("a", pixels(a)), arguments.array("b", pixels(b))
    if a.shape != b.shape or a.dtype != b.dtype:
        raise ParamError("param.shape", f"a is {a.shape} {a.dtype}, b {b.shape} {b.dtype}; the same expected")
    return channels(contiguous(a)), channels(contiguous(b))
