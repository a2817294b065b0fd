"""Stage ``export``: the result as a folder of ONNX files, the entropy model, the list of photos and a model card."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from torch import Tensor

from . import card, codec_net, dead_units, manifest, pack
from .codec_net import CodecNet
from .klt import BLOCK
from .onnx_graph import Graph
from .run import Run

PICTURE, LATENT = ("H", "W"), ("h", "w")


def stage(run: Run) -> None:
    """Write the result folder."""
    run.require("tables")
    run.begin("export")
    net, more = codec_net.load(run.of("layer2") / "network.safetensors", run.config)
    folder = run.export_folder
    folder.mkdir(parents=True, exist_ok=True)
    write_networks(folder, net, more["basis"])
    shutil.copyfile(run.of("tables") / "entropy_model.npz", folder / "entropy_model.npz")
    for name, left in dead_units.cut_files(folder, lambda: photos(run)).items():
        run.log(f"export: {name}: units left behind each ReLU: {' '.join(left)}")
    shutil.copyfile(run.of("data") / "photos.tsv", folder / "photos.tsv")
    (folder / "model_card.md").write_text(card.text(run, folder), "utf-8")
    sizes = ", ".join(f"{p.name} {p.stat().st_size / 1e6:.2f}" for p in sorted(folder.iterdir()) if p.is_file())
    run.log(f"export: {sizes} MB")
    run.finish("export")


def photos(run: Run) -> Iterator[np.ndarray]:
    """Some of the photos, as the encoder takes them."""
    packed = pack.read(run.of("data"))
    for i in manifest.evenly(range(len(packed)), run.config.prune_photos):
        yield codec_net.photo_tensor(packed.photo(i), "cpu").numpy()


def write_networks(folder: Path, net: CodecNet, basis: Tensor) -> None:
    """The four networks."""
    base, second = net.context.channels, basis.shape[1]
    write_encoder(folder / "encoder.onnx", net, base)
    write_decoder(folder / "decoder.onnx", net, base)
    write_residual(folder / "residual.onnx", basis, second)
    write_enhancement(folder / "enhancement.onnx", basis, second)


def write_encoder(path: Path, net: CodecNet, base: int) -> None:
    """``x`` to ``y``. Space-to-depth and the 3x3 convolution after it become one of 6x6 with a stride of 2."""
    graph, first = Graph(), net.encoder.body[0]
    outputs = first.weight.shape[0]
    wide = first.weight.view(outputs, 3, 2, 2, 3, 3).permute(0, 1, 4, 2, 5, 3).reshape(outputs, 3, 6, 6)
    x = graph.op("Mul", graph.op("Sub", "x", graph.number(0.5)), graph.number(4.0))
    x = graph.conv(x, wide, first.bias, stride=2, pad=2)
    for layer in list(net.encoder.body)[1:]:
        x = graph.module(x, layer)
    y = graph.module(x, net.encoder.head)
    graph.save(path, "encoder", {"x": (1, 3, *PICTURE)}, y, ("y", (1, base, *LATENT)))


def write_decoder(path: Path, net: CodecNet, base: int) -> None:
    """``y``, dequantised, to ``rgb``."""
    graph = Graph()
    x = graph.module(graph.module("y", net.decoder.body), net.decoder.touch)
    rgb = graph.op("Add", graph.op("Mul", graph.shuffle(x, 2), graph.number(0.25)), graph.number(0.5))
    graph.save(path, "decoder", {"y": (1, base, *LATENT)}, rgb, ("rgb", (1, 3, *PICTURE)))


def write_residual(path: Path, basis: Tensor, second: int) -> None:
    """``x`` and ``rgb`` to ``y2``."""
    graph = Graph()
    kernel = basis.t().reshape(second, 3, BLOCK, BLOCK)
    y2 = graph.conv(graph.op("Sub", "x", "rgb"), kernel, stride=BLOCK)
    inputs = {"x": (1, 3, *PICTURE), "rgb": (1, 3, *PICTURE)}
    graph.save(path, "residual", inputs, y2, ("y2", (1, second, *LATENT)))


def write_enhancement(path: Path, basis: Tensor, second: int) -> None:
    """``y2``, dequantised, to what is added to ``rgb``."""
    graph = Graph()
    added = graph.shuffle(graph.conv("y2", basis[:, :, None, None]), BLOCK)
    graph.save(path, "enhancement", {"y2": (1, second, *LATENT)}, added, ("added", (1, 3, *PICTURE)))
