"""Pipes of crates/vaerans-parity, forward and back, and those of tests/golden, with what Python makes of them."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from inputs import latent, picture

from vaerans_ecs import World, systems
from vaerans_ecs.components import RGB, Latent4, ReconRGB

Steps = list[list[Any]]
LATENTS = [(4, 1, 1), (4, 1, 9), (4, 7, 1), (8, 13, 11), (16, 24, 40), (4, 64, 96)]
PICTURES = [(1, 1, 3), (1, 17, 1), (19, 1, 4), (33, 29, 3), (64, 48, 2), (70, 131, 4)]

LATENT_PIPES: list[Steps] = [
    [["Hadamard4", {"size": 2}]],
    [["Hadamard4", {"size": 4}]],
    [["WaveletCDF53", {"levels": 1}]],
    [["WaveletCDF53", {"levels": 4}]],
    [["WaveletCDF97", {"levels": 3}]],
    [["WaveletHaar", {"levels": 4}]],
    [["QuantizeU8", {}]],
    [["QuantizeU8", {"per_channel": True}]],
    [["WaveletCDF53", {"levels": 3}], ["QuantizeU8", {"per_band": True}]],
    [["Hadamard4", {}], ["WaveletCDF53", {"levels": 4}], ["QuantizeU8", {"per_band": True}], ["ANSEncode", {}]],
    [["Hadamard4", {}], ["WaveletCDF97", {"levels": 2}], ["QuantizeU8", {"bits": 12}], ["ANSEncode", {}]],
    [["WaveletHaar", {"levels": 2}], ["QuantizeU8", {}], ["ANSEncode", {}]],
    [["QuantizeU8", {}], ["ANSEncode", {}]],
    [["WaveletCDF97", {"levels": 2}], ["DeadZone", {"step": 3}], ["ANSEncode", {}]],
]

PICTURE_PIPES: list[Steps] = [
    [["YCoCgR", {}]],
    [["YCoCgR", {}], ["WaveletCDF53", {"levels": 3}]],
    [["YCoCgR", {}], ["WaveletCDF53", {"levels": 3}], ["ANSEncode", {}]],
    [["YCoCgR", {}], ["WaveletHaar", {"levels": 2}], ["ANSEncode", {"adaptive": True}]],
    [
        ["YCoCgR", {"float": True}],
        ["WaveletCDF97", {"levels": 4}],
        ["DeadZone", {"weighted": True}],
        ["ANSEncode", {}],
    ],
]

#: The parameters that an inverse shares with its forward system.
_SHARED = {"size", "levels", "float"}
_COMPONENTS: dict[str, Callable[[Any], Any]] = {"Latent4": Latent4, "RGB": RGB, "ReconRGB": ReconRGB}


def undone(steps: Steps) -> Steps:
    """The steps and, after them, the inverse of each."""
    names = {"QuantizeU8": "Dequantize", "ANSEncode": "ANSDecode"}
    back = [[names.get(n, f"{n}Inverse"), {k: v for k, v in p.items() if k in _SHARED}] for n, p in reversed(steps)]
    return [*steps, *back]


def golden() -> Any:
    """tests/golden/pipes.py."""
    file = Path(__file__).resolve().parents[1] / "golden/pipes.py"
    spec = importlib.util.spec_from_file_location("golden_pipes", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Case = tuple[str, list[str], Steps, str | None]


def cases() -> tuple[dict[str, tuple[str, np.ndarray]], list[Case]]:
    """Inputs by name, as key and samples, and the cases: name, inputs, steps, key of the result."""
    module = golden()
    inputs: dict[str, tuple[str, np.ndarray]] = module.inputs()
    rows: list[Case] = [(name, *case) for name, case in module.PIPES.items()]
    for key, pipes, samples in (("Latent4", LATENT_PIPES, _latents()), ("RGB", PICTURE_PIPES, _pictures())):
        for name, data in samples:
            inputs[name] = (key, data)
            for steps in pipes:
                title = f"{name} | {' | '.join(n for n, _ in steps)} {steps[-1][1] or ''}".strip()
                rows += [(title, [name], steps, None), (f"{title}, and back", [name], undone(steps), None)]
    return inputs, rows


def _latents() -> Iterator[tuple[str, np.ndarray]]:
    for seed, shape in enumerate(LATENTS):
        yield f"latent {shape}", latent(*shape, seed)


def _pictures() -> Iterator[tuple[str, np.ndarray]]:
    for seed, shape in enumerate(PICTURES):
        for bits in (8, 16):
            yield f"picture {shape} u{bits}", picture(*shape, bits, seed)


def run(samples: list[tuple[str, np.ndarray]], steps: Steps, key: str | None) -> tuple[dict[str, Any], bytes]:
    """Key, type, shape and SHA-256 of the result, and its bytes: the file, of a Bitstream."""
    world = World(16 << 20, threads=1)
    eid = world.new_entity()
    for stored, data in samples:
        world.store(stored)[eid] = _COMPONENTS[stored](world.put(data))
    pipe = world.pipe(eid)
    for name, params, *out in steps:
        pipe.to(getattr(systems, name)(**params), *out)
    handle = pipe.out(key)
    array, data = handle.numpy(), handle.tobytes()
    about = {"key": handle.key, "dtype": array.dtype.name, "shape": list(array.shape)}
    return {**about, "sha256": hashlib.sha256(data).hexdigest()}, data
