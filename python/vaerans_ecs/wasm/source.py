"""Networks from wherever they come: as a graph of ONNX's operators, and what is known of its shapes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import ParamError
from . import floats, lift, names, onnx_file, opsets
from .from_onnx import graph_of, shapes_of
from .graph import Graph, Shapes
from .operations.functions import expand
from .simplify import simplify

if TYPE_CHECKING:
    import onnx


@dataclass
class Source:
    """A network before it is the engine's."""

    graph: Graph
    shapes: Shapes
    #: Sizes of symbols that are known to fit.
    sizes: dict[str, int] = field(default_factory=dict)


def read(
    model: Any,
    *,
    disable: Iterable[str] = (),
    example: Any = None,
    told: Callable[[str], None] | None = None,
) -> Source:
    """A network from a path, bytes, an ONNX model, a ``torch.nn.Module`` or a `vaerans_ecs.nn.Sequential`.

    Raises
    ------
    ModelError
        ``model.invalid``, ``model.missing_file``: see `vaerans_ecs.wasm.onnx_file.load`.
    ParamError
        ``param.type`` for anything else.
    """
    describe = getattr(model, "as_source", None)
    if describe is not None:
        found: Source = describe()
        return found
    sizes: dict[str, int] = {}
    if is_torch(model):
        from .from_torch import to_onnx

        model, sizes = to_onnx(model, example)
    proto = as_onnx(model)
    lifted = lift.lift(proto)
    if "onnxslim" not in disable:
        if told:
            told("onnxslim")
        proto = simplify(proto)
    proto = expand(proto)
    names.rename(proto)
    shapes = shapes_of(proto)
    lift.restore(proto, lifted)
    floats.widen(proto)
    graph = graph_of(proto)
    floats.rename_types(shapes)
    opsets.renew(graph, shapes, version_of(proto))
    return Source(graph, shapes, sizes)


def as_onnx(model: Any, example: Any = None) -> onnx.ModelProto:
    """Any model as ONNX's."""
    if is_torch(model):
        from .from_torch import to_onnx

        return onnx_file.load(to_onnx(model, example)[0])
    if isinstance(model, (str, os.PathLike, bytes, bytearray, memoryview)) or hasattr(model, "SerializeToString"):
        return onnx_file.load(model)
    text = (
        f"a model of type {type(model).__name__}: pass an ONNX file, its bytes, an onnx.ModelProto, a torch.nn.Module"
    )
    raise ParamError("param.type", f"{text} or a vaerans_ecs.nn.Sequential")


def is_torch(model: Any) -> bool:
    """Whether it is a module of PyTorch, without importing that."""
    return any(
        cls.__module__.partition(".")[0] == "torch" and cls.__name__ in ("Module", "ExportedProgram")
        for cls in type(model).__mro__
    )


def version_of(model: onnx.ModelProto) -> int:
    """The version of ONNX's operators that a model is of."""
    return max((o.version for o in model.opset_import if o.domain in ("", "ai.onnx")), default=1)
