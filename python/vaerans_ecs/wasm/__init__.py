"""The compiler of the network engine: models of PyTorch and ONNX to plans that browsers, Node, Rust and Python run.

>>> from vaerans_ecs.nn import Linear, ReLU, Sequential
>>> from vaerans_ecs.wasm import ModelExporter
>>> exporter = ModelExporter(Sequential(Linear(10, 20), ReLU(), Linear(20, 5)))
>>> exporter.analyze_graph().parameters
325
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .analyze import Analysis, GraphAnalyzer
    from .exporter import ModelExporter, export_to_wasm
    from .mapper import OperationMapper
    from .pipeline import OptimizationPipeline
    from .quantize import analyze_activations, compute_qparams, quantize_model, replace_ops_with_quantized

_LAZY = {
    "Analysis": ".analyze",
    "GraphAnalyzer": ".analyze",
    "ModelExporter": ".exporter",
    "OperationMapper": ".mapper",
    "OptimizationPipeline": ".pipeline",
    "analyze_activations": ".quantize",
    "compute_qparams": ".quantize",
    "export_to_wasm": ".exporter",
    "quantize_model": ".quantize",
    "replace_ops_with_quantized": ".quantize",
}

__all__ = [
    "Analysis",
    "GraphAnalyzer",
    "ModelExporter",
    "OperationMapper",
    "OptimizationPipeline",
    "analyze_activations",
    "compute_qparams",
    "export_to_wasm",
    "quantize_model",
    "replace_ops_with_quantized",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_LAZY[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
