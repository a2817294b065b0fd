"""The trace of a pipe, brought to the report's :class:`Step` rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .model import Step

if TYPE_CHECKING:
    import numpy as np

# Step field: names it goes by in a trace entry, best first.
_NAMES: dict[str, tuple[str, ...]] = {
    "system": ("system", "name", "step"),
    "key": ("key", "out", "out_key", "produces"),
    "shape_in": ("shape_in", "in_shape", "input_shape"),
    "dtype_in": ("dtype_in", "in_dtype", "input_dtype"),
    "shape_out": ("shape_out", "out_shape", "shape", "output_shape"),
    "dtype_out": ("dtype_out", "out_dtype", "dtype", "output_dtype"),
    "entropy_bits": ("entropy_bits", "entropy"),
    "bytes": ("bytes", "out_bytes", "nbytes"),
    "ms": ("ms", "time_ms", "elapsed_ms"),
    "isa": ("isa",),
    "seed": ("seed",),
}


def steps_of(pipe: Any, world: Any) -> list[Step]:
    """Steps of a pipe that has run: from ``pipe.trace``, else ``world.trace`` (attribute or method)."""
    for owner in (pipe, world):
        trace = getattr(owner, "trace", None)
        trace = trace() if callable(trace) else trace
        if trace:
            return [_step(i, entry) for i, entry in enumerate(_entries(trace))]
    return []


def _entries(trace: Any) -> list[Any]:
    if isinstance(trace, Mapping):
        return list(trace.get("steps", ()))
    return list(getattr(trace, "steps", trace))


def _step(index: int, entry: Any) -> Step:
    get = entry.get if isinstance(entry, Mapping) else lambda name: getattr(entry, name, None)
    values = {
        name: next((v for alias in aliases if (v := get(alias)) is not None), None) for name, aliases in _NAMES.items()
    }
    if values["ms"] is None and (seconds := get("seconds")) is not None:
        values["ms"] = 1e3 * seconds
    step = Step("", "", "", index, str(values["system"] or "?"))
    for name in ("key", "dtype_in", "dtype_out", "isa"):
        setattr(step, name, str(values[name] or ""))
    for name in ("shape_in", "shape_out"):
        setattr(step, name, _shape(values[name]))
    for name, kind in (("entropy_bits", float), ("bytes", int), ("ms", float), ("seed", int)):
        if values[name] is not None:
            setattr(step, name, kind(values[name]))
    return step


def _shape(shape: Any) -> str:
    """``(4, 64, 96)`` as ``4 x 64 x 96`` with the multiplication sign; several shapes joined by commas."""
    if shape is None or isinstance(shape, str):
        return shape or ""
    items = list(shape)
    if items and not isinstance(items[0], int):
        return ", ".join(_shape(s) for s in items)
    return " \u00d7 ".join(str(n) for n in items) or "scalar"


def trace_profile(img: np.ndarray, arguments: dict[str, Any]) -> list[Step]:
    """Steps of ``compress(img, **arguments)``."""
    from vaerans_ecs import api

    run = getattr(api, "trace_compress", None)
    return [] if run is None else [_step(i, entry) for i, entry in enumerate(_entries(run(img, **arguments)))]
