"""ONNX's operators as those of the engine: a function for each that is not the same by itself."""

from __future__ import annotations

from . import arithmetic, convolution, data, linear, normalization, pooling, recurrent
from .context import Context, Lowering

#: By ONNX's name. Operators of the engine that are ONNX's in every respect need no line.
LOWERINGS: dict[str, Lowering] = {
    **arithmetic.LOWERINGS,
    **convolution.LOWERINGS,
    **data.LOWERINGS,
    **linear.LOWERINGS,
    **normalization.LOWERINGS,
    **pooling.LOWERINGS,
    **recurrent.LOWERINGS,
}

__all__ = ["LOWERINGS", "Context", "Lowering"]
