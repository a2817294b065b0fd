"""What a system is: the base of the native ones and of a user's own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from .. import _arguments as arguments
from .. import _core
from ..errors import ParamError, PipeError

if TYPE_CHECKING:
    from ..world import World

__all__ = ["NativeSystem", "Registered", "System", "TensorType", "register_system", "registered"]

_KINDS = {name: kind for name, kind, *_ in _core.store_keys()}

#: Numbers that users may register their systems under.
PRIVATE = range(_core.PRIVATE, 0x10000)


class TensorType(NamedTuple):
    """Element type and shape of a tensor, each None where it is not known before it is made."""

    dtype: str | None = None
    shape: tuple[int, ...] | None = None


class System:
    """A step of a pipe. Subclass it to add one of your own.

    Declare ``requires`` (keys it reads; the first is the pipe's cursor) and ``produces`` (keys it makes;
    the first is where the cursor goes), and write ``run(world, eids)``: all entities of one call have
    inputs of one shape. Read them with ``world.inputs(eid)``, attach the result with
    ``world.attach(eid, world.output_key(eid), component)``.

    A band is what has a step, and a table of probabilities, of its own. Bands of one's own are channels: give the
    coefficients of a block transform as (C * k * k, H / k, W / k), one channel for each of the k * k, and
    ``QuantizeU8(per_channel=True)`` and ``ANSEncode`` treat each alone.

    A pair that should be saved in files is registered with :func:`register_system`; then ``params()``
    must be JSON, and a component's ``side`` bytes reach the inverse as ``lineage[-1].side``.
    """

    requires: ClassVar[Sequence[str]] = ()
    produces: ClassVar[Sequence[str]] = ()
    #: Number in files; 0: not registered.
    number: ClassVar[int] = 0
    #: Whether it undoes the forward system of the same number.
    is_inverse: ClassVar[bool] = False
    #: Whether it belongs into a decodable history (false for metrics and side products).
    is_recorded: ClassVar[bool] = True

    def params(self) -> dict[str, Any]:
        """Parameters to build the system again: ``type(self)(**params)``."""
        return {}

    def run(self, world: World, eids: list[int]) -> None:
        """Runs on entities whose inputs have one shape."""
        raise PipeError("pipe.not_runnable", f"{type(self).__name__} has no run(world, eids)")

    def infer(self, inputs: list[TensorType]) -> TensorType | None:
        """What the first product will be, given the inputs; None: it cannot be told.

        A plan that knows it refuses what does not fit before anything runs.
        """
        return None

    def _infer(self, inputs: list[tuple[str | None, list[int] | None]]) -> tuple[str | None, list[int] | None] | None:
        types = [TensorType(dtype, None if shape is None else tuple(shape)) for dtype, shape in inputs]
        made = self.infer(types)
        return None if made is None else (made.dtype, None if made.shape is None else list(made.shape))

    def _spec(self, handle: int) -> tuple[Any, ...]:
        """The step as the core plans it."""
        cls = type(self)
        needs = [
            (key, [_KINDS[key]] if key in _KINDS else [], [key], None if i == 0 else key)
            for i, key in enumerate(cls.requires)
        ]
        if not cls.produces:
            raise PipeError("pipe.wrong_kind", f"{cls.__name__} declares no key in `produces`")
        params = {k: v for k, v in self.params().items() if v is not None}
        if cls.number in PRIVATE:
            params = {"json": dump(params, cls)}
        elif not all(isinstance(v, bool | int | float | str) for v in params.values()):
            params = {"json": json.dumps(params, default=str)}
        infer = None if cls.infer is System.infer else self._infer
        produces = list(cls.produces)
        return handle, cls.__name__, cls.number, params, needs, produces, cls.is_inverse, cls.is_recorded, infer

    def _append(self, pipe: _core.Pipe, handle: int, out: str | None) -> int:
        return pipe.to_foreign(self._spec(handle), out)

    def __repr__(self) -> str:
        inner = ", ".join(f"{k}={v!r}" for k, v in self.params().items())
        return f"{type(self).__name__}({inner})"


def dump(params: dict[str, Any], cls: type) -> str:
    """Parameters as JSON text."""
    try:
        return json.dumps(params)
    except TypeError as e:
        raise ParamError("param.type", f"{cls.__name__}.params() must be JSON: {e}") from None


class NativeSystem(System):
    """A system of the registry, which knows it by the name of its class; run by the core."""

    def __init__(self, **params: Any) -> None:
        self._params = {k: v for k, v in params.items() if v is not None}

    def params(self) -> dict[str, Any]:
        return dict(self._params)

    def run(self, world: World, eids: list[int]) -> None:
        """Runs on entities; the result stands under ``produces[0]``, an inverse's under the key of what was coded."""
        from ..world import World

        arguments.member("world", world, World, "a World").pipe(eids).to(self).run()

    def _append(self, pipe: _core.Pipe, handle: int, out: str | None) -> int:
        return pipe.to_native(type(self).__name__, self._params, out)


