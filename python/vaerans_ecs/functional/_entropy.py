"""Entropy coding."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _arguments as arguments
from .. import _core
from ..errors import LimitError, ParamError
from ._arrays import contiguous

__all__ = ["rans_decode", "rans_encode"]

_CODERS = ("rans", "constriction")
_TYPES = ("uint8", "int8", "uint16", "int16", "int32")
#: Streams count their symbols in 32 bits.
_MOST = (1 << 32) - 1


def rans_encode(symbols: np.ndarray, setting: str = "fast", *, coder: str = "rans") -> bytes:
    """Entropy-codes integers with one static table; the stream keeps their type and shape.

    Parameters
    ----------
    symbols : ndarray of any shape, uint8, int8, uint16, int16 or int32
        uint8 is coded as bytes; other types as signed values, small magnitudes cheapest.
    setting : str
        ``"fast"`` (12-bit probabilities) or ``"precise"`` (at most 0.05 % over the entropy).
    coder : str
        ``"rans"``, or ``"constriction"``: words for the constriction package, laid out as docs/format.md says.

    Returns
    -------
    bytes
        u8 number of the type (uint8 1, int8 2, uint16 3, int16 4, int32 6), the number of axes and each axis as LEB128,
        then the symbols row by row.

    Examples
    --------
    >>> import numpy as np
    >>> from vaerans_ecs.functional import rans_decode, rans_encode
    >>> symbols = np.array([[0, -1, 0, 0], [2, 0, -1, 0]] * 50, np.int16)
    >>> back = rans_decode(rans_encode(symbols))
    >>> back.dtype, bool((back == symbols).all())
    (dtype('int16'), True)
    """
    array = arguments.array("symbols", symbols)
    if array.dtype.name not in _TYPES:
        raise ParamError("param.dtype", f"symbols of {array.dtype}; {', '.join(_TYPES)} expected")
    if array.size > _MOST:
        raise LimitError("limit.symbols", f"{array.size} symbols in one stream; at most {_MOST}")
    row = contiguous(array.astype(array.dtype.newbyteorder("="), copy=False)).reshape(-1)
    arguments.text("setting", setting)
    return _core.rans_encode(row, array.shape, arguments.word("coder", coder, _CODERS), setting)


def rans_decode(
    data: bytes | bytearray | memoryview,
    out: np.ndarray | None = None,
    *,
    dtype: Any = None,
    coder: str = "rans",
    max_elements: int | None = None,
    max_bytes: int | None = None,
) -> np.ndarray:
    """What :func:`rans_encode` was given: the array, with its type and shape.

    Parameters
    ----------
    data : bytes
        The stream.
    out : ndarray, optional
        Where the symbols go: of the stream's shape, and of its type or a wider one.
    dtype : dtype, optional
        A wider type for the result.
    coder : str
        As for :func:`rans_encode`.
    max_elements, max_bytes : int, optional
        Most symbols (2**30), and most bytes of working memory (4 GiB); equal symbols take no bytes, so a short stream
        may hold many.

    Raises
    ------
    BitstreamError
        Damaged bytes.
    LimitError
        ``limit.symbols``, ``limit.memory`` for more than that, before memory is taken for them.
    ParamError
        ``param.dtype`` for a type that does not hold every value of the stream's.
    """
    arguments.data("data", data)
    arguments.word("coder", coder, _CODERS)
    given = {"max_elements": max_elements, "max_bytes": max_bytes}
    limits = {name: arguments.maybe_whole(name, value) for name, value in given.items()}
    name, shape = _core.rans_head(data, coder, limits)
    stored = np.dtype(name)
    wanted = stored if dtype is None else arguments.dtype("dtype", dtype)
    if out is not None:
        arguments.member("out", out, np.ndarray, "an array")
        if out.shape != shape:
            raise ParamError("param.shape", f"out has the shape {out.shape}, the stream {shape}")
        wanted = out.dtype
    if wanted.kind not in "iu" or not np.can_cast(stored, wanted, "safe"):
        raise ParamError(
            "param.dtype", f"{wanted} for symbols of {stored}; {stored} or a wider type of integers expected"
        )
    if out is not None and not out.flags.writeable:
        raise ParamError("param.read_only", "the output array is read-only")
    direct = out is not None and out.dtype == stored and out.flags.c_contiguous and out.flags.aligned
    symbols = out if out is not None and direct else np.empty(shape, stored)
    _core.rans_decode(data, symbols.reshape(-1), coder)
    if out is None:
        return symbols.astype(wanted, copy=False)
    if not direct:
        out[...] = symbols
    return out
