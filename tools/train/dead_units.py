"""Cuts what is dead out of a trained codec's networks: units behind a ReLU that no picture wakes.

    python -m tools.train.dead_units MODEL CUT PICTURE...

reads encoder.onnx and decoder.onnx of MODEL, runs them over the pictures, and writes MODEL's files to CUT with both
networks cut. A unit that is 0 everywhere adds nothing to what follows it: leaving it out gives the same numbers for all
pictures that do not wake it. A branch of dead units is a constant, which goes to the bias of the convolution before it.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from PIL import Image

from .convolutions import Convolutions

#: Qualities whose integers the decoder is looked at with: the coarsest, and the finest.
STEPS = (0, 56)
NETWORKS = ("encoder.onnx", "decoder.onnx")


def awake(model: onnx.ModelProto, inputs: Iterator[np.ndarray]) -> dict[str, np.ndarray]:
    """Which units of each hidden ReLU are ever above 0."""
    names = [relu.output[0] for relu, _, _ in Convolutions(model).hidden()]
    wide = onnx.ModelProto()
    wide.CopyFrom(model)
    wide.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    session = _session(wide)
    source = session.get_inputs()[0].name
    found: dict[str, np.ndarray] = {}
    for x in inputs:
        for name, values in zip(names, session.run(names, {source: x}), strict=True):
            found[name] = found.get(name, False) | (values > 0).any(axis=(0, 2, 3))
    return found


def _session(model: onnx.ModelProto) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model.SerializeToString(), options)


def cut(model: onnx.ModelProto, alive: dict[str, np.ndarray]) -> onnx.ModelProto:
    """The model without the units that are not alive."""
    net = Convolutions(model)
    for relu, before, after in list(net.hidden()):
        kept = alive[relu.output[0]].copy()
        beside = _beside(net, after)
        if kept.any() or beside is None:
            kept[0] |= not kept.any()
            net.put(before.input[1], net.array(before.input[1])[kept])
            net.put(before.input[2], net.array(before.input[2])[kept])
            net.put(after.input[1], net.array(after.input[1])[:, kept])
        else:
            net.add_to_bias(beside, net.array(after.input[2]))
            (total,) = net.readers(after.output[0])
            (other,) = (name for name in total.input if name != after.output[0])
            net.replace(total.output[0], other)
            net.swept()
    return net.swept()


def _beside(net: Convolutions, branch: onnx.NodeProto) -> onnx.NodeProto | None:
    """The convolution whose bias can take a constant branch's: it makes what that is added to, or a part of it."""
    totals = net.readers(branch.output[0])
    if [node.op_type for node in totals] != ["Add"]:
        return None
    (other,) = (name for name in totals[0].input if name != branch.output[0])
    # What else reads the sum would see the constant too.
    if not all(node is totals[0] or _ends_in(net, node, branch) for node in net.readers(other)):
        return None
    made = net.made.get(other)
    if made is not None and made.op_type == "Add":
        parts = [net.made[name] for name in made.input if len(net.readers(name)) == 1 and name in net.made]
        made = next((node for node in parts if node.op_type == "Conv"), None)
    return made if made is not None and made.op_type == "Conv" else None


def _ends_in(net: Convolutions, node: onnx.NodeProto, branch: onnx.NodeProto) -> bool:
    """Whether all that a node makes goes into a branch."""
    if node is branch:
        return True
    readers = net.readers(node.output[0])
    return bool(readers) and all(_ends_in(net, reader, branch) for reader in readers)


def joined(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with one convolution where one of single pixels follows another one alone."""
    net = Convolutions(model)
    for after in [node for node in net.graph.node if node.op_type == "Conv"]:
        before, weight = net.made.get(after.input[0]), net.array(after.input[1]).astype(np.float64)
        if before is None or not net.is_plain(before) or len(net.readers(after.input[0])) > 1:
            continue
        if not net.is_plain(after) or weight.shape[2:] != (1, 1) or not net.keeps_pixels(after):
            continue
        first, bias = (net.array(name).astype(np.float64) for name in before.input[1:])
        net.put(before.input[1], np.tensordot(weight[:, :, 0, 0], first, 1).astype(np.float16))
        net.put(before.input[2], (weight[:, :, 0, 0] @ bias + net.array(after.input[2])).astype(np.float32))
        net.replace(after.output[0], before.output[0])
    return net.swept()


def pictures(paths: list[Path]) -> Iterator[np.ndarray]:
    """Pictures as the encoder takes them, (1, 3, H, W) in 0 to 1, cut to whole samples."""
    for path in paths:
        with Image.open(path) as picture:
            rgb = np.asarray(picture.convert("RGB"))
        height, width = (side // 16 * 16 for side in rgb.shape[:2])
        yield floats(rgb[:height, :width])


def floats(rgb: np.ndarray) -> np.ndarray:
    """A picture (H, W, 3) of 8 bits as (1, 3, H, W) in 0 to 1."""
    return np.ascontiguousarray(rgb.transpose(2, 0, 1)[None], np.float32) / 255


def latents(encoder: onnx.ModelProto, tables: Path, photos: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """What the decoder is given of pictures: rounded, as it is at some qualities."""
    session = _session(encoder)
    with np.load(tables) as found:
        gains, scales = (found[key].astype(np.float64)[:, : int(found["B"]), None, None] for key in ("G", "H"))
    for x in photos:
        (y,) = session.run(None, {session.get_inputs()[0].name: x})
        for step in STEPS:
            anchor = step // 8
            yield (np.rint(y * gains[anchor] / 4096) * scales[anchor]).astype(np.float32)


def cut_files(folder: Path, photos: Callable[[], Iterator[np.ndarray]]) -> dict[str, list[str]]:
    """Cuts the networks of a folder of files; says of each how many units of each layer are left."""
    left = {}
    encoder, decoder = (onnx.load(folder / name) for name in NETWORKS)
    inputs = (photos(), latents(encoder, folder / "entropy_model.npz", photos()))
    for name, network, seen in zip(NETWORKS, (encoder, decoder), inputs, strict=True):
        alive = awake(network, seen)
        onnx.save(joined(cut(network, alive)), folder / name)
        left[name] = [f"{int(units.sum())}/{len(units)}" for units in alive.values()]
    return left


def cut_copy(model: Path, folder: Path, photos: Callable[[], Iterator[np.ndarray]]) -> dict[str, list[str]]:
    """The files of a model in another folder, networks cut; says what `cut_files` does."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in model.iterdir():
        if path.is_file():
            shutil.copyfile(path, folder / path.name)
    return cut_files(folder, photos)


def main() -> None:
    model, folder, paths = Path(sys.argv[1]), Path(sys.argv[2]), [Path(p) for p in sys.argv[3:]]
    for name, left in cut_copy(model, folder, lambda: pictures(paths)).items():
        print(name, *left, (folder / name).stat().st_size)


if __name__ == "__main__":
    main()
