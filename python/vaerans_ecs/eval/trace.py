"""The trace of a world, brought to the report's :class:`Step` rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .model import Step

if TYPE_CHECKING:
    import numpy as np

    from ..systems import System


def steps_of(trace: Iterable[Mapping[str, Any]]) -> list[Step]:
    """Steps of a :class:`vaerans_ecs.trace.Trace`: its rows, in the order they ran."""
    return [_step(index, row) for index, row in enumerate(trace)]


def _step(index: int, row: Mapping[str, Any]) -> Step:
    return Step(
        codec="",
        photo="",
        point="",
        index=index,
        system=str(row["system"]),
        params=str(row.get("params", "")),
        shape_in=shape_text(row["input_shape"]),
        dtype_in=str(row["input_dtype"]),
        shape_out=shape_text(row["output_shape"]),
        dtype_out=str(row["output_dtype"]),
        entropy_bits=row.get("entropy_bits"),
        bytes=row.get("bytes"),
        ms=row["nanos"] / 1e6,
        isa=str(row.get("isa", "")),
        seed=row.get("seed"),
    )


def shape_text(shape: Sequence[int]) -> str:
    """``(4, 64, 96)`` as ``4 x 64 x 96``, with the multiplication sign.

    >>> shape_text(())
    'scalar'
    """
    return " \u00d7 ".join(str(n) for n in shape) or "scalar"


def trace_profile(img: np.ndarray, arguments: Mapping[str, Any]) -> list[Step]:
    """Steps of ``compress(img, **arguments)``: the pipe its file names, run once more in a world that keeps a trace.

    A file names every step with its parameters, so this is what ran but for the tiles: a picture is one tile here.
    """
    from .. import World
    from ..api import compress, info

    steps = info(compress(img, **{"threads": 1, **arguments})).steps
    world = World._to("trace its steps", arena_bytes(img), trace=True, threads=1)
    pipe = world.pipe(world.spawn_image(img))
    for number, name, params in steps:
        pipe.to(_forward(number, name, params, arguments.get("model")))
    pipe.out()
    return steps_of(world.trace)


def _forward(number: int, name: str, params: dict[str, Any], model: Any) -> System:
    """The forward system of a recorded step: the registry's, a learned one, or the user's own."""
    from .. import systems
    from ..opened import json_params
    from ..systems.base import PRIVATE

    pair = systems.registered(number)
    build: Callable[..., System] = getattr(systems, name) if pair is None else pair.forward
    if build is systems.VAEEncode:
        return systems.VAEEncode(model, engine="native")
    if build is systems.LayeredVAEEncode:
        return systems.LayeredVAEEncode(params["step"], model)
    if pair is None:
        return build(**params)
    return build(**json_params(number, params)) if number in PRIVATE else build(model)


def arena_bytes(img: np.ndarray) -> int:
    """Room for a picture and the float copies a chain makes of it: ten of each sample, and a floor for tables."""
    return (64 << 20) + 40 * img.nbytes
