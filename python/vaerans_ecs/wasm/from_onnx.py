"""An ONNX model as a graph: operators by ONNX's names, attributes as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .graph import Attribute, Graph, Node, Port, Shapes

if TYPE_CHECKING:
    import onnx

#: Types that the engine has.
DTYPES = ("bool", "uint8", "int8", "int32", "int64", "float32")
#: Domains whose operators have no prefix: ONNX's own, and that of ours.
OWN_DOMAINS = ("", "ai.onnx", "vaerans")


def graph_of(model: onnx.ModelProto) -> Graph:
    """The graph of a model."""
    return _graph(model.graph, "")


def _graph(proto: onnx.GraphProto, prefix: str) -> Graph:
    from onnx import numpy_helper

    weights = {t.name: numpy_helper.to_array(t) for t in proto.initializer}
    weights |= {t.values.name: _dense(t) for t in proto.sparse_initializer}
    nodes = [_node(n, weights) for n in proto.node if not _is_constant(n, weights)]
    inputs = [_port(v) for v in proto.input if v.name not in weights]
    return Graph(nodes, inputs, [v.name for v in proto.output], weights)


def _dense(sparse: onnx.SparseTensorProto) -> np.ndarray:
    from onnx import numpy_helper

    values, places = numpy_helper.to_array(sparse.values), numpy_helper.to_array(sparse.indices)
    dense = np.zeros(int(np.prod(sparse.dims)), values.dtype)
    flat = places if places.ndim == 1 else np.ravel_multi_index(tuple(places.T), tuple(sparse.dims))
    dense[flat] = values
    return dense.reshape(tuple(sparse.dims))


def _is_constant(node: onnx.NodeProto, weights: dict[str, np.ndarray]) -> bool:
    """Whether the node is a Constant; its value then is a weight."""
    from onnx import numpy_helper

    if node.op_type != "Constant" or node.domain not in ("", "ai.onnx"):
        return False
    attribute = node.attribute[0]
    value: Any = _attribute(attribute)
    if attribute.name == "value":
        array = numpy_helper.to_array(attribute.t)
    elif attribute.name in ("value_float", "value_floats"):
        array = np.asarray(value, np.float32)
    else:
        array = np.asarray(value, np.int64)
    weights[node.output[0]] = array
    return True


def _node(node: onnx.NodeProto, weights: dict[str, np.ndarray]) -> Node:
    from onnx import numpy_helper

    attributes: dict[str, Attribute] = {}
    graphs = []
    for attribute in node.attribute:
        value = _attribute(attribute)
        if value is not None:
            attributes[attribute.name] = value
    if node.op_type == "If":
        by_name = {a.name: a.g for a in node.attribute}
        graphs = [_graph(by_name[name], "") for name in ("then_branch", "else_branch")]
        attributes = {}
    elif node.op_type in ("Loop", "Scan"):
        graphs = [_graph(a.g, "") for a in node.attribute if a.name == "body"]
    tensors = {a.name: numpy_helper.to_array(a.t) for a in node.attribute if a.type == a.TENSOR}
    op = node.op_type if node.domain in OWN_DOMAINS else f"{node.domain}::{node.op_type}"
    return Node(op, list(node.input), list(node.output), attributes, graphs, node.name, tensors)


def _attribute(attribute: onnx.AttributeProto) -> Attribute | None:
    from onnx import AttributeProto, helper

    if attribute.type in (AttributeProto.GRAPH, AttributeProto.TENSOR):
        return None
    value = helper.get_attribute_value(attribute)
    if isinstance(value, bytes):
        return value.decode()
    return list(value) if attribute.type in (AttributeProto.INTS, AttributeProto.FLOATS) else value


def _port(value: onnx.ValueInfoProto) -> Port:
    from onnx import helper

    kind = value.type.WhichOneof("value")
    if kind != "tensor_type":
        return Port(value.name, str(kind).removesuffix("_type"), [])
    tensor = value.type.tensor_type
    dims = [
        d.dim_value if d.HasField("dim_value") and d.dim_value >= 0 else _symbol(d.dim_param, f"{value.name}.{i}")
        for i, d in enumerate(tensor.shape.dim)
    ]
    return Port(value.name, np.dtype(helper.tensor_dtype_to_np_dtype(tensor.elem_type)).name, dims)


def _symbol(name: str, other: str) -> str:
    """Names that say nothing are each for one extent."""
    return other if name in ("", "?", "None", "-1") else name


def shapes_of(model: onnx.ModelProto) -> Shapes:
    """Extents and types of all values, of branches and loops too, as far as shape inference finds them."""
    import onnx

    shapes = Shapes({}, {})
    _note_shapes(onnx.shape_inference.infer_shapes(model, data_prop=True).graph, shapes)
    return shapes


def _note_shapes(graph: onnx.GraphProto, shapes: Shapes) -> None:
    from onnx import helper

    for value in [*graph.input, *graph.output, *graph.value_info]:
        tensor = value.type.tensor_type
        if tensor.HasField("shape"):
            shapes.dims[value.name] = [max(d.dim_value, 0) for d in tensor.shape.dim]
            if not all(d.HasField("dim_value") and d.dim_value >= 0 for d in tensor.shape.dim):
                shapes.open.add(value.name)
        if tensor.elem_type:
            shapes.dtypes[value.name] = np.dtype(helper.tensor_dtype_to_np_dtype(tensor.elem_type)).name
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == attribute.GRAPH:
                _note_shapes(attribute.g, shapes)
