"""The trace of a world, brought to the report's :class:`Step` rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .model import Step

if TYPE_CHECKING:
    import numpy as np


def steps_of(trace: Iterable[Mapping[str, Any]]) -> list[Step]:
    """Steps of a :class:`vaerans_ecs.trace.Trace`: its rows, in the order they ran."""
    return [_step(index, row) for index, row in enumerate(trace)]


def _step(index: int, row: Mapping[str, Any]) -> Step:
    return Step(
        codec="",
        photo="",
        point="",
        index=index,
        system=str(row["system"]),
        params=str(row.get("params", "")),
        shape_in=shape_text(row["input_shape"]),
        dtype_in=str(row["input_dtype"]),
        shape_out=shape_text(row["output_shape"]),
        dtype_out=str(row["output_dtype"]),
        entropy_bits=row.get("entropy_bits"),
        bytes=row.get("bytes"),
        ms=row["nanos"] / 1e6,
        isa=str(row.get("isa", "")),
        seed=row.get("seed"),
    )


def shape_text(shape: Sequence[int]) -> str:
    """``(4, 64, 96)`` as ``4 x 64 x 96``, with the multiplication sign.

    >>> shape_text(())
    'scalar'
    """
    return " \u00d7 ".join(str(n) for n in shape) or "scalar"


def trace_profile(img: np.ndarray, arguments: dict[str, Any]) -> list[Step]:
    """Steps of ``compress(img, **arguments)``."""
    from vaerans_ecs import api

    run = getattr(api, "trace_compress", None)
    return [] if run is None else steps_of(run(img, **arguments))
