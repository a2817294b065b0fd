"""Undoing a component's history: the inverse of every step behind it, newest first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from . import _core
from .errors import PipeError
from .systems.base import PRIVATE, NativeSystem, System, registered

if TYPE_CHECKING:
    from .components import Step
    from .pipe import Pipe
    from .world import World

__all__ = ["append_inverses", "inverse_of"]


class _Named(NativeSystem):
    """A native system known by its registry name alone."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(**params)
        self._name = name

    def _append(self, pipe: Any, handle: int, out: str | None) -> int:
        step: int = pipe.to_native(self._name, self._params, out)
        return step

    def __repr__(self) -> str:
        return f"{self._name}({', '.join(f'{k}={v!r}' for k, v in self._params.items())})"


def inverse_of(step: Step, **options: Any) -> System:
    """The system that undoes a step of a history; ``options`` go to learned decoders.

    Raises
    ------
    PipeError
        ``pipe.unknown_system`` for a custom system that was not registered here.
    """
    for number, _, inverse_name, _, _, is_native, _ in _core.registry():
        if number == step.number and is_native and inverse_name:
            return _Named(inverse_name, step.params)
    pair = registered(step.number)
    if pair is None or pair.inverse is None:
        text = f"step {step.number:#x} ({step.name!r}) is not known here; register it with register_system"
        raise PipeError("pipe.unknown_system", text)
    params = step.params
    if step.number in PRIVATE:
        params, options = json.loads(params.get("json", "{}")), {}
    return pair.inverse(**params, **options)


def append_inverses(pipe: Pipe, world: World, eid: int, key: str, **options: Any) -> Pipe:
    """Appends the inverses of everything behind the component under ``key`` to ``pipe``."""
    pipe.select(key)
    for step in reversed(world.component(eid, key).lineage):
        pipe.to(inverse_of(step, **(options if step.number not in PRIVATE and _is_learned(step) else {})))
    return pipe


def _is_learned(step: Step) -> bool:
    return step.number in (row[0] for row in _core.registry() if not row[5])
