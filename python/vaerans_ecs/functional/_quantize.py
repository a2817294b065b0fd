"""The affine quantiser."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from ..components import QuantParams
from ..components.wavelet import band_table
from ..errors import DataError, ParamError
from ._arrays import contiguous, float32, result

__all__ = ["dequantize", "quantize"]

#: Smallest normal float32: 1 / scale must be finite.
_TINY = 1.17549435e-38


def quantize(
    x: np.ndarray, bits: int = 8, *, per: str = "tensor", levels: int = 0, out: np.ndarray | None = None
) -> tuple[np.ndarray, QuantParams]:
    """Uniform quantiser; scale and offset come from the range of each group, so the error is at most half a scale.

    Parameters
    ----------
    x : ndarray, float32
        Any shape; (C, ...) for ``per="channel"``, (C, H, W) in packed Mallat layout for ``per="band"``.
    bits : int
        1 to 16; symbols are uint8 up to 8 bits and uint16 above.
    per : str
        What shares a scale: ``"tensor"``, ``"channel"`` or ``"band"`` (of every channel).
    levels : int
        Depth of the wavelet, for ``per="band"``.
    out : ndarray, optional
        Where the symbols go.

    Returns
    -------
    (symbols, params)
        ``params.scale`` and ``params.offset`` have one float32 per group: ``value = symbol * scale + offset``.

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
    >>> bool((abs(dequantize(symbols, params) - x) <= params.scale[0] / 2 + 1e-7).all())
    True
    """
    if not 1 <= bits <= 16:
        raise ParamError("param.range", f"bits={bits}; from 1 to 16")
    x = float32(x)
    out = result(out, x.shape, np.uint8 if bits <= 8 else np.uint16)
    scales, offsets = [], []
    for where in _groups(x.shape, per, levels):
        part = np.ascontiguousarray(x[where])
        scale, offset = _affine(part, (1 << bits) - 1)
        _into(out, where, lambda to, part=part, s=scale, o=offset: _core.quantize(part, to, s, o))
        scales.append(scale)
        offsets.append(offset)
    steps, starts = np.array(scales, np.float32), np.array(offsets, np.float32)
    zero = np.rint(-starts / np.where(steps > 0, steps, 1)).astype(np.int32)
    return out, QuantParams(steps, zero, starts)


def dequantize(
    symbols: np.ndarray,
    params: QuantParams,
    *,
    per: str = "tensor",
    levels: int = 0,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """The way back from :func:`quantize`; ``per`` and ``levels`` as there. float32."""
    symbols = contiguous(symbols)
    out = result(out, symbols.shape, np.float32)
    offset = params.offset if params.offset is not None else -params.zero * params.scale
    groups = _groups(symbols.shape, per, levels)
    if len(groups) != len(params.scale):
        raise ParamError("param.shape", f"{len(params.scale)} scales for {len(groups)} groups")
    for where, s, o in zip(groups, params.scale, offset, strict=True):
        part = np.ascontiguousarray(symbols[where])
        _into(out, where, lambda to, part=part, s=s, o=o: _core.dequantize(part, to, float(s), float(o)))
    return out


def _groups(shape: tuple[int, ...], per: str, levels: int) -> list[Any]:
    """Indices of what shares a scale."""
    if per == "tensor":
        return [...]
    if per == "channel" and shape:
        return list(range(shape[0]))
    if per == "band" and len(shape) == 3:
        rows = band_table(shape[1], shape[2], levels)
        bands = [(slice(y, y + h), slice(x, x + w)) for _, _, y, x, h, w in rows]
        return [(c, *b) for c in range(shape[0]) for b in bands]
    raise ParamError("param.range", f"per={per!r} of shape {shape}; tensor, channel (C, ...) or band (C, H, W)")


def _affine(part: np.ndarray, top: int) -> tuple[float, float]:
    """Scale and offset from the range of a group; scale 0 where all values are one."""
    if part.size == 0:
        return 0.0, 0.0
    low, high, bad = _core.value_range(part)
    if bad:
        raise DataError("data.not_finite", f"{bad} of {part.size} values are NaN or infinite")
    if high - low > float(np.finfo(np.float32).max):
        raise DataError("data.range", f"values from {low:e} to {high:e} span more than float32 holds")
    if low < 0 < high and top >= 2:
        # Zero gets a symbol of its own, exactly; one step of the range is spent on that.
        scale = np.float32(max((high - low) / (top - 1), _TINY))
        return float(scale), float(-(np.float32(np.rint(-low / float(scale))) * scale))
    return (float(np.float32(max((high - low) / top, _TINY))) if high > low else 0.0), low


def _into(out: np.ndarray, where: Any, work: Any) -> None:
    """Runs ``work`` on ``out[where]``, through a copy where that is not contiguous."""
    target = out[where]
    if target.flags.c_contiguous:
        work(target)
        return
    whole = np.empty(target.shape, target.dtype)
    work(whole)
    out[where] = whole
