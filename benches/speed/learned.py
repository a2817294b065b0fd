"""The learned codec: decoding against ONNX Runtime on the same networks, encoding, memory of a large picture.

ONNX Runtime runs the networks alone, one thread, all of its optimisations: of the model as it was trained, and of the
same model without its dead parts, which is what ships. Ours is the whole way from the bytes of a file to pixels.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from applications import kodak, ratio, seconds, shared
from PIL import Image

import vaerans_ecs as ve
from vaerans_ecs import _core

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
#: Qualities of the base alone, and of both layers.
BASE, BOTH = 40, 75
SIDE = 16

#: ru_maxrss would count the process that started this one too.
PEAK = """
import re, sys, vaerans_ecs
made = vaerans_ecs.decompress(open(sys.argv[1], "rb").read(), threads=2)
assert made.shape[0] * made.shape[1] == int(sys.argv[2])
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""


def rows() -> list[dict[str, Any]]:
    """All rows; none without the shared photos and model."""
    folder, pictures = shared(), kodak()
    model = folder / "models" / "vae1" if folder else None
    if not pictures or model is None or not model.is_dir():
        print("skipped: no shared photos or model (set VAERANS_SHARED)")
        return []
    with tempfile.TemporaryDirectory() as temp:
        decoding = decode_rows(pictures[4], model, cut(model, Path(temp), pictures))
        return decoding + encode_rows(pictures[4]) + memory_rows(pictures, Path(temp))


def cut(model: Path, folder: Path, pictures: list[np.ndarray]) -> Path:
    """The model without what no picture wakes."""
    from tools.train import dead_units

    dead_units.cut_copy(model, folder, lambda: map(dead_units.floats, pictures))
    return folder


def network(path: Path) -> Callable[[], Any]:
    """A run of a decoder by ONNX Runtime, one thread, of a picture of 768 x 512."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(1)
    shapes = {i.name: (1, i.shape[1], 512 // SIDE, 768 // SIDE) for i in session.get_inputs()}
    given = {name: rng.normal(0, 1, shape).astype(np.float32) for name, shape in shapes.items()}
    return lambda: session.run(None, given)


def decode_rows(picture: np.ndarray, model: Path, smaller: Path) -> list[dict[str, Any]]:
    """From bytes to pixels, one thread."""
    is_best = _core.build_info()["isa"] != "avx2"
    bound = {"must": 1.0, "aim": 1.3} if is_best else {"must": 0.7, "aim": 1.0}
    found = []
    for layers, quality, trained in (("base", BASE, "decoder.onnx"), ("both layers", BOTH, "decoder2.onnx")):
        file = ve.compress(picture, "vae", quality=quality, fallback=False)
        ours = partial(ve.decompress, file, threads=1)
        what = f"vae q{quality} decode ({layers}) against ONNX Runtime on"
        found.append({"what": f"{what} the trained networks", "value": ratio(ours, network(model / trained)), **bound})
        if layers == "base":
            found.append({"what": f"{what} those that ship", "value": ratio(ours, network(smaller / trained))})
    file = ve.compress(picture, "vae", quality=BASE, fallback=False)
    avif = avif_of(picture, len(file))
    value = ratio(partial(ve.decompress, file, threads=1), lambda: Image.open(io.BytesIO(avif)).load())
    return [*found, {"what": f"vae q{BASE} decode against AVIF of as many bytes", "value": value}]


def avif_of(picture: np.ndarray, most: int) -> bytes:
    """The best AVIF file (libaom, speed 6, 4:4:4, one thread) of at most so many bytes."""
    image, best = Image.fromarray(picture), b""
    for quality in range(10, 100, 2):
        out = io.BytesIO()
        image.save(out, "AVIF", quality=quality, speed=6, subsampling="4:4:4", max_threads=1)
        if len(out.getvalue()) > most:
            break
        best = out.getvalue()
    return best


def encode_rows(picture: np.ndarray) -> list[dict[str, Any]]:
    """Megapixels a second, the comparison with `photo` counted, and against AVIF."""
    megapixels = picture.shape[0] * picture.shape[1] / 1e6
    ours = partial(ve.compress, picture, "vae", quality=BASE, threads=2)
    alone = partial(ours, fallback=False)
    avif = partial(
        Image.fromarray(picture).save, format="AVIF", quality=50, speed=6, subsampling="4:4:4", max_threads=2
    )
    best = {work: min(seconds(work) for _ in range(9)) for work in (ours, alone)}
    return [
        {"what": f"vae q{BASE} encode, 2 threads, MP/s", "value": megapixels / best[ours], "must": 0.6, "aim": 1.5},
        {"what": f"vae q{BASE} encode without fallback, 2 threads, MP/s", "value": megapixels / best[alone]},
        {
            "what": f"vae q{BASE} encode against AVIF, speed 6, 2 threads",
            "value": ratio(ours, lambda: avif(io.BytesIO())),
        },
    ]


def memory_rows(pictures: list[np.ndarray], folder: Path) -> list[dict[str, Any]]:
    """Peak of a process that decodes 12 megapixels, Python included."""
    tiled = np.tile(pictures[4], (6, 6, 1))[:3000, :4000]
    found = []
    for layers, quality in (("base", BASE), ("both layers", BOTH)):
        path = folder / f"{quality}.vrn"
        path.write_bytes(ve.compress(tiled, "vae", quality=quality, fallback=False))
        command = [sys.executable, "-c", PEAK, path, str(tiled.shape[0] * tiled.shape[1])]
        peak = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout) / 1024
        what = f"vae decode ({layers}) of 12 MP, 2 threads: peak of the process, MB"
        found.append({"what": what, "value": peak, "max": 300, "aim": 150})
    return found
