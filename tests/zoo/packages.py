"""Models that packages carry: inputs such as they are made for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnx
from PIL import Image, ImageDraw
from zoo.entry import Entry, Feed, random
from zoo.wheels import member


def of_packages(cache: Path) -> Iterator[Entry]:
    def images(*shapes: tuple[int, ...]) -> Callable[[bytes], list[Feed]]:
        return lambda _: [{"x": random(*shape)} for shape in shapes]

    def entry(name: str, package: str, end: str, feeds: Callable[[bytes], list[Feed]], is_rough: bool = False) -> Entry:
        return Entry(name, lambda: member(package, end, cache), feeds, is_rough)

    ocr = "rapidocr-onnxruntime"
    yield entry("ppocr.det", ocr, "PP-OCRv4_det_infer.onnx", _pages)
    yield entry("ppocr.rec", ocr, "PP-OCRv4_rec_infer.onnx", images((1, 3, 48, 320), (2, 3, 48, 160), (1, 3, 48, 33)))
    yield entry("ppocr.cls", ocr, "mobile_v2.0_cls_infer.onnx", images((1, 3, 48, 192), (4, 3, 48, 192)))
    for name in (
        "silero_vad",
        "silero_vad_16k_op15",
        "silero_vad_half",
        "silero_vad_op18_ifless",
        "silero_vad_openvino_16k",
    ):
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
            feed = {
                "input": random(1, samples, scale=loud),
                "state": random(2, 1, 128, scale=loud),
                "sr": np.array(rate),
            }
            feeds.append({name: array for name, array in feed.items() if name in names})
    return feeds if has_rates else feeds[:2]


def _speech_sequence(_: bytes) -> list[Feed]:
    def feed(n: int, loud: float) -> Feed:
        h, c = random(1, 1, 128, scale=loud), random(1, 1, 128, scale=loud)
        return {"input": random(n, 576, scale=loud), "h": h, "c": c}

    return [feed(5, 0.1), feed(1, 1.0)]


def _bytes(_: bytes) -> list[Feed]:
    chance = np.random.default_rng(1)
    return [{"bytes": chance.integers(0, 257, (n, 2048), np.int32)} for n in (1, 3)]


def _reactions(_: bytes) -> list[Feed]:
    chance = np.random.default_rng(2)

    def feed(n: int) -> Feed:
        most = {"atoms": 121, "neighbors": 17, "roles": 4}
        made = {name: chance.integers(0, high, (1, n)) for name, high in most.items()}
        return made | {"distances": chance.integers(0, 13, (1, n, n))}

    return [feed(24), feed(61)]
