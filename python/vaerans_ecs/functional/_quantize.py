"""The affine quantiser."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _arguments as arguments
from .. import _core
from ..components import QuantParams
from ..errors import ParamError
from ._arrays import contiguous, float32, result

__all__ = ["dequantize", "quantize"]


def quantize(
    x: np.ndarray, bits: int = 8, *, per: str = "tensor", levels: int = 0, out: np.ndarray | None = None
) -> tuple[np.ndarray, QuantParams]:
    """Uniform quantiser; scale and offset come from the range of each group.

    The error is at most half a scale and 2**-20 of the group's largest magnitude, as float32 rounds: with 16 bits at
    most 1.13 times half a scale where the range holds 0, more where it is narrow and far from 0.

    Parameters
    ----------
    x : ndarray, float32
        Any shape; (C, ...) for ``per="channel"``, (C, H, W) in packed Mallat layout for ``per="band"``.
    bits : int
        1 to 16; symbols are uint8 up to 8 bits and uint16 above.
    per : str
        What shares a scale: ``"tensor"``, ``"channel"`` or ``"band"`` (of every channel: level by level, the coarsest
        first, in a level channel by channel, as in files).
    levels : int
        Depth of the wavelet, for ``per="band"``.
    out : ndarray, optional
        Where the symbols go.

    Returns
    -------
    (symbols, params)
        ``params.scale`` and ``params.offset`` have one float32 per group: ``value = symbol * scale + offset``. Where a
        group is one value, ``scale`` and ``zero`` are 0 and ``offset`` is that value.

    Raises
    ------
    DataError
        ``data.not_finite`` for NaN or infinity, ``data.range`` for a range that float32 does not hold.

    Examples
    --------
    >>> import numpy as np
    >>> from vaerans_ecs.functional import dequantize, quantize
    >>> x = np.linspace(-1, 1, 100, dtype=np.float32)
    >>> symbols, params = quantize(x)
    >>> bool((abs(dequantize(symbols, params) - x) <= params.scale[0] / 2 + 2**-20).all())
    True
    """
    bits, levels = arguments.whole("bits", bits, 1, 16), arguments.whole("levels", levels)
    x, per = float32(x), arguments.text("per", per)
    out = result(out, x.shape, np.uint8 if bits <= 8 else np.uint16)
    scale, zero, offset = _core.quantize(np.atleast_1d(x), np.atleast_1d(out), bits, per, levels)
    return out, QuantParams(np.array(scale, np.float32), np.array(zero, np.int32), np.array(offset, np.float32))


def dequantize(
    symbols: np.ndarray,
    params: QuantParams,
    *,
    per: str = "tensor",
    levels: int = 0,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """The way back from :func:`quantize`; ``per`` and ``levels`` as there. float32."""
    arguments.member("params", params, QuantParams, "QuantParams, as quantize gives them,")
    symbols, levels, per = contiguous(symbols, "symbols"), arguments.whole("levels", levels), arguments.text("per", per)
    out = result(out, symbols.shape, np.float32)
    scale = _numbers("scale", params.scale)
    zero = [arguments.whole("params.zero", z, -(1 << 31), (1 << 31) - 1) for z in _numbers("zero", params.zero, "iu")]
    offset = None if params.offset is None else _numbers("offset", params.offset)
    _core.dequantize(np.atleast_1d(symbols), np.atleast_1d(out), scale, zero, offset, per, levels)
    return out


def _numbers(name: str, values: Any, kinds: str = "fiu") -> list[float]:
    found = arguments.array(f"params.{name}", values)
    if found.dtype.kind not in kinds:
        raise ParamError("param.dtype", f"params.{name} is {found.dtype}; numbers as quantize gives them expected")
    numbers: list[float] = np.atleast_1d(found).ravel().tolist()
    return numbers
