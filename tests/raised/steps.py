"""Systems that do not what they should, and pipes of them."""

from __future__ import annotations

import numpy as np

from vaerans_ecs import World
from vaerans_ecs.components import Latent4, Tensor
from vaerans_ecs.systems import System, TensorType


def latent(world: World, z: np.ndarray | None = None) -> int:
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(np.zeros((4, 6, 6), np.float32) if z is None else z))
    return eid


def pipe(*steps: System, z: np.ndarray | None = None):
    world = World(1 << 20)
    made = world.pipe(latent(world, z))
    for step in steps:
        made.to(step)
    return made


class NoRun(System):
    requires = ("Latent4",)
    produces = ("Latent4",)


class Copy(System):
    requires = ("Latent4",)
    produces = ("Copy",)

    def __init__(self, note: object = None) -> None:
        self.note = note

    def params(self):
        return {"note": self.note}

    def run(self, world, eids):
        for eid in eids:
            world.attach(eid, world.output_key(eid), Tensor(world.put(world.view(world.inputs(eid)[0].ref))))


class Liar(Copy):
    """Says that it makes another type than it does."""

    def infer(self, inputs):
        return TensorType("int32", inputs[0].shape)


class Listed(Copy):
    """As `Copy`, but with a number."""


class Other(Copy):
    """Another system that wants the same number."""
