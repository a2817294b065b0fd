"""Opened files: what a file gives, with the steps that Python runs answered here."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from . import _core
from .errors import BitstreamError, PipeError, VaeransError, from_code
from .pipe import Pipe
from .systems.base import PRIVATE, System, registered
from .world import World

__all__ = ["inverse_of", "json_params", "samples"]


def samples(
    opened: _core.Opened,
    threads: int | None,
    scale: float,
    region: tuple[int, int, int, int] | None,
    allow_truncated: bool,
    **options: Any,
) -> np.ndarray:
    """The samples of an opened file; ``options`` go to learned decoders."""
    if (codec := _codec(opened, options.get("model"))) is not None:
        opened.give_layered(codec)
    needed = _models(opened, options.get("model"))
    for sha256, model in needed:
        opened.give(sha256, model)
    foreign = opened.foreign()
    if not foreign:
        return np.asarray(opened.samples(threads, allow_truncated, scale, region).buffer())
    systems = [inverse_of(*step, **options) for step in foreign]
    world = World._to("undo the steps of the file", opened.world_bytes(), threads=threads, keep_all=False)
    for sha256, model in needed:
        world._core.give(sha256, model)
    if codec is not None:
        world._core.give_layered(codec)
    specs = [system._spec(i) for i, system in enumerate(systems)]
    core = opened.undo(world._core, specs, allow_truncated, scale, region)
    with _blame_file():
        Pipe._of(world, core, systems).run()
    return np.array(opened.collect(world._core).buffer())


def _models(opened: _core.Opened, model: Any) -> list[tuple[bytes, _core.LearnedModel]]:
    """The learned models that the core runs for the file, by the SHA-256 that it names them by."""
    from .models import native

    return [(sha256, native.needed(sha256, source, name, model)) for sha256, source, name in opened.models()]


def _codec(opened: _core.Opened, model: Any) -> _core.LayeredCodec | None:
    """The codec in layers that the core runs for the file, if it needs one."""
    from .models import native

    needed = opened.codec()
    return None if needed is None else native.needed_layered(*needed, model)


@contextlib.contextmanager
def _blame_file() -> Iterator[None]:
    """What goes wrong while a file's own steps are undone is the file's fault, not the caller's."""
    try:
        yield
    except VaeransError as error:
        code, message = _core.blame_file(error.code, error.message)
        if code == error.code:
            raise
        raise from_code(code, message) from error


def inverse_of(number: int, name: str, params: dict[str, Any], **options: Any) -> System:
    """The system of Python's that undoes a step of a file; ``options`` go to learned decoders.

    Raises
    ------
    PipeError
        ``pipe.unknown_system`` for a custom system that was not registered here, ``pipe.no_inverse``.
    BitstreamError
        ``stream.invalid`` for parameters that the system does not take.
    """
    pair = registered(number)
    if pair is None:
        text = f"step {number:#x} ({name!r}) is not known here; register it with register_system"
        raise PipeError("pipe.unknown_system", text)
    if pair.inverse is None:
        raise PipeError("pipe.no_inverse", f"{pair.forward.__name__} was registered without an inverse")
    given, options = (json_params(number, params), {}) if number in PRIVATE else (params, options)
    try:
        return pair.inverse(**given, **options)
    except TypeError as error:
        text = f"step {number:#x} ({name!r}) with {given}: {error}"
        raise BitstreamError("stream.invalid", text) from error


def json_params(number: int, stored: dict[str, Any]) -> dict[str, Any]:
    """Parameters of a custom system, as JSON text in the file."""
    try:
        params = json.loads(stored.get("json", "{}"))
    except (TypeError, ValueError) as error:
        raise BitstreamError("stream.invalid", f"step {number:#x}: parameters are not JSON: {error}") from None
    if not isinstance(params, dict):
        raise BitstreamError("stream.invalid", f"step {number:#x}: parameters are {params!r}, not a JSON object")
    return params
