"""A convolutional network for TensorFlow.js, which cannot read ONNX files: its steps as JSON, its weights as bytes.

FOLDER/tfjs.json holds the steps in order, where each weight lies in tfjs.bin, and inputs and outputs by ONNX Runtime.
All has channels last, as TensorFlow.js wants it, and a ReLU that alone reads a convolution is part of it: what its own
converter of models would make of the network.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from models import Feeds
from onnx import helper, numpy_helper

Tell = Callable[[np.ndarray], dict[str, Any]]


def conv(node: onnx.NodeProto) -> dict[str, Any]:
    """A convolution as large as its input; no other is known here."""
    told = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
    sides = [told["kernel_shape"][0] // 2] * 4
    if told["pads"] != sides or told.get("strides", [1, 1]) != [1, 1] or told.get("group", 1) != 1:
        raise SystemExit(f"tfjs: a convolution with {told}")
    return {"op": "Conv", "inputs": list(node.input), "output": node.output[0], "relu": False}


def resize(node: onnx.NodeProto, weights: Feeds) -> dict[str, Any]:
    """Each element twice, in both directions; no other is known here."""
    if weights[node.input[2]].tolist() != [1, 1, 2, 2]:
        raise SystemExit("tfjs: a resizing other than by two")
    return {"op": "Resize", "inputs": [node.input[0]], "output": node.output[0]}


def steps(graph: onnx.GraphProto, weights: Feeds) -> list[dict[str, Any]]:
    """The nodes as TensorFlow.js runs them."""
    readers = [name for node in graph.node for name in node.input] + [port.name for port in graph.output]
    found: list[dict[str, Any]] = []
    for node in graph.node:
        last = found[-1] if found else {"op": "", "output": ""}
        if node.op_type == "Conv":
            found.append(conv(node))
        elif node.op_type == "Resize":
            found.append(resize(node, weights))
        elif node.op_type not in ("Add", "Div", "Mul", "Relu", "Tanh"):
            raise SystemExit(f"tfjs: no {node.op_type}")
        elif node.op_type == "Relu" and last["op"] == "Conv" and readers.count(last["output"]) == 1:
            last |= {"output": node.output[0], "relu": True}
        else:
            found.append({"op": node.op_type, "inputs": list(node.input), "output": node.output[0]})
    return found


def last(array: np.ndarray) -> np.ndarray:
    """With the channels last."""
    return array.transpose(0, 2, 3, 1)


def write(blob: bytes, feeds: Feeds, outputs: Feeds, folder: Path, tell: Tell) -> None:
    """Both files of a network; `tell` says how an array is written in JSON."""
    graph = onnx.load_from_string(blob).graph
    weights = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    told = steps(graph, weights)
    used = {name for step in told for name in step["inputs"]}
    places: dict[str, Any] = {}
    data = bytearray()
    for name, array in weights.items():
        if name not in used:
            continue
        # Of a convolution: height, width, channels in, channels out.
        turned = array.transpose(2, 3, 1, 0) if array.ndim == 4 else array
        places[name] = {"shape": list(turned.shape), "offset": len(data)}
        data += np.ascontiguousarray(turned, np.float32).tobytes()
    (folder / "tfjs.bin").write_bytes(data)
    case = {
        "steps": told,
        "weights": places,
        "inputs": {key: tell(last(array)) for key, array in feeds.items()},
        "outputs": {key: tell(last(array)) for key, array in outputs.items()},
    }
    (folder / "tfjs.json").write_text(json.dumps(case))
