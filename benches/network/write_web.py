"""Writes what the measurements in Node and Chromium run: ``python benches/network/write_web.py OUT``.

OUT/NAME holds plan.bin and weights.bin, model.onnx, and case.json: name, bounds, inputs and outputs by ONNX Runtime.
The autoencoder has tfjs.json and tfjs.bin too, for TensorFlow.js.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tfjs
from models import Model, chain, layers, noise, taesd, torch, wheels
from native import session
from onnx import TensorProto, helper, numpy_helper

from vaerans_ecs.wasm import ModelExporter


def mlp() -> Model:
    """The network that a page's cold start is measured with."""

    def source() -> bytes:
        def weight(name: str, *shape: int) -> Any:
            return numpy_helper.from_array(noise(*shape) / 8, name)

        nodes = [
            helper.make_node("Gemm", ["x", "w1", "b1"], ["h"]),
            helper.make_node("Relu", ["h"], ["r"]),
            helper.make_node("Gemm", ["r", "w2", "b2"], ["y"]),
        ]
        weights = [weight("w1", 64, 128), weight("b1", 128), weight("w2", 128, 10), weight("b2", 10)]
        ports = [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in (("x", [1, 64]), ("y", [1, 10]))]
        graph = helper.make_graph(nodes, "mlp", ports[:1], ports[1:], weights)
        opsets = [helper.make_opsetid("", 17)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()

    return Model("MLP", "cold", source, {"x": noise(1, 64)})


def models() -> Iterator[Model]:
    """Those that run in pages."""
    yield from layers()
    yield from taesd()
    kinds = {"text_encoder_mini.dynamo": "transformer", "bilstm.trace": "lstm"}
    for model in torch():
        if model.name in kinds:
            yield Model(model.name, kinds[model.name], model.source, model.feeds)
    kinds = {"PP-OCRv4 det": "det", "PP-OCRv4 rec": "rec", "chython-rxnmap": "transformer", "silero-vad": "lstm"}
    for model in wheels():
        kind = kinds.get(model.name.partition(",")[0])
        if kind:
            yield Model(model.name, kind, model.source, model.feeds)
    yield mlp()
    # A megabyte of weights.
    yield chain("conv net of 1 MB, 64x64", [(3, 32), (32, 96), (96, 128), (128, 96), (96, 16)], 64, "cold")


def tensor(array: np.ndarray) -> dict[str, Any]:
    """What JavaScript reads."""
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"dtype": array.dtype.name, "shape": list(array.shape), "data": data}


def write(model: Model, folder: Path) -> None:
    """One model."""
    exporter = ModelExporter(model.blob).optimize_for_wasm()
    exporter.compile_to_wasm(folder, runtime="npm")
    (folder / "model.onnx").write_bytes(model.blob)
    peer = session(model.blob)
    names = [output.name for output in peer.get_outputs()]
    outputs = dict(zip(names, peer.run(names, model.feeds), strict=True))
    has_tfjs = model.kind == "taesd"
    if has_tfjs:
        tfjs.write(model.blob, model.feeds, outputs, folder, tensor)
    told = {
        "name": model.name,
        "kind": model.kind,
        "tfjs": has_tfjs,
        "inputs": {key: tensor(array) for key, array in model.feeds.items()},
        "outputs": {key: tensor(array) for key, array in outputs.items()},
    }
    (folder / "case.json").write_text(json.dumps(told))


def main(out: Path) -> None:
    """All of them."""
    for i, model in enumerate(models()):
        write(model, out / f"{i:02}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
