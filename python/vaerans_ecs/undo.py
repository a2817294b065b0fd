"""Undoing a component's history: the inverse of every step behind it, newest first."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from . import _core
from .errors import BitstreamError, DataError, ParamError, PipeError
from .systems.base import PRIVATE, NativeSystem, System, registered

if TYPE_CHECKING:
    from .components import Step
    from .pipe import Pipe
    from .world import World

__all__ = ["append_inverses", "blame_file", "inverse_of"]

#: What a file may tell a learned decoder: a model's name, for messages. Which model it is, the SHA-256 in the history
#: says: a file must not make its reader load or download another.
_LEARNED_PARAMS = {"name"}


class _Named(NativeSystem):
    """A native system known by its registry name alone."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(**params)
        self._name = name

    def _append(self, pipe: _core.Pipe, handle: int, out: str | None) -> int:
        return pipe.to_native(self._name, self._params, out)

    def __repr__(self) -> str:
        return f"{self._name}({', '.join(f'{k}={v!r}' for k, v in self._params.items())})"


def inverse_of(step: Step, **options: Any) -> System:
    """The system that undoes a step of a history; ``options`` go to learned decoders.

    Raises
    ------
    PipeError
        ``pipe.unknown_system`` for a custom system that was not registered here, ``pipe.no_inverse``.
    BitstreamError
        ``stream.invalid`` for parameters that the system does not take.
    """
    for number, name, inverse_name, _, _, is_native, _ in _core.registry():
        if number == step.number and is_native:
            if inverse_name is None:
                raise PipeError("pipe.no_inverse", f"{name} has no inverse: a history with it cannot be undone")
            return _Named(inverse_name, step.params)
    pair = registered(step.number)
    if pair is None:
        text = f"step {step.number:#x} ({step.name!r}) is not known here; register it with register_system"
        raise PipeError("pipe.unknown_system", text)
    if pair.inverse is None:
        raise PipeError("pipe.no_inverse", f"{pair.forward.__name__} was registered without an inverse")
    params, options = (_json_params(step), {}) if step.number in PRIVATE else (_learned_params(step), options)
    try:
        return pair.inverse(**params, **options)
    except TypeError as error:
        text = f"step {step.number:#x} ({step.name!r}) with {params}: {error}"
        raise BitstreamError("stream.invalid", text) from error


def _json_params(step: Step) -> dict[str, Any]:
    """Parameters of a custom system, as JSON text in the file."""
    try:
        params = json.loads(step.params.get("json", "{}"))
    except (TypeError, ValueError) as error:
        raise BitstreamError("stream.invalid", f"step {step.number:#x}: parameters are not JSON: {error}") from None
    if not isinstance(params, dict):
        raise BitstreamError("stream.invalid", f"step {step.number:#x}: parameters are {params!r}, not a JSON object")
    return params


def _learned_params(step: Step) -> dict[str, Any]:
    if not step.params.keys() <= _LEARNED_PARAMS or not all(isinstance(v, str) for v in step.params.values()):
        text = f"step {step.number} with parameters {step.params}; at most a text `name` expected"
        raise BitstreamError("stream.invalid", text)
    return step.params


@contextlib.contextmanager
def blame_file() -> Iterator[None]:
    """What goes wrong while a file's own pipe is rebuilt and run is the file's fault, not the caller's."""
    try:
        yield
    except (ParamError, DataError, PipeError) as error:
        if error.code == "pipe.unknown_system":
            raise
        raise BitstreamError("stream.invalid", f"the file's pipe: {error.message} [{error.code}]") from error


def append_inverses(pipe: Pipe, world: World, eid: int, key: str, **options: Any) -> Pipe:
    """Appends the inverses of everything behind the component under ``key`` to ``pipe``."""
    pipe.select(key)
    for step in reversed(world.component(eid, key).lineage):
        pipe.to(inverse_of(step, **(options if step.number not in PRIVATE and _is_learned(step) else {})))
    return pipe


def _is_learned(step: Step) -> bool:
    return step.number in (row[0] for row in _core.registry() if not row[5])
