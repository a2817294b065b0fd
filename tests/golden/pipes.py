"""What pipes make of samples from formulas: ``python tests/golden/pipes.py`` writes pipes.json, with ``--missing`` only
the cases that are not there yet.

Every language runs the cases of that file and is held to the same bytes. The formulas are whole numbers and divisions
by powers of two, so that each has the same samples without a file. A system of the registry that no case below names
has two of its own: forward, and back. `PredictEncode` has none: it needs a predictor, which no page's world is given.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from vaerans_ecs import World, _core, systems
from vaerans_ecs.components import RGB, Latent4, ReconRGB

CASES = Path(__file__).resolve().with_name("pipes.json")


def grid(planes: int, height: int, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """c, y, x of (planes, height, width), and noise of 0 to 7: the top bits of a product modulo 2^32."""
    c, y, x = np.indices((planes, height, width), np.uint32)
    i = (c * np.uint32(height) + y) * np.uint32(width) + x
    return c, y, x, (i * np.uint32(2654435761)) >> np.uint32(29)


def latent() -> np.ndarray:
    """(4, 48, 80) float32, from -2 to about 2: slopes with noise."""
    c, y, x, noise = grid(4, 48, 80)
    return ((x * x // 8 + 3 * y * (c + 1) + noise) % 256).astype(np.float32) / np.float32(64) - np.float32(2)


def picture() -> np.ndarray:
    """(176, 203, 3) uint8."""
    c, y, x, noise = grid(3, 176, 203)
    return ((x + y * (c + 1) // 2 + x * y // 64 + noise) % 256).astype(np.uint8).transpose(1, 2, 0).copy()


def inputs() -> dict[str, tuple[str, np.ndarray]]:
    """Name -> key and samples: a latent, a picture, one of 16 bits, the pictures again with errors of up to 7; a
    picture with alpha, and an opaque one."""
    p = picture()
    noise = grid(3, 176, 203)[3].astype(np.uint8).transpose(1, 2, 0)
    near = np.minimum(p, np.uint8(248)) + noise
    return {
        "latent": ("Latent4", latent()),
        "picture": ("RGB", p),
        "picture16": ("RGB", p.astype(np.uint16) * np.uint16(257)),
        "near": ("ReconRGB", near),
        "near16": ("ReconRGB", near.astype(np.uint16) * np.uint16(257)),
        "alpha": ("RGB", np.dstack([p, p[:, :, 1]])),
        "opaque": ("ReconRGB", np.dstack([near, np.full_like(p[:, :, 1], 255)])),
    }


COLOUR = ["YCoCgR", {}]
FLOAT = ["YCoCgR", {"float": True}]
CODE, DECODE = ["ANSEncode", {}], ["ANSDecode", {}]
TO_BANDS = [["Hadamard4", {}], ["WaveletCDF53", {"levels": 3}], ["QuantizeU8", {"per_band": True}]]
BACK = [DECODE, ["Dequantize", {}], ["WaveletCDF53Inverse", {"levels": 3}], ["Hadamard4Inverse", {}]]
BOTH, BOTH16 = ["picture", "near"], ["picture16", "near16"]

#: Name -> inputs, steps ([class, parameters] or [class, parameters, out]), key of the result (none: under the cursor).
PIPES: dict[str, tuple[list[str], list[list[Any]], str | None]] = {
    "quick start": (["latent"], [*TO_BANDS, CODE], "Bitstream"),
    "quick start and back": (["latent"], [*TO_BANDS, CODE, *BACK], "Latent4"),
    "hadamard": (["latent"], [["Hadamard4", {}]], None),
    "hadamard of 2 and back": (["latent"], [["Hadamard4", {"size": 2}], ["Hadamard4Inverse", {"size": 2}]], None),
    "cdf53 of a latent": (["latent"], [["WaveletCDF53", {}]], None),
    "cdf53 of a latent and back": (["latent"], [["WaveletCDF53", {}], ["WaveletCDF53Inverse", {"levels": 4}]], None),
    "cdf97": (["latent"], [["WaveletCDF97", {}]], None),
    "cdf97 and back": (["latent"], [["WaveletCDF97", {}], ["WaveletCDF97Inverse", {"levels": 4}]], None),
    "haar": (["latent"], [["WaveletHaar", {"levels": 2}]], None),
    "haar and back": (["latent"], [["WaveletHaar", {"levels": 2}], ["WaveletHaarInverse", {"levels": 2}]], None),
    "quantiser": (["latent"], [["QuantizeU8", {}]], "SymbolsU8"),
    "quantiser of 10 bits by channel, and back": (
        ["latent"],
        [["QuantizeU8", {"per_channel": True, "bits": 10}], ["Dequantize", {}]],
        None,
    ),
    "quantiser of 5 symbols, coded": (["latent"], [["QuantizeU8", {"symbols": 5}], CODE], "Bitstream"),
    "colour": (["picture"], [COLOUR], "Planes"),
    "colour and back": (["picture"], [COLOUR, ["YCoCgRInverse", {}]], "ReconRGB"),
    "float colour": (["picture16"], [FLOAT], "Planes"),
    "lossless": (["picture"], [COLOUR, ["WaveletCDF53", {"levels": 5}], CODE], "Bitstream"),
    "lossless of 16 bits": (["picture16"], [COLOUR, ["WaveletCDF53", {}], CODE], "Bitstream"),
    "lossless and back": (
        ["picture"],
        [COLOUR, ["WaveletCDF53", {}], CODE, DECODE, ["WaveletCDF53Inverse", {"levels": 4}], ["YCoCgRInverse", {}]],
        "ReconRGB",
    ),
    "dead zone": (["picture"], [FLOAT, ["WaveletCDF97", {}], ["DeadZone", {"step": 8}], CODE], "Bitstream"),
    "dead zone with weights, and back": (
        ["picture"],
        [
            FLOAT,
            ["WaveletCDF97", {"levels": 3}],
            ["DeadZone", {"step": 2.5, "rounding": 0.4, "offset": 0.125, "weighted": True}],
            ["ANSEncode", {"setting": "precise", "adaptive": True}],
            DECODE,
            ["DeadZoneInverse", {}],
            ["WaveletCDF97Inverse", {"levels": 3}],
            ["YCoCgRInverse", {"float": True}],
        ],
        "ReconRGB",
    ),
    "residual": (BOTH, [["Residual", {}]], "Residual"),
    "residual within 3, and added": (BOTH, [["Residual", {"max_error": 3}], ["AddResidual", {}]], None),
    "residual of 16 bits, named": (BOTH16, [["Residual", {"dtype": "i32"}, "ResidualRGB"]], "ResidualRGB"),
    "alpha": (["alpha", "opaque"], [["Alpha", {}]], "Alpha"),
    "photo": (["picture"], [["PhotoEncode", {"quality": 60}]], "Bitstream"),
    "photo of 16 bits, and back": (
        ["picture16"],
        [["PhotoEncode", {"quality": 90, "tune": "msssim", "effort": 2}], ["PhotoDecode", {}]],
        "ReconRGB",
    ),
    "reversible photo, and back": (["picture"], [["PhotoEncode", {"lossy": False}], ["PhotoDecode", {}]], "ReconRGB"),
    "predicted": (["picture"], [["LosslessEncode", {}]], "Bitstream"),
    "predicted within 3 of 16 bits, and back": (
        ["picture16"],
        [["LosslessEncode", {"max_error": 3, "effort": 8}], ["LosslessDecode", {}]],
        "ReconRGB",
    ),
    "alpha, and put back": (["alpha", "opaque"], [["Alpha", {}], ["AddAlpha", {}]], "ReconRGB"),
    "blur": (["picture"], [["GaussianBlur", {"sigma": 1.5}]], "BlurRGB"),
    "blur of one pixel, of 16 bits": (["picture16"], [["GaussianBlur", {}]], "BlurRGB"),
    "psnr": (BOTH, [["MetricPSNR", {}]], "PSNR"),
    "ssim": (BOTH, [["MetricSSIM", {}]], "SSIM"),
    "ms-ssim": (BOTH, [["MetricMSSSIM", {}]], "MSSSIM"),
    "psnr of 16 bits": (BOTH16, [["MetricPSNR", {}]], "PSNR"),
    "ssim of 16 bits": (BOTH16, [["MetricSSIM", {}]], "SSIM"),
    "ms-ssim of 16 bits": (BOTH16, [["MetricMSSSIM", {"scales": 3}]], "MSSSIM"),
}

_COMPONENTS = {"Latent4": Latent4, "RGB": RGB, "ReconRGB": ReconRGB}


def run(names: list[str], steps: list[list[Any]], key: str | None) -> dict[str, Any]:
    """Runs a case: the result's key, type, shape and SHA-256 (of the file, for a Bitstream), and the plan as text."""
    world = World(64 << 20, threads=1)
    eid, known = world.new_entity(), inputs()
    for name in names:
        stored, samples = known[name]
        world.store(stored)[eid] = _COMPONENTS[stored](world.put(samples))
    pipe = world.pipe(eid)
    for name, params, *out in steps:
        pipe.to(getattr(systems, name)(**params), *out)
    plan = str(pipe.describe())
    handle = pipe.out(key)
    array = handle.numpy()
    row = {"key": handle.key, "dtype": array.dtype.name, "shape": list(array.shape)}
    if array.ndim == 0:
        row["value"] = handle.item()
    return {**row, "sha256": hashlib.sha256(handle.tobytes()).hexdigest(), "plan": plan}


