"""Tiny autoencoders (TAESD and its kin, by madebyollin, MIT) from safetensors weights to a model folder.

The weight names say the whole network (`encoder.layers.N...`, `decoder.layers.N...`), so one walk over them serves all:

* `conv.0 / conv.2 / conv.4`: residual block, relu(conv(x) + x) with relu between the three 3x3 convolutions;
* `pool.*` beside them (FLUX.2): first x += conv1x1(relu(groupnorm4(conv1x1(x))));
* a bare convolution without bias: stride 2 in an encoder, behind a nearest 2x upsampling in a decoder;
* a bare convolution with bias: the first (in a decoder with a relu behind it) and the last.

The decoder's input goes through 3 tanh(z / 3).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError, UnavailableError
from .safetensors import read_safetensors
from .spec import ModelSpec, write_model_folder

OPSET = 17
GROUPS = 4
_NAME = re.compile(r"(encoder|decoder)\.layers\.(\d+)\.(.+)")
_BLOCK = ("conv.0.weight", "conv.0.bias", "conv.2.weight", "conv.2.bias", "conv.4.weight", "conv.4.bias")
_POOL = ("pool.0.weight", "pool.1.weight", "pool.1.bias", "pool.3.weight")

Layer = dict[str, np.ndarray]


class _Graph:
    """Appends nodes to an ONNX graph; every method takes and returns value names."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []

    def constant(self, array: np.ndarray) -> str:
        from onnx import numpy_helper

        name = f"w{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def op(self, kind: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        from onnx import helper

        output = output or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def scalar(self, kind: str, x: str, value: float) -> str:
        return self.op(kind, x, self.constant(np.asarray(value, np.float32)))

    def conv(
        self, x: str, weight: np.ndarray, bias: np.ndarray | None, stride: int = 1, output: str | None = None
    ) -> str:
        k = weight.shape[2]
        inputs = [x, self.constant(weight)] + ([] if bias is None else [self.constant(bias)])
        return self.op("Conv", *inputs, kernel_shape=[k, k], pads=[k // 2] * 4, strides=[stride] * 2, output=output)

    def group_norm(self, x: str, scale: np.ndarray, bias: np.ndarray) -> str:
        """GroupNorm as InstanceNorm over (N, groups, -1): the form PyTorch exports for opsets below 21."""
        ones, zeros = np.ones(GROUPS, np.float32), np.zeros(GROUPS, np.float32)
        flat = self.op("Reshape", x, self.constant(np.array([0, GROUPS, -1], np.int64)))
        flat = self.op("InstanceNormalization", flat, self.constant(ones), self.constant(zeros), epsilon=1e-5)
        back = self.op("Reshape", flat, self.op("Shape", x))
        back = self.op("Mul", back, self.constant(scale.reshape(1, -1, 1, 1)))
        return self.op("Add", back, self.constant(bias.reshape(1, -1, 1, 1)))

    def block(self, x: str, layer: Layer) -> str:
        if "pool.0.weight" in layer:
            y = self.conv(x, layer["pool.0.weight"], None)
            y = self.op("Relu", self.group_norm(y, layer["pool.1.weight"], layer["pool.1.bias"]))
            x = self.op("Add", x, self.conv(y, layer["pool.3.weight"], None))
        y = self.op("Relu", self.conv(x, layer["conv.0.weight"], layer["conv.0.bias"]))
        y = self.op("Relu", self.conv(y, layer["conv.2.weight"], layer["conv.2.bias"]))
        y = self.conv(y, layer["conv.4.weight"], layer["conv.4.bias"])
        return self.op("Relu", self.op("Add", y, x))

    def upsample(self, x: str) -> str:
        scales = self.constant(np.array([1, 1, 2, 2], np.float32))
        how = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
        return self.op("Resize", x, "", scales, **how)


def _layers(weights: dict[str, np.ndarray], part: str) -> list[Layer]:
    found: dict[int, Layer] = {}
    for name, array in weights.items():
        match = _NAME.fullmatch(name)
        if match and match[1] == part:
            found.setdefault(int(match[2]), {})[match[3]] = array
    layers = [found[n] for n in sorted(found)]
    if len(layers) < 2:
        raise ModelError("model.weights", f"no '{part}.layers.N.*' tensors: not the weights of a tiny autoencoder")
    for n, layer in zip(sorted(found), layers, strict=True):
        _check_layer(f"{part}.layers.{n}", layer)
    return layers


def _check_layer(where: str, layer: Layer) -> None:
    block, pool = "conv.0.weight" in layer, "pool.0.weight" in layer
    needed = {*_BLOCK, *(_POOL if pool else ())} if block else {"weight"}
    allowed = needed if block else {"weight", "bias"}
    if not needed <= layer.keys() <= allowed:
        raise ModelError("model.weights", f"{where}: expected tensors {sorted(needed)}, got {sorted(layer)}")
    if any(a.ndim != 4 for n, a in layer.items() if n.endswith("weight") and n != "pool.1.weight"):
        raise ModelError("model.weights", f"{where}: a convolution weight must have 4 axes (out, in, k, k)")


def _emit(graph: _Graph, x: str, layers: list[Layer], decoder: bool, output: str) -> tuple[str, int]:
    """Append all layers; returns the output's name and how many times the resolution changed by 2."""
    steps = 0
    for n, layer in enumerate(layers):
        if "weight" not in layer:
            x = graph.block(x, layer)
        elif "bias" in layer:
            last = n == len(layers) - 1
            x = graph.conv(x, layer["weight"], layer["bias"], output=output if last else None)
            x = graph.op("Relu", x) if decoder and not last else x
        else:
            steps += 1
            x = graph.conv(graph.upsample(x) if decoder else x, layer["weight"], None, 1 if decoder else 2)
    return x, steps


def _model(graph: _Graph, source: tuple[str, list[Any]], result: tuple[str, list[Any]]) -> bytes:
    import onnx
    from onnx import TensorProto, helper

    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in (source, result)]
    body = helper.make_graph(graph.nodes, "taesd", values[:1], values[1:], graph.initializers)
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="vaerans_ecs")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def encoder_onnx(weights: dict[str, np.ndarray]) -> tuple[bytes, int, int]:
    """(model bytes, downscale, latent channels). Input `image` (N,3,H,W) in [0,1], output `latent_mean` (N,C,h,w)."""
    layers, graph = _layers(weights, "encoder"), _Graph()
    _, steps = _emit(graph, "image", layers, False, "latent_mean")
    channels = layers[-1]["weight"].shape[0]
    shape = ["N", layers[0]["weight"].shape[1], "H", "W"]
    return _model(graph, ("image", shape), ("latent_mean", ["N", channels, "h", "w"])), 2**steps, channels


