"""What the zoo knows of a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Feed = dict[str, np.ndarray]


class Absent(Exception):
    """A model that cannot be had here, and why."""


@dataclass
class Entry:
    """A model with several inputs for it; `model` raises `Absent` where it cannot be had."""

    name: str
    model: Callable[[], bytes]
    feeds: Callable[[bytes], list[Feed]]
    #: Whether ONNX Runtime itself may be far off, so that a computation in 64 bits decides.
    is_rough: bool = False


def absent(name: str, why: str) -> Entry:
    """What stands for models that cannot be had."""

    def model() -> bytes:
        raise Absent(why)

    return Entry(name, model, lambda _: [])


def random(*shape: int, scale: float = 1.0) -> np.ndarray:
    """Noise, the same for a shape each time."""
    return (np.random.default_rng(shape).standard_normal(shape) * scale).astype(np.float32)