#: Kind -> inputs and the steps that make one, for systems without a case of their own.
MAKERS: dict[str, tuple[list[str], list[list[Any]]]] = {
    "Image": (BOTH, []),
    "Latent": (["latent"], []),
    "Planes": (["picture"], [COLOUR]),
    "Yuvw": (["latent"], TO_BANDS[:1]),
    "Wavelet": (["latent"], TO_BANDS[:2]),
    "Symbols": (["latent"], TO_BANDS),
    "Residual": (BOTH, [["Residual", {}]]),
}


#: What needs more than samples.
LEFT_OUT = ("PredictEncode",)


def all_pipes() -> dict[str, tuple[list[str], list[list[Any]], str | None]]:
    """The pipes above, and those of systems that they leave out."""
    pipes = dict(PIPES)
    named = {step[0] for _, steps, _ in PIPES.values() for step in steps}
    for row in _core.registry():
        name, inverse = row["name"], row["inverse_name"]
        if not row["is_native"] or name in named or name in LEFT_OUT:
            continue
        names, before = next(MAKERS[kind] for kind in row["takes"] if kind in MAKERS)
        pipes[name] = (names, [*before, [name, {}]], None)
        if inverse:
            pipes[f"{name} and back"] = (names, [*before, [name, {}], [inverse, {}]], None)
    return pipes


def cases(known: dict[str, Any] | None = None) -> dict[str, Any]:
    """Everything that the file holds; cases of ``known`` are taken as they are."""
    known = known or {}
    checks = {
        name: {"key": key, "sha256": hashlib.sha256(samples.tobytes()).hexdigest()}
        for name, (key, samples) in inputs().items()
    }
    rows = {
        name: known.get(name) or {"inputs": names, "steps": steps, "out": key, "expected": run(names, steps, key)}
        for name, (names, steps, key) in all_pipes().items()
    }
    return {"inputs": checks, "cases": rows}


def main() -> None:
    old = CASES.read_text(encoding="utf-8")
    known = json.loads(old)["cases"] if "--missing" in sys.argv else None
    new = json.dumps(cases(known), indent=1) + "\n"
    if new != old:
        CASES.write_text(new, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
