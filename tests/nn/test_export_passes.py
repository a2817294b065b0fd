"""Exporting: the passes together, left out one by one, and branches."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from nn_models import agrees, conv_net, model, noise
from onnx import TensorProto, helper, numpy_helper

from vaerans_ecs.errors import ParamError
from vaerans_ecs.wasm import ModelExporter, OptimizationPipeline


def test_the_whole_net_is_two_convolutions(tmp_path: Path) -> None:
    exporter = ModelExporter(conv_net()).optimize_for_wasm()
    ops = [node.op for node in exporter.graph.nodes]
    assert ops == ["Transpose", "Conv", "Conv", "Transpose"]
    assert [step.name for step in exporter.steps] == [one.name for one in OptimizationPipeline().passes()]
    exporter.compile_to_wasm(tmp_path / "out", runtime="npm")
    told = json.loads((tmp_path / "out" / "graph.json").read_text())
    assert told["symbols"] == ["n", "h", "w"] and told["macs"] > 0 and told["peak_bytes"] > 0
    assert [node["op"] for node in told["nodes"]] == ops


@pytest.mark.parametrize("name", OptimizationPipeline.names())
def test_every_pass_can_be_left_out(name: str) -> None:
    agrees(ModelExporter(conv_net(), disable=[name]).optimize_for_wasm().compile(), conv_net(), x=noise(2, 3, 7, 9))


def test_a_pass_that_is_not_there() -> None:
    with pytest.raises(ParamError, match="fold-everything"):
        ModelExporter(conv_net(), disable=["fold-everything"])


def test_branches_with_the_same_names_inside() -> None:
    def branch(name: str, op: str) -> onnx.GraphProto:
        nodes = [helper.make_node(op, ["x"], ["inside"]), helper.make_node("Neg", ["inside"], ["out"])]
        return helper.make_graph(nodes, name, [], [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)])

    choice = helper.make_node("If", ["flag"], ["y"], then_branch=branch("a", "Exp"), else_branch=branch("b", "Abs"))
    inputs = {"x": (TensorProto.FLOAT, ["n"]), "flag": (TensorProto.BOOL, [])}
    made = model([choice], inputs, ["y"])
    compiled = ModelExporter(made).optimize_for_wasm().compile()
    for flag in (True, False):
        agrees(compiled, made, x=noise(5), flag=np.array(flag))


@pytest.mark.parametrize("condition", [True, False])
def test_a_known_if_that_onnxslim_takes_apart(condition: bool) -> None:
    """Of two outputs, one read inside the branch: onnxslim renames it and forgets that reader."""

    def branch(name: str, op: str) -> onnx.GraphProto:
        ports = [helper.make_tensor_value_info(one, TensorProto.FLOAT, ["n", 4]) for one in ("p", "r")]
        nodes = [helper.make_node(op, ["x"], ["p"]), helper.make_node("Neg", ["p"], ["r"])]
        return helper.make_graph(nodes, name, [], ports)

    branches = {"then_branch": branch("yes", "Relu"), "else_branch": branch("no", "Exp")}
    nodes = [helper.make_node("If", ["c"], ["u", "v"], **branches), helper.make_node("Sub", ["v", "u"], ["y"])]
    known = numpy_helper.from_array(np.array(condition), "c")
    made = model(nodes, {"x": (TensorProto.FLOAT, ["n", 4])}, ["y"], [known])
    with pytest.warns(UserWarning, match="onnxslim leaves 'p"):
        exporter = ModelExporter(made).optimize_for_wasm()
    agrees(exporter.compile(), made, x=noise(3, 4))
    assert "If" not in [node.op for node in exporter.graph.nodes]
