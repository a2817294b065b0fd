"""Read a safetensors file into float32 NumPy arrays, 8-bit floats included.

The format: u64 little-endian header length, a JSON header `{name: {dtype, shape, data_offsets}}`, raw data.
Own reader because NumPy has no 8-bit float and the weights of the tiny autoencoders come in `F8_E4M3`.
"""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError

_MAX_HEADER = 1 << 24
_PLAIN = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "|u1"}
_WIDTH = {**{k: np.dtype(v).itemsize for k, v in _PLAIN.items()}, "BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1}


def float8_table(exponent_bits: int, mantissa_bits: int, bias: int, finite_only: bool) -> np.ndarray:
    """All 256 values of an 8-bit float as float32 (OCP OFP8: E4M3 has no infinity, one NaN pattern per sign)."""
    code = np.arange(256)
    exponent = (code >> mantissa_bits) & ((1 << exponent_bits) - 1)
    fraction = (code & ((1 << mantissa_bits) - 1)) / (1 << mantissa_bits)
    value = np.where(exponent == 0, fraction * 2.0 ** (1 - bias), (1 + fraction) * 2.0 ** (exponent - bias))
    top = exponent == (1 << exponent_bits) - 1
    if finite_only:
        value[top & (fraction == 1 - 2.0**-mantissa_bits)] = np.nan
    else:
        value[top] = np.where(fraction[top] == 0, np.inf, np.nan)
    return np.where(code >= 128, -value, value).astype(np.float32)


def _decode(raw: bytes, dtype: str) -> np.ndarray:
    if dtype == "F8_E4M3":
        return float8_table(4, 3, 7, True)[np.frombuffer(raw, np.uint8)]
    if dtype == "F8_E5M2":
        return float8_table(5, 2, 15, False)[np.frombuffer(raw, np.uint8)]
    if dtype == "BF16":
        return (np.frombuffer(raw, "<u2").astype(np.uint32) << 16).view(np.float32)
    return np.frombuffer(raw, _PLAIN[dtype]).astype(np.float32)


def _bad(path: Path, what: str) -> ModelError:
    return ModelError("model.weights", f"{path}: {what}; expected a safetensors file: fetch or export it again")


def _entry(path: Path, name: str, entry: Any, data: bytes) -> np.ndarray:
    try:
        dtype, shape = entry["dtype"], [int(n) for n in entry["shape"]]
        begin, end = (int(n) for n in entry["data_offsets"])
    except (KeyError, TypeError, ValueError):
        raise _bad(path, f"the header entry of {name!r} is malformed") from None
    if dtype not in _WIDTH:
        raise _bad(path, f"tensor {name!r} has dtype {dtype!r}, not one of {sorted(_WIDTH)}")
    size = math.prod(shape) * _WIDTH[dtype]
    if min(shape, default=0) < 0 or not 0 <= begin <= end <= len(data) or end - begin != size:
        raise _bad(path, f"tensor {name!r} of shape {shape} needs {size} bytes, its offsets say [{begin}, {end})")
    return _decode(data[begin:end], dtype).reshape(shape)


def read_safetensors(path: str | Path) -> dict[str, np.ndarray]:
    """Every tensor of the file as float32. Raises `ModelError("model.weights")` on a malformed file."""
    path = Path(path)
    blob = path.read_bytes()
    if len(blob) < 8:
        raise _bad(path, f"only {len(blob)} bytes long")
    (length,) = struct.unpack_from("<Q", blob)
    if length > min(_MAX_HEADER, len(blob) - 8):
        raise _bad(path, f"its header claims {length} bytes, the file has {len(blob)}")
    try:
        header = json.loads(blob[8 : 8 + length])
    except (ValueError, RecursionError) as error:
        raise _bad(path, f"its header is not JSON ({error})") from None
    if not isinstance(header, dict):
        raise _bad(path, "its header is not a JSON object")
    data = blob[8 + length :]
    return {name: _entry(path, name, entry, data) for name, entry in header.items() if name != "__metadata__"}
