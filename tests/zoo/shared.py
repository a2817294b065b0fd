"""Models of the shared data folder: what PyTorch exports, and autoencoders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from zoo.entry import Entry, Feed, absent, random

from vaerans_ecs.models.taesd import convert_taesd


def exported(shared: Path | None) -> Iterator[Entry]:
    folder = shared / "data/models/torch_onnx" if shared else None
    if folder is None or not folder.is_dir():
        yield absent("torch_onnx", "no shared data folder: VAERANS_SHARED names it")
        return
    for path in sorted(folder.glob("*.onnx")):
        yield Entry(path.name[:-5], path.read_bytes, lambda blob, path=path: _recorded(path, blob))


def _recorded(path: Path, blob: bytes) -> list[Feed]:
    """The inputs that are recorded beside the model, and others whose open extents are larger and smaller."""
    ports = onnx.load_from_string(blob).graph.input
    arrays = np.load(path.parent / f"{path.name.split('.')[0]}.npz")
    first = {port.name: arrays[f"in_{i}"] for i, port in enumerate(ports)}
    feeds = [first]
    for steps in ((1, 8, 16), (0, 24, 8)):
        feed = {}
        for port in ports:
            pairs = zip(port.type.tensor_type.shape.dim, first[port.name].shape, strict=True)
            shape = [d.dim_value or n + steps[min(i, 2)] for i, (d, n) in enumerate(pairs)]
            known = first[port.name]
            feed[port.name] = random(*shape) if known.dtype == np.float32 else np.resize(known, shape)
        feeds.append(feed)
    return feeds


def autoencoders(shared: Path | None, cache: Path) -> Iterator[Entry]:
    folder = shared / "data/models/taesd" if shared else None
    if folder is None or not folder.is_dir():
        yield absent("taesd", "no shared data folder: VAERANS_SHARED names it")
        return
    for path in sorted(folder.glob("*.safetensors")):
        name = path.name.split(".")[0]
        out = cache / "taesd" / name
        if not (out / "model.json").is_file():
            convert_taesd(path, out)
        for part in ("encoder", "decoder"):
            yield Entry(f"{name}.{part}", (out / f"{part}.onnx").read_bytes, _pictures)


def _pictures(blob: bytes) -> list[Feed]:
    port = onnx.load_from_string(blob).graph.input[0]
    channels = port.type.tensor_type.shape.dim[1].dim_value
    scale = 8 if channels == 3 else 1
    shapes = [(1, channels, h * scale, w * scale) for h, w in ((8, 12), (17, 16), (5, 3))]
    return [
        {port.name: np.clip(random(*shape), -2, 2) if scale == 1 else np.abs(random(*shape)) % 1} for shape in shapes
    ]