class Registered(NamedTuple):
    """A pair of systems under one number."""

    forward: type[System]
    inverse: type[System] | None


_REGISTERED: dict[int, Registered] = {}


def register_system(number: int, forward: type[System], inverse: type[System] | None = None) -> None:
    """Gives a custom pair a number, so that files can name it.

    Parameters
    ----------
    number : int
        From 0x8000 to 0xFFFF; every file that uses the pair names it, so never change its meaning.
    forward, inverse : type
        Subclasses of :class:`System` whose ``params()`` are JSON. The inverse is built with the forward's
        parameters.

    Raises
    ------
    ParamError
        ``param.range`` outside the private range, ``param.taken`` where another pair has the number.
    """
    number = arguments.whole("number", number)
    if number not in PRIVATE:
        raise ParamError("param.range", f"number={number:#x}; 0x8000 to 0xffff are for systems of your own")
    _check_class("forward", forward, number)
    if inverse is not None:
        _check_class("inverse", inverse, number)
        if inverse is forward:
            raise ParamError(
                "param.type", f"forward and inverse are both {forward.__name__}; a class for each expected"
            )
    _register(number, forward, inverse)


def _check_class(name: str, cls: Any, number: int) -> None:
    """A class of the user's own that can stand in a pipe, under this number alone."""
    if not (isinstance(cls, type) and issubclass(cls, System)):
        raise ParamError(
            "param.type", f"{name}={arguments.told(cls)}; a subclass of System expected, not an object of it"
        )
    if issubclass(cls, NativeSystem) or cls is System or (cls.number and cls.number not in PRIVATE):
        raise ParamError("param.type", f"{name}={cls.__name__} is the library's own; write a subclass of System")
    # Its own, not one that it has from a class of another number.
    if vars(cls).get("number", number) not in (0, number):
        text = f"{name}={cls.__name__} has the number {cls.number:#x} already; a class has one"
        raise ParamError("param.taken", f"{text}: files of both could not be told apart")


def _register(number: int, forward: type[System], inverse: type[System] | None) -> None:
    known = _REGISTERED.get(number)
    if known and known.forward.__qualname__ != forward.__qualname__:
        raise ParamError("param.taken", f"number {number:#x} belongs to {known.forward.__qualname__}")
    if known and known.inverse and inverse and known.inverse.__qualname__ != inverse.__qualname__:
        raise ParamError("param.taken", f"number {number:#x} is undone by {known.inverse.__qualname__}")
    forward.number, forward.is_inverse = number, False
    if inverse is not None:
        inverse.number, inverse.is_inverse = number, True
    _REGISTERED[number] = Registered(forward, inverse)


def registered(number: int) -> Registered | None:
    """The pair registered under ``number``."""
    return _REGISTERED.get(number)
