"""Packs a trained codec for the core: ONNX networks and an integer entropy model -> python/vaerans_ecs/data/vae.

    python tools/pack_vae.py MODEL [FOLDER] [--name NAME]

MODEL is a folder that tools/train exports: encoder.onnx, decoder.onnx, residual.onnx, enhancement.onnx (or
decoder2.onnx) and entropy_model.npz. Files name a codec by the SHA-256 of its head, which holds that of every other
part but the encoder's: what is packed anew has another name. Of the model as it was trained, first cut what is dead:

    python -m tools.train.dead_units MODEL CUT PHOTO...
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from vaerans_ecs.models.layered import Networks, Tables, pack, write_folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path(__file__).parent.parent / "python/vaerans_ecs/data/vae"
    )
    parser.add_argument("--name", default="vae1")
    given = parser.parse_args()
    codec = pack(networks(given.model), tables(given.model / "entropy_model.npz"), name=given.name)
    write_folder(given.folder, codec)
    sizes = {str(p.relative_to(given.folder)): p.stat().st_size for p in sorted(given.folder.rglob("*.bin"))}
    print(codec.core.sha256.hex(), sizes, sum(sizes.values()))


def networks(folder: Path) -> Networks:
    """The four networks of a trained model."""
    load = lambda name: onnx.load(folder / name)  # noqa: E731
    residual = _weight(load("residual.onnx"), 3)
    enhancement = folder / "enhancement.onnx"
    second = onnx.load(enhancement) if enhancement.is_file() else _enhancement(load("decoder2.onnx"), residual)
    return Networks(load("encoder.onnx"), load("decoder.onnx"), _analysis(residual), second)


def _weight(model: Any, inputs: int, outputs: int | None = None) -> np.ndarray:
    """The convolution of so many channels."""
    found = [numpy_helper.to_array(w) for w in model.graph.initializer]
    convolutions = [w for w in found if w.ndim == 4 and w.shape[1] == inputs]
    return next(w for w in convolutions if outputs in (None, w.shape[0]))


def _model(node: list[Any], weight: np.ndarray, channels: list[int], name: str) -> Any:
    x = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, channels[0], "h", "w"])
    y = helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1, channels[1], None, None])
    weights = [numpy_helper.from_array(weight.astype(np.float32), "w")]
    return helper.make_model(
        helper.make_graph(node, name, [x], [y], weights), opset_imports=[helper.make_opsetid("", 17)], ir_version=8
    )


def _analysis(weight: np.ndarray) -> Any:
    """What is missing of a picture to its latent: one convolution with as large a stride as kernel."""
    side = weight.shape[2]
    node = helper.make_node("Conv", ["x", "w"], ["y"], strides=[side, side], kernel_shape=[side, side])
    return _model([node], weight, [3, weight.shape[0]], "analysis")


def _enhancement(decoder: Any, analysis: np.ndarray) -> Any:
    """The second layer's part of a decoder of both."""
    channels, side = analysis.shape[0], analysis.shape[2]
    weight = _weight(decoder, channels, 3 * side * side)
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["z"], kernel_shape=[1, 1]),
        helper.make_node("DepthToSpace", ["z"], ["y"], blocksize=side, mode="CRD"),
    ]
    return _model(nodes, weight, [channels, 3], "enhancement")


def tables(path: Path) -> Tables:
    """The integers of an entropy model, and the scales of its integers."""
    found = np.load(path)
    count, base = found["G"].shape[1], int(found["B"])

    def taps(kind: str, channel: int) -> list[tuple[int, int, int, int]]:
        rows = zip(found[f"j{kind}"][channel], found[f"p{kind}"][channel], found[f"w{kind}"][channel], strict=True)
        return [(channel - int(j), int(p[0]), int(p[1]), int(w)) for j, p, w in rows if j >= 0]

    return Tables(
        layers=[base, count],
        between=8,
        anchors=[found[key].astype(np.int64).ravel().tolist() for key in ("G", "AM", "AS", "V")],
        mean=[taps("mu", c) for c in range(count)],
        scale=[taps("sc", c) for c in range(count)],
        energy=found["we"].tolist(),
        edge=found["edge"].tolist(),
        energy_gain=found["U"].tolist(),
        frequencies=found["tab"].astype(np.int64).ravel().tolist(),
        scales=found["H"].astype(np.float32).ravel().tolist(),
    )


if __name__ == "__main__":
    main()
