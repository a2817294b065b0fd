"""Pictures of odd sizes and pipes of all kinds, at random."""

from __future__ import annotations

import numpy as np

import vaerans_ecs as ve
from vaerans_ecs import World, systems
from vaerans_ecs.components import Latent4, Planes

Random = np.random.Generator
SIDES = [1, 2, 3, 5, 7, 8, 9, 16, 17, 31, 33, 40, 63, 64, 65, 70, 96]


def picture(r: Random, sides: list[int] = SIDES) -> np.ndarray:
    """(H, W, C) uint8 or uint16: noise, one colour, slopes, rare points, a bell."""
    h, w = (int(n) for n in r.choice(sides, 2))
    c, dtype = int(r.integers(1, 5)), r.choice([np.uint8, np.uint16])
    top = int(np.iinfo(dtype).max)
    y, x, z = np.indices((h, w, c))
    kind = int(r.integers(0, 5))
    samples = [
        lambda: r.integers(0, top + 1, (h, w, c)),
        lambda: np.full((h, w, c), int(r.integers(0, top + 1))),
        lambda: (3 * x + 2 * y + 20 * z + r.integers(0, 9, (h, w, c))) * (top // 255),
        lambda: r.choice([0, top], (h, w, c), p=[0.95, 0.05]),
        lambda: r.normal(top / 2, top / 8, (h, w, c)),
    ][kind]()
    return np.clip(samples, 0, top).astype(dtype)


def options(r: Random) -> dict[str, object]:
    """Options of the profile photo."""
    chosen: dict[str, object] = {"lossless": True} if r.random() < 0.3 else {"quality": int(r.integers(0, 101))}
    if r.random() < 0.3 and "quality" in chosen:
        chosen["max_error"] = int(r.integers(0, 12))
    if chosen.get("lossless") and r.random() < 0.4:
        chosen["progressive"] = True
    if r.random() < 0.4:
        chosen["tile"] = int(r.choice([64, 128]))
    if r.random() < 0.6:
        chosen["effort"] = int(r.choice([1, 3, 5, 9]))
        chosen["tune"] = str(r.choice(["balanced", "psnr", "msssim"]))
    return chosen


def wavelet(r: Random, names: list[str]) -> ve.System:
    return getattr(systems, str(r.choice(names)))(levels=int(r.choice([0, 1, 2, 3, 4, 5, 7, 14, 30])))


def quantiser(r: Random) -> ve.System:
    if r.random() < 0.5:
        symbols = int(r.choice([2, 3, 5, 255, 256, 257, 1000, 65536]))
        return systems.QuantizeU8(symbols=symbols, per=str(r.choice(["tensor", "channel", "band"])))
    return systems.DeadZone(
        step=float(r.choice([1e-3, 0.1, 1, 2.5, 100])),
        offset=float(r.choice([-0.5, 0, 0.03, 0.25, 0.5])),
        weighted=bool(r.random() < 0.5),
    )


def coder(r: Random, coders: list[str]) -> ve.System:
    setting, adaptive = str(r.choice(["fast", "precise"])), bool(r.random() < 0.5)
    return systems.ANSEncode(coder=str(r.choice(coders)), setting=setting, adaptive=adaptive)


EXACT, ALL = ["WaveletCDF53", "WaveletHaar"], ["WaveletCDF53", "WaveletCDF97", "WaveletHaar"]


def pipe_file(r: Random, coders: list[str]) -> bytes:
    """A picture, latent or planes of integers through steps at random."""
    world = World(64 << 20, threads=1)
    kind = str(r.choice(["float picture", "picture", "latent", "planes"]))
    shape = tuple(int(n) for n in r.choice([1, 2, 3, 4, 5, 8, 9, 16, 17, 24], int(r.integers(1, 5))))
    eid = world.spawn_image(picture(r)) if "picture" in kind else world.new_entity()
    if kind == "latent":
        samples = r.normal(0, r.choice([0.01, 1, 100]), shape).astype(np.float32)
        world.latent[eid] = Latent4(world.put(samples))
    if kind == "planes":
        dtype = r.choice([np.int16, np.int32])
        limits, spread = np.iinfo(dtype), r.choice([1, 50, 3000, 1e9])
        samples = np.clip(r.normal(0, spread, shape), limits.min, limits.max).astype(dtype)
        world.store("Planes")[eid] = Planes(world.put(samples))
    pipe = world.pipe(eid)
    if "picture" in kind:
        pipe = pipe | systems.YCoCgR(float=kind == "float picture")
    if kind == "latent" and shape[0] % 4 == 0:
        pipe = pipe | systems.Hadamard4(size=int(r.choice([2, 4])))
    is_float = kind in ("float picture", "latent")
    if r.random() < 0.7:
        pipe = pipe | wavelet(r, ALL if is_float else EXACT)
    if is_float:
        pipe = pipe | quantiser(r)
    return (pipe | coder(r, coders)).out("Bitstream").tobytes()
