"""One shape for everything a report can run: peers, profiles, functions and pipes become a :class:`Codec`."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from .. import _arguments as arguments
from ..errors import ParamError
from . import peers as _peers
from .model import Step

if TYPE_CHECKING:
    import numpy as np

Params = dict[str, Any]

# What a profile is swept over when the caller names nothing.
DEFAULT_SWEEP: dict[str, Sequence[Any]] = {"quality": (5, 15, 25, 35, 45, 55, 65, 75, 85, 92)}


@dataclass
class Codec:
    """A codec under test. ``encode(img, params)`` takes (H, W, 3) uint8; ``decode(data)`` gives it back."""

    name: str
    kind: str  # "pipe" or "peer"
    encode: Callable[[np.ndarray, Params], bytes]
    decode: Callable[[bytes], np.ndarray]
    points: list[Params] = field(default_factory=list)
    version: str = ""
    settings: str = ""
    trace: Callable[[np.ndarray, Params], list[Step]] | None = None
    mime: str | None = None  # set where a browser shows the files themselves
    cached: bool = False  # its points may be kept on disk: (name, version, picture, quality) says all


def point_name(params: Mapping[str, Any]) -> str:
    """Parameters as text: ``quality=50`` or ``levels=4, step=8``; ``default`` for none."""
    return ", ".join(f"{k}={v:g}" if isinstance(v, float) else f"{k}={v}" for k, v in params.items()) or "default"


def sweep_points(sweep: Mapping[str, Any] | None) -> list[Params]:
    """Every combination of the axes of a sweep, the last axis fastest. A value that is not a sequence is one point.

    >>> sweep_points({"levels": [3, 4], "step": 8})
    [{'levels': 3, 'step': 8}, {'levels': 4, 'step': 8}]
    """
    if not isinstance(sweep, Mapping | None):
        raise arguments.wrong("sweep", sweep, "a mapping of a parameter to its values")
    axes = {arguments.text("sweep", k): _values(v) for k, v in (sweep or {}).items()}
    return [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]


def _values(axis: Any) -> list[Any]:
    if isinstance(axis, (str, bytes)) or not isinstance(axis, Iterable):
        return [axis]
    import numpy as np

    # NumPy scalars become Python's, so that they print and serialise as numbers
    return [v.item() if isinstance(v, np.generic) else v for v in arguments.each("sweep", axis, "values")]


def from_peer(peer: _peers.Peer) -> Codec:
    """A peer at its own qualities."""
    return Codec(
        name=peer.name,
        kind="peer",
        encode=lambda img, params: peer.encode(img, params[peer.knob]),
        decode=peer.decode,
        points=[{peer.knob: q} for q in peer.qualities],
        version=_peers.version(peer.name),
        settings=peer.settings,
        mime=peer.mime,
        cached=True,
    )


def from_pipe(name: str, spec: Any, sweep: Mapping[str, Any] | None) -> Codec:
    """Turn what a user wrote under ``pipes[name]`` into a codec.

    ``spec`` is a profile's name; a mapping of keyword arguments of ``compress`` (it may hold its own ``sweep``); a
    :class:`Codec`; a pair (encode, decode); a function ``(img, **point) -> bytes``, decoded by ``decompress``; or a
    pipe factory ``(world, eid, **point) -> pipe`` whose newest ``Bitstream`` counts.

    ``sweep`` maps parameter names to their values; an entry under ``name`` itself is this pipe's own sweep.
    """
    own, shared = _split_sweep(name, sweep)
    if isinstance(spec, Codec):
        return replace(spec, name=name, points=spec.points or sweep_points(own if own is not None else shared))
    if isinstance(spec, str):
        spec = {"profile": spec}
    if isinstance(spec, Mapping):
        return _profile(name, dict(spec), own, shared)
    points = sweep_points(own if own is not None else shared)
    decode: Callable[[bytes], np.ndarray] = _decompress
    if isinstance(spec, tuple) and len(spec) == 2:
        spec, decode = spec
    if not callable(spec):
        raise _param_error(name, spec)
    settings = " ".join(str(inspect.getdoc(spec) or getattr(spec, "__name__", "")).split("\n\n")[0].split())
    if _required_positional(spec, points) >= 2:
        factory = _Factory(spec)
        return Codec(name, "pipe", factory.encode, decode, points, _own_version(), settings, factory.trace)
    return Codec(name, "pipe", lambda img, params: _as_bytes(spec(img, **params)), decode, points, "", settings)


def _split_sweep(name: str, sweep: Mapping[str, Any] | None) -> tuple[Any, dict[str, Any]]:
    shared = {k: v for k, v in (sweep or {}).items() if not isinstance(v, Mapping)}
    own = (sweep or {}).get(name)
    return (own if isinstance(own, Mapping) else None), shared


def _profile(name: str, spec: Params, own: Any, shared: Params) -> Codec:
    sweep = spec.pop("sweep", None) or own or shared or DEFAULT_SWEEP
    axes = {k: v for k, v in sweep.items() if k not in spec}  # an argument fixed in the spec is not swept
    points = sweep_points(axes)
    for point in points:
        _check_options(**{**spec, **point})

    def encode(img: np.ndarray, params: Params) -> bytes:
        from ..api import compress

        return compress(img, **{"threads": 1, **spec, **params})

    def trace(img: np.ndarray, params: Params) -> list[Step]:
        from .trace import trace_profile

        return trace_profile(img, {**spec, **params})

    settings = "compress(" + ", ".join(f"{k}={v!r}" for k, v in spec.items()) + ")"
    return Codec(name, "pipe", encode, _decompress, points, _own_version(), settings, trace)


def _check_options(profile: Any = "photo", **options: Any) -> None:
    """Wrong arguments of ``compress`` are told before anything runs, not once a point."""
    from .. import _core
    from ..api import compress

    own = inspect.signature(compress).parameters.keys() - {"quality", "lossless"}
    _core.profile_options(profile, {name: value for name, value in options.items() if name not in own})


class _Factory:
    """A pipe built anew for every picture and point, in a world of its own (so that points run side by side)."""

    def __init__(self, build: Callable[..., Any]) -> None:
        self.build = build

    def _run(self, img: np.ndarray, params: Params) -> tuple[Any, bytes]:
        from .. import World
        from .trace import arena_bytes

        world = World._to("run the pipe", arena_bytes(img), trace=True, threads=1)
        pipe = self.build(world, world.spawn_image(img), **params)
        if hasattr(pipe, "out"):
            pipe = pipe.out("Bitstream")
        return world, _as_bytes(pipe)

    def encode(self, img: np.ndarray, params: Params) -> bytes:
        return self._run(img, params)[1]

    def trace(self, img: np.ndarray, params: Params) -> list[Step]:
        from .trace import steps_of

        return steps_of(self._run(img, params)[0].trace)


def _required_positional(function: Callable[..., Any], points: list[Params]) -> int:
    """Positional parameters that no sweep point fills: 1 is (img), 2 is (world, eid)."""
    swept = {key for point in points for key in point}
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return 1
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(p.kind in positional and p.default is p.empty and p.name not in swept for p in parameters)


def _as_bytes(result: Any) -> bytes:
    if hasattr(result, "tobytes") and not isinstance(result, memoryview):
        result = result.tobytes()
    data = arguments.block("result", result)
    if not data:
        raise ParamError("param.type", "the pipe returned no bytes; those of a file expected")
    return data


def _decompress(data: bytes) -> np.ndarray:
    from ..api import decompress

    return decompress(data, threads=1)


def _own_version() -> str:
    import vaerans_ecs

    return f"vaerans_ecs {getattr(vaerans_ecs, '__version__', '')}".strip()


def _param_error(name: str, spec: Any) -> Exception:
    from ._errors import param

    return param(
        "param.type",
        f"pipes[{name!r}] is a {type(spec).__name__}; expected a profile name, keyword arguments of compress, a "
        "function (img, **point) -> bytes, a pair (encode, decode) or a pipe factory (world, eid, **point) -> pipe",
    )
