"""Functions: those of the model, and operators that ONNX itself says in terms of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..from_onnx import OWN_DOMAINS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import onnx

#: The domain of functions that stand for one node.
DOMAIN = "vaerans.function"


def expand(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with every function in place of its calls, but for operators that the engine or a lowering has."""
    import onnx
    from onnx.inliner import inline_selected_functions

    from ..support import operators
    from . import LOWERINGS

    has = {"Constant", "Loop", "Scan", *operators(), *LOWERINGS}
    lacking = [node for node in _nodes(model.graph) if node.op_type not in has or node.domain not in OWN_DOMAINS]
    if not model.functions and not lacking:
        return model
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    versions = {opset.domain: opset.version for opset in model.opset_import}
    for node in _nodes(copy.graph):
        if node.op_type not in has:
            _spell_out(node, versions)
    typed = onnx.shape_inference.infer_shapes(copy)
    for node in list(_nodes(typed.graph)):
        # The inliner asks for the type of every input, of those too that were left out.
        if node.op_type not in has and "" in node.input:
            _stand_in(typed, node, versions)
    return inline_selected_functions(typed, [("", name) for name in sorted(has)], True, True)


def _schema(node: onnx.NodeProto, versions: dict[str, int]) -> Any:
    from onnx import defs

    version = versions.get(node.domain, 0)
    return defs.get_schema(node.op_type, version, node.domain) if defs.has(node.op_type, version, node.domain) else None


def _spell_out(node: onnx.NodeProto, versions: dict[str, int]) -> None:
    """Attributes that have their defaults are written down: bodies refer to them by name."""
    schema = _schema(node, versions)
    if schema is None:
        return
    given = {attribute.name for attribute in node.attribute}
    for name, attribute in schema.attributes.items():
        if name not in given and attribute.default_value.name:
            node.attribute.append(attribute.default_value)


def _stand_in(model: onnx.ModelProto, node: onnx.NodeProto, versions: dict[str, int]) -> None:
    """The node calls a function of the model's own: the body that ONNX gives for just this node."""
    import onnx

    schema = _schema(node, versions)
    fitting = (
        [v for v in schema.context_dependent_function_opset_versions if v <= versions[node.domain]] if schema else []
    )
    if schema is None or not fitting:
        return
    types = {value.name: value.type for value in _values(model.graph)}
    given = [types.get(name, onnx.TypeProto()).SerializeToString() for name in node.input]
    text = schema.get_context_dependent_function_with_opset_version(max(fitting), node.SerializeToString(), given)
    function = onnx.FunctionProto()
    function.ParseFromString(text)
    function.domain, function.name = DOMAIN, f"{node.op_type}.{len(model.functions)}"
    # A body holds for all versions up to that which has the next one.
    for opset in function.opset_import:
        opset.version = versions.get(opset.domain, opset.version)
    del node.attribute[:]
    node.domain, node.op_type = DOMAIN, function.name
    model.functions.append(function)
    if DOMAIN not in {opset.domain for opset in model.opset_import}:
        model.opset_import.append(onnx.helper.make_opsetid(DOMAIN, 1))


def _graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """The graph and the graphs within."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == attribute.GRAPH:
                yield from _graphs(attribute.g)


def _nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    for part in _graphs(graph):
        yield from part.node


def _values(graph: onnx.GraphProto) -> Iterator[onnx.ValueInfoProto]:
    for part in _graphs(graph):
        yield from part.input
        yield from part.output
        yield from part.value_info
