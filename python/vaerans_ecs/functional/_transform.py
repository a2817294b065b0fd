"""Linear transforms."""

from __future__ import annotations

import numpy as np

from .. import _arguments as arguments
from .. import _core
from ._arrays import contiguous, float32, result

__all__ = ["hadamard", "inverse_wavelet", "wavelet"]


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
    size = arguments.whole("size", size)
    arguments.flag("inverse", inverse)
    x = float32(x)
    out = result(out, x.shape, np.float32)
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
    levels, threads = arguments.whole("levels", levels), arguments.threads(threads)
    arguments.text("wavelet", name)
    found = arguments.array("x", x)
    x = contiguous(found) if found.dtype == np.int32 else float32(found)
    out = result(out, x.shape, x.dtype)
    _core.wavelet(x, out, name, levels, inverse, threads)
    return out
