"""ONNX's operators as those of the engine: a function for each that is not the same by itself."""

from __future__ import annotations

from . import (
    arithmetic,
    convolution,
    data,
    decompositions,
    einsum,
    indexing,
    linear,
    loops,
    normalization,
    pooling,
    quantization,
    recurrent,
    sampling,
    spectrum,
    statistics,
    trigonometry,
    unpooling,
)
from .context import Context, Lowering, Refused

#: By ONNX's name. Operators of the engine that are ONNX's in every respect need no line.
LOWERINGS: dict[str, Lowering] = {
    **arithmetic.LOWERINGS,
    **convolution.LOWERINGS,
    **data.LOWERINGS,
    **decompositions.LOWERINGS,
    **einsum.LOWERINGS,
    **indexing.LOWERINGS,
    **linear.LOWERINGS,
    **loops.LOWERINGS,
    **normalization.LOWERINGS,
    **pooling.LOWERINGS,
    **quantization.LOWERINGS,
    **recurrent.LOWERINGS,
    **sampling.LOWERINGS,
    **spectrum.LOWERINGS,
    **statistics.LOWERINGS,
    **trigonometry.LOWERINGS,
    **unpooling.LOWERINGS,
}

__all__ = ["LOWERINGS", "Context", "Lowering", "Refused"]
