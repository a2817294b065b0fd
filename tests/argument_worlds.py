"""Worlds with something in them, and systems run in them, for tests that call everything there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import vaerans_ecs as ve
from vaerans_ecs import _core, components, systems
from vaerans_ecs.components import Latent4
from vaerans_ecs.models import native

GREY = np.arange(64, dtype=np.uint8).reshape(8, 8)
RGB = np.stack([GREY, GREY, GREY], 2)
FLOATS = np.linspace(-1, 1, 64, dtype=np.float32).reshape(4, 4, 4)
FILE = ve.compress(RGB)
CODEC = native.layered()


class World:
    """A world with an entity that has everything, made anew for each call."""

    def __init__(self) -> None:
        self.world = ve.World(1 << 20, threads=1)
        self.image = self.world.spawn_image(RGB)
        self.eid = self.world.new_entity()
        self.world.latent[self.eid] = Latent4(self.world.put(FLOATS))
        self.pipe = self.world.pipe(self.eid) | systems.Hadamard4() | systems.QuantizeU8() | systems.ANSEncode()
        self.handle = self.pipe.out("Bitstream")
        self.ref = self.world.latent[self.eid].ref


class From:
    """An argument that is taken from the world of the call."""

    def __init__(self, take: Callable[[World], Any]) -> None:
        self.take = take

    def __call__(self, world: World) -> Any:
        return self.take(world)


def components_of() -> list[Any]:
    """One component of each kind, of a tensor."""
    ref = ve.Arena(1 << 10).alloc_tensor((4, 4, 4), "uint8")
    names = (
        "RGB", "ReconRGB", "BlurRGB", "Planes", "Latent4", "YUVW4", "WaveletPyr", "SymbolsU8", "Residual", "Tensor",
        "Scalar", "ANSBitstream",
    )  # fmt: skip
    return [getattr(components, name)(ref) for name in names]


def attach(cls: type[Any]) -> Callable[..., Any]:
    """What makes such a component and gives it to an entity."""

    def call(**given: Any) -> None:
        w = World()
        given[cls.main] = w.ref if isinstance(given[cls.main], ve.TensorRef) else given[cls.main]
        w.world.attach(w.eid, "Mine", cls(**given))
        w.world.component(w.eid, "Mine")

    return call


def holding(cls: type[systems.System]) -> tuple[ve.World, int]:
    """A world with an entity that has what the system reads, as far as one step may go without those before it."""
    world = ve.World(1 << 20, threads=1)
    eid = world.spawn_image(RGB)
    made = {"ReconRGB": components.ReconRGB, "Latent4": Latent4, "YUVW4": components.YUVW4, "Planes": components.Planes}
    for key, component in made.items():
        world.attach(eid, key, component(world.put(RGB if key == "ReconRGB" else FLOATS)))
    if cls is systems.PredictEncode:
        channels = _core.Predictor(CODEC.predictor).layers[0]
        world.symbols[eid] = components.SymbolsU8(world.put(np.zeros((channels, 2, 3), np.int16)))
        world._core.give_layered(CODEC.core)
    return world, eid


def run_system(cls: type[systems.System]) -> Callable[..., Any]:
    """What makes such a system and runs it in a pipe."""

    def run(**given: Any) -> None:
        world, eid = holding(cls)
        pipe = world.pipe(eid)
        if cls.requires[0] in {key for key, _ in world.versions(eid)}:
            pipe.select(cls.requires[0])
        pipe.to(cls(**given)).run()

    return run


def run_in_layers(encoder: systems.System) -> None:
    """Runs an encoder of a codec in layers, which takes more memory than others."""
    world = ve.World(32 << 20, threads=1)
    world.pipe(world.spawn_image(RGB)).to(encoder).run()


def run_alone(cls: type[systems.System]) -> Callable[..., Any]:
    """What runs such a system outside of a pipe."""

    def run(world: Any, eids: Any) -> None:
        cls().run(holding(cls)[0] if world is None else world, eids)

    return run
