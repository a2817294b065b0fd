"""The systems as plain functions on NumPy arrays, with ``out=`` where an array comes back.

``out`` must be C-contiguous, of the result's shape and dtype, and share no memory with the input.
Every function releases the GIL. ``threads=None`` uses ``VAERANS_THREADS``, then all cores.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import _core
from .components import QuantParams
from .errors import DataError, ParamError

__all__ = [
    "band_table",
    "bd_rate",
    "dequantize",
    "gaussian_blur",
    "hadamard",
    "inverse_wavelet",
    "ms_ssim",
    "psnr",
    "quantize",
    "rans_decode",
    "rans_encode",
    "ssim",
    "wavelet",
]


#: Smallest normal float32: 1 / scale must be finite.
_TINY = 1.17549435e-38


def _contiguous(x: Any) -> np.ndarray:
    return np.require(x, requirements=["C", "A"])


def _float32(x: Any) -> np.ndarray:
    return np.require(x, dtype=np.float32, requirements=["C", "A"])


def _out(out: np.ndarray | None, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """``out`` after a check, or a fresh array."""
    if out is None:
        return np.empty(shape, dtype)
    if out.shape != shape or out.dtype != dtype:
        expected = f"{shape} {np.dtype(dtype).name}"
        raise ParamError("param.shape", f"out is {out.shape} {out.dtype}; {expected} expected")
    return out


def hadamard(x: np.ndarray, inverse: bool = False, out: np.ndarray | None = None, *, size: int = 4) -> np.ndarray:
    """Orthonormal Hadamard rotation over the first axis, in groups of ``size`` channels.

    Parameters
    ----------
    x : ndarray, (C, ...), float32
        C a multiple of ``size`` (2, 4, 8 or 16).
    inverse : bool
        The transform is its own inverse; the flag is there for symmetry.
    out : ndarray, optional
        Where the result goes.

    Examples
    --------
    >>> import numpy as np
    >>> from vaerans_ecs.functional import hadamard
    >>> x = np.arange(8, dtype=np.float32).reshape(4, 2)
    >>> np.allclose(hadamard(hadamard(x), inverse=True), x)
    True
    """
    x = _float32(x)
    out = _out(out, x.shape, np.float32)
    _core.hadamard(x, out, size)
    return out


def wavelet(
    x: np.ndarray,
    wavelet: str = "cdf53",
    levels: int = 4,
    out: np.ndarray | None = None,
    *,
    threads: int | None = None,
) -> np.ndarray:
    """Wavelet transform of every plane (the last two axes), packed in Mallat layout: LL at the top left.

    Parameters
    ----------
    x : ndarray, (..., H, W), float32 or int32
        int32 with ``cdf53`` and ``haar`` is reversible. Other types are converted to float32.
    wavelet : str
        ``"cdf53"``, ``"cdf97"`` (float32 only) or ``"haar"``.
    levels : int
        Depth; a side of one sample is not split further.
    out : ndarray, optional
        Where the result goes.

    Examples
    --------
    >>> import numpy as np
    >>> from vaerans_ecs.functional import wavelet, inverse_wavelet
    >>> x = np.arange(35, dtype=np.int32).reshape(5, 7)
    >>> bool((inverse_wavelet(wavelet(x, levels=2), levels=2) == x).all())
    True
    """
    return _wavelet(x, wavelet, levels, out, False, threads)


def inverse_wavelet(
    x: np.ndarray,
    wavelet: str = "cdf53",
    levels: int = 4,
    out: np.ndarray | None = None,
    *,
    threads: int | None = None,
) -> np.ndarray:
    """The inverse of :func:`wavelet`; arguments as there."""
    return _wavelet(x, wavelet, levels, out, True, threads)


def _wavelet(
    x: np.ndarray, name: str, levels: int, out: np.ndarray | None, inverse: bool, threads: int | None
) -> np.ndarray:
    x = np.require(x, None if np.asarray(x).dtype == np.int32 else np.float32, ["C", "A"])
    out = _out(out, x.shape, x.dtype)
    _core.wavelet(x, out, name, levels, inverse, threads)
    return out


def band_table(height: int, width: int, levels: int) -> np.ndarray:
    """Bands of a packed plane: rows (level, orientation, y, x, height, width), coarsest first, int32.

    Level 0 holds LL alone (orientation 0); levels 1 to ``levels`` hold HL (1), LH (2) and HH (3).
    """
    return np.array(_core.band_table(height, width, levels), np.int32).reshape(-1, 6)


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
    x = _float32(x)
    out = _out(out, x.shape, np.uint8 if bits <= 8 else np.uint16)
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
    symbols = _contiguous(symbols)
    out = _out(out, symbols.shape, np.float32)
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


def rans_encode(symbols: np.ndarray, setting: str = "fast", *, coder: str = "rans") -> bytes:
    """Entropy-codes integers with one static table.

    Parameters
    ----------
    symbols : ndarray
        uint8 symbols; other integer types are coded as int32 values, small magnitudes cheapest.
    setting : str
        ``"fast"`` (12-bit probabilities) or ``"precise"`` (at most 0.05 % over the entropy).
    coder : str
        ``"rans"``, or ``"constriction"``: words for the constriction package, laid out as docs/format.md says.

    Examples
    --------
    >>> import numpy as np
    >>> from vaerans_ecs.functional import rans_decode, rans_encode
    >>> symbols = np.array([0, 1, 0, 0, 2, 0, 1, 0] * 50, np.uint8)
    >>> data = rans_encode(symbols)
    >>> len(data) < 100, bool((rans_decode(data) == symbols).all())
    (True, True)
    """
    array = np.asarray(symbols)
    if array.dtype != np.uint8:
        if array.dtype.kind not in "iu" or (array.dtype.itemsize > 2 and array.dtype != np.int32):
            expected = "uint8, int8, int16, uint16 or int32"
            raise ParamError("param.dtype", f"symbols of {array.dtype}; {expected} expected")
        array = array.astype(np.int32, copy=False)
    return _core.rans_encode(_contiguous(array), coder, setting)


def rans_decode(
    data: bytes | bytearray | memoryview,
    out: np.ndarray | None = None,
    *,
    dtype: Any = np.uint8,
    coder: str = "rans",
) -> np.ndarray:
    """Decodes what :func:`rans_encode` wrote; one-dimensional, or into ``out``.

    Parameters
    ----------
    data : bytes
        The stream.
    out : ndarray, optional
        Where the symbols go: uint8, or int32 for wider types; as many elements as the stream has.
    dtype : dtype
        uint8, or int32 for what was coded from wider types.
    """
    if out is None:
        out = np.empty(_core.rans_count(data, coder), dtype)
    _core.rans_decode(data, out, coder)
    return out


def gaussian_blur(
    x: np.ndarray, sigma: float, out: np.ndarray | None = None, *, threads: int | None = None
) -> np.ndarray:
    """Separable Gaussian blur of a picture (H, W) or (H, W, C), ``sigma`` in pixels.

    Mirrors about the outer edges and cuts the window at 4 sigma, as ``scipy.ndimage.gaussian_filter`` does;
    uint8 and uint16 are rounded once, at the end.
    """
    x = _contiguous(x)
    out = _out(out, x.shape, x.dtype)
    _core.gaussian_blur(_channels(x), _channels(out), float(sigma), threads)
    return out


def _channels(x: np.ndarray) -> np.ndarray:
    return x[:, :, None] if x.ndim == 2 else x


def psnr(a: np.ndarray, b: np.ndarray, *, peak: float | None = None) -> float:
    """Peak signal-to-noise ratio in dB over all samples; infinite for equal pictures.

    Parameters
    ----------
    a, b : ndarray
        Pictures of one shape and dtype: uint8, uint16 or float32.
    peak : float, optional
        255 for uint8, 65535 for uint16, 1 for float32.

    Examples
    --------
    >>> import numpy as np
    >>> from vaerans_ecs.functional import psnr
    >>> a = np.zeros((8, 8, 3), np.uint8)
    >>> round(psnr(a, a + np.uint8(1)), 2)
    48.13
    """
    return _core.psnr(_channels(_contiguous(a)), _channels(_contiguous(b)), peak)


def ssim(a: np.ndarray, b: np.ndarray, *, peak: float | None = None, threads: int | None = None) -> float:
    """Mean structural similarity, 7 x 7 uniform window, mean over channels: scikit-image's definition."""
    return _core.ssim(_channels(_contiguous(a)), _channels(_contiguous(b)), peak, threads)


def ms_ssim(
    a: np.ndarray, b: np.ndarray, *, scales: int = 5, peak: float | None = None, threads: int | None = None
) -> float:
    """Multi-scale SSIM after Wang 2003: 11 x 11 Gaussian of sigma 1.5, mean over channels.

    A side under 161 pixels is refused (``data.too_small``) unless fewer ``scales`` are asked for.
    """
    return _core.ms_ssim(_channels(_contiguous(a)), _channels(_contiguous(b)), scales, peak, threads)


def bd_rate(
    anchor: Sequence[tuple[float, float]],
    test: Sequence[tuple[float, float]],
    *,
    window: tuple[float, float] | None = (27.0, 40.0),
) -> float:
    """Bytes that ``test`` takes more than ``anchor`` at equal quality, in percent (negative: fewer).

    Parameters
    ----------
    anchor, test : sequence of (rate, quality)
        At least 8 points each: rate in bits per pixel (or bytes), quality in dB. For MS-SSIM pass
        ``-10 log10(1 - value)`` and ``window=None``.
    window : (float, float), optional
        Range of quality in dB that is compared, cut to what both curves cover.
    """
    return _core.bd_rate([(float(r), float(q)) for r, q in anchor], [(float(r), float(q)) for r, q in test], window)