def decoder_onnx(weights: dict[str, np.ndarray]) -> tuple[bytes, int, int]:
    """(model bytes, upscale, latent channels). Input `latent` (N,C,h,w), output `image` (N,3,H,W) about [0,1]."""
    layers, graph = _layers(weights, "decoder"), _Graph()
    clamped = graph.scalar("Mul", graph.op("Tanh", graph.scalar("Div", "latent", 3.0)), 3.0)
    _, steps = _emit(graph, clamped, layers, True, "image")
    channels = layers[0]["weight"].shape[1]
    shape = ["N", layers[-1]["weight"].shape[0], "H", "W"]
    return _model(graph, ("latent", ["N", channels, "h", "w"]), ("image", shape)), 2**steps, channels


def convert_taesd(weights: str | Path, out_dir: str | Path, name: str | None = None) -> ModelSpec:
    """Write `encoder.onnx`, `decoder.onnx` and `model.json` for the weights file; returns the folder's spec.

    Raises `ModelError("model.weights")` if the file is not a tiny autoencoder, `UnavailableError` without `onnx`.
    """
    try:
        import onnx  # noqa: F401
    except ImportError:
        raise UnavailableError("unavailable.feature", "converting weights needs `pip install onnx`") from None
    tensors = read_safetensors(weights)
    encoder, down, channels = encoder_onnx(tensors)
    decoder, up, decoder_channels = decoder_onnx(tensors)
    if (down, channels) != (up, decoder_channels):
        found = f"encoder {channels} channels at 1/{down}, decoder {decoder_channels} at 1/{up}"
        raise ModelError("model.weights", f"{weights}: encoder and decoder do not fit together: {found}")
    spec = ModelSpec(
        name=name or Path(weights).name.split(".")[0],
        downscale=down,
        latent_channels=channels,
        encoder_mean="latent_mean",
        license="MIT",
        source="https://github.com/madebyollin/taesd",
    )
    return write_model_folder(out_dir, spec, encoder, decoder)
