"""A PIL-VAE as two small ONNX graphs: convolutions, one leaky ReLU, depth-to-space."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import UnavailableError
from .models.spec import ModelSpec, write_model_folder

if TYPE_CHECKING:
    from .pil import PILVAE

OPSET = 17


def write_onnx(model: PILVAE, folder: str | os.PathLike[str], name: str) -> ModelSpec:
    """Write the model folder of `PILVAE.to_onnx`."""
    return write_model_folder(folder, spec_of(model, name), *networks(model))


def spec_of(model: PILVAE, name: str) -> ModelSpec:
    """What `model.json` says of it."""
    return ModelSpec(
        name=name, downscale=model.patch, latent_channels=model.latent_channels, encoder_mean="latent_mean"
    )


def networks(model: PILVAE) -> tuple[bytes, bytes]:
    """Encoder and decoder as ONNX files."""
    try:
        import onnx  # noqa: F401
    except ImportError:
        raise UnavailableError("unavailable.feature", "exporting needs `pip install onnx`") from None
    return _encoder(model), _decoder(model)


def _node(kind: str, inputs: list[str], output: str, **attributes: Any) -> Any:
    from onnx import helper

    return helper.make_node(kind, inputs, [output], **attributes)


def _encoder(model: PILVAE) -> bytes:
    p = model.patch
    nodes = [
        _node("Conv", ["image", "encoder_weight", "encoder_bias"], "hidden", kernel_shape=[p, p], strides=[p, p]),
        _node("LeakyRelu", ["hidden"], "active", alpha=float(model.encoder_slope)),
        _node("Conv", ["active", "axes", "axes_bias"], "latent_mean", kernel_shape=[1, 1]),
    ]
    # A patch lies row by row, pixel by pixel.
    of_patch = model.encoder_weight.reshape(-1, p, p, 3).transpose(0, 3, 1, 2)
    weights = {
        "encoder_weight": of_patch, "encoder_bias": model.encoder_bias,
        "axes": model.axes[:, :, None, None], "axes_bias": model.axes_bias,
    }  # fmt: skip
    image, latent = ["N", 3, "H", "W"], ["N", model.latent_channels, "h", "w"]
    return _model(nodes, weights, ("image", image), ("latent_mean", latent))


def _decoder(model: PILVAE) -> bytes:
    side = 2 * model.context + 1
    k = [0, 0, model.context, model.context]
    nodes = [
        _node("Pad", ["latent", "pads"], "padded", mode="edge"),
        _node("Conv", ["padded", "decoder_weight", "decoder_bias"], "hidden", kernel_shape=[side, side]),
        _node("LeakyRelu", ["hidden"], "active", alpha=float(model.decoder_slope)),
        _node("Conv", ["active", "readout", "readout_bias"], "patches", kernel_shape=[1, 1]),
        _node("DepthToSpace", ["patches"], "image", blocksize=model.patch, mode="DCR"),
    ]
    weights = {
        "pads": np.array(k + k, np.int64), "decoder_weight": model.decoder_weight, "decoder_bias": model.decoder_bias,
        "readout": model.readout[:, :, None, None], "readout_bias": model.readout_bias,
    }  # fmt: skip
    image, latent = ["N", 3, "H", "W"], ["N", model.latent_channels, "h", "w"]
    return _model(nodes, weights, ("latent", latent), ("image", image))


def _model(nodes: list[Any], weights: dict[str, np.ndarray], source: tuple[str, Any], result: tuple[str, Any]) -> bytes:
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in (source, result)]
    stored = [numpy_helper.from_array(np.ascontiguousarray(array), name) for name, array in weights.items()]
    body = helper.make_graph(nodes, "pil", values[:1], values[1:], stored)
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="vaerans_ecs")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))
