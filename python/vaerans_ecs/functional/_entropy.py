"""Entropy coding."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from ..errors import ParamError
from ._arrays import contiguous

__all__ = ["rans_decode", "rans_encode"]


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
    return _core.rans_encode(contiguous(array), coder, setting)


def rans_decode(
    data: bytes | bytearray | memoryview,
    out: np.ndarray | None = None,
    *,
    dtype: Any = np.uint8,
    coder: str = "rans",
    max_elements: int | None = None,
    max_bytes: int | None = None,
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
    max_elements, max_bytes : int, optional
        Without ``out``: most symbols (2**30), and most bytes of working memory (4 GiB); equal symbols take no bytes, so
        a short stream may hold many.

    Raises
    ------
    LimitError
        ``limit.symbols``, ``limit.memory`` for more symbols than that.
    """
    if out is None:
        limits = {"max_elements": max_elements, "max_bytes": max_bytes}
        out = np.empty(_core.rans_count(data, coder, np.dtype(dtype).itemsize, limits), dtype)
    _core.rans_decode(data, out, coder)
    return out
