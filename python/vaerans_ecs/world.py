"""The world: entities, the arena behind their components, and pipes over them."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from . import _arguments as arguments
from . import _core
from . import _devices as devices
from ._metadata import filled, metadata_of
from ._pillow_modes import is_pillow, pixels
from .arena import Arena, tensor
from .components import Component, ComponentStore
from .components.base import Home
from .components.store import from_core
from .errors import LimitError, ParamError, PipeError, VaeransError
from .pipe import Handle, Pipe
from .trace import Trace

if TYPE_CHECKING:
    from ._core import TensorRef
    from .components import (
        RGB,
        YUVW4,
        ANSBitstream,
        BlurRGB,
        Latent4,
        Planes,
        ReconRGB,
        Residual,
        SymbolsU8,
        WaveletPyr,
    )

__all__ = ["Entity", "World"]

#: An entity is its number.
Entity = int

_STORES = {store: name for name, _, store, _ in _core.store_keys() if store}


class World:
    """Entities with their components, an arena, and the settings systems run with.

    Parameters
    ----------
    arena_bytes : int
        Budget of the arena in bytes; memory is touched only when it is used.
    device : str
        Where networks run: ``"cpu"`` or an ONNX Runtime device (``"cuda"``). Kernels run on the CPU.
    dtype : str
        Element type of latents: ``"float32"``.
    threads : int, optional
        Threads; without it ``VAERANS_THREADS``, then the cores this process may use. 1 never enters a pool.
    isa : str, optional
        Instruction set (``"avx2"``, ``"reference"``, ...); without it ``VAERANS_ISA``, then the best there is.
    trace : bool
        Whether steps leave rows in :attr:`trace`.
    seed : int
        Seed for systems that draw numbers; kept in the trace.
    keep_all : bool
        Whether every result of a pipe stays readable. If not, one that no later step of the pipe reads is dropped at
        once, except what the pipe ends with and what :meth:`Pipe.out` asks for: large pictures need less memory.
    batch : int
        Most entities of one shape that a native step is given at once; steps that want more get as many as they want.

    Notes
    -----
    A world may be used from many threads: each call takes its lock and releases the GIL.

    Examples
    --------
    >>> import numpy as np
    >>> from vaerans_ecs import World
    >>> w = World(arena_bytes=1 << 20)
    >>> e = w.spawn_image(np.zeros((8, 8, 3), np.uint8))
    >>> w.rgb[e].pix.shape
    (8, 8, 3)
    """

    def __init__(
        self,
        arena_bytes: int = 512 << 20,
        device: str = "cpu",
        dtype: str = "float32",
        threads: int | None = None,
        *,
        isa: str | None = None,
        trace: bool = True,
        seed: int = 0,
        keep_all: bool = True,
        batch: int = 1,
    ) -> None:
        if arguments.dtype("dtype", dtype) != np.float32:
            raise ParamError("param.dtype", f"dtype={dtype!r}; float32 is the element type of latents")
        self._core = _core.World(
            arguments.whole("arena_bytes", arena_bytes, 1),
            arguments.threads(threads),
            arguments.maybe_text("isa", isa),
            arguments.flag("trace", trace),
            arguments.whole("seed", seed),
            arguments.flag("keep_all", keep_all),
            arguments.whole("batch", batch, 1),
        )
        self.device = devices.checked(device)
        self.dtype = np.dtype(np.float32)
        self.arena = Arena._of(self._core.arena)
        self._local = threading.local()
        #: ICC profile, EXIF block and orientation of what entities were spawned from.
        self._carried: dict[int, dict[str, Any]] = {}

    @classmethod
    def _to(cls, work: str, arena_bytes: int, trace: bool = False, **options: Any) -> World:
        """One for a piece of work whose caller chose no arena: no message advises to change its size."""
        try:
            return cls(arena_bytes=arena_bytes, trace=trace, **options)
        except LimitError as error:
            if error.code != "limit.memory":
                raise
            why = f"the system refused {arena_bytes} bytes, which it may take to {work}; free some memory"
            raise LimitError(error.code, why) from error

    # Stores -----------------------------------------------------------------------------------

    def store(self, key: str) -> ComponentStore[Any]:
        """Components under any key, as a mapping from entity to component."""
        return ComponentStore(self, arguments.text("key", key))

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_STORES})

    if TYPE_CHECKING:
        rgb: ComponentStore[RGB]
        recon: ComponentStore[ReconRGB]
        planes: ComponentStore[Planes]
        latent: ComponentStore[Latent4]
        yuvw: ComponentStore[YUVW4]
        wavelet: ComponentStore[WaveletPyr]
        symbols: ComponentStore[SymbolsU8]
        residual: ComponentStore[Residual]
        blur: ComponentStore[BlurRGB]
        bitstream: ComponentStore[ANSBitstream]
    else:

        def __getattr__(self, name: str) -> ComponentStore[Any]:
            key = _STORES.get(name)
            if key is None:
                raise AttributeError(f"World has no attribute {name!r}; stores are {', '.join(_STORES)}, or store(key)")
            return ComponentStore(self, key)

    def component(self, eid: int, key: str, step: int | None = None) -> Component:
        """The newest component under ``key``, or the version that ``step`` made.

        It keeps naming its version when newer ones come.
        """
        eid, key = _entity(eid), arguments.text("key", key)
        made_by, kind, ref, meta, records = self._core.component(eid, key, arguments.maybe_whole("step", step))
        return from_core(Home(self, eid, key, made_by), kind, ref, meta, records)

    def attach(self, eid: int, key: str, component: Component) -> None:
        """Puts ``component`` under ``key`` as a new version; older ones stay readable by step."""
        if not isinstance(component, Component):
            advice = "put an array into the arena first, as in w.latent[e] = Latent4(w.put(array))"
            raise arguments.wrong("component", component, f"a component ({advice})")
        step = getattr(self._local, "step", None)
        eid, key, ref = _entity(eid), arguments.text("key", key), tensor(component.ref, type(component).main)
        side = None if component.side is None else memoryview(arguments.data("side", component.side)).tobytes()
        self._core.attach(eid, key, ref, component.meta(), step, side)

    def versions(self, eid: int) -> list[tuple[str, int]]:
        """Keys and step numbers of an entity's components, oldest first."""
        return self._core.keys(_entity(eid))

    # Spawning ---------------------------------------------------------------------------------

    def new_entity(self) -> int:
        """A new entity without components."""
        return self._core.new_entity()

    def spawn_image(self, image: np.ndarray) -> int:
        """An entity whose RGB is ``image`` itself, (H, W, C) or (H, W), uint8 or uint16; or a Pillow image.

        A contiguous array is leased, not copied: leave it unchanged while the entity lives.
        Anything else is copied once (``stats["copies"]`` counts). What a Pillow image carries (ICC profile, EXIF)
        goes into the files that the entity's handles save.
        """
        array = as_image(image)
        carried = _carried(image)
        if array.flags.c_contiguous and array.flags.aligned:
            return self._carries(self._core.lease_image(array), carried)
        self._check_room(array.nbytes)
        return self._carries(self._core.copy_images([np.ascontiguousarray(array)])[0], carried)

    def _carries(self, eid: int, metadata: dict[str, Any]) -> int:
        if metadata:
            self._carried[eid] = metadata
        return eid

    def _check_room(self, size: int) -> None:
        """Refuses what no arena of this size holds, before it is copied once on the way there."""
        capacity = self.stats["arena"]["capacity"]
        if size > capacity:
            raise LimitError("limit.arena", f"{size} bytes needed, the arena has {capacity}; raise arena_bytes")

    def spawn_batch_rgb(self, images: Iterable[np.ndarray]) -> list[int]:
        """Entities for many images: one contiguous buffer per shape, each image copied once."""
        pictures = arguments.iterable("images", images, "pictures")
        given, carried = [as_image(i) for i in pictures], [_carried(i) for i in pictures]
        self._check_room(sum(i.nbytes for i in given))
        arrays = [np.require(i, requirements=["C", "A"]) for i in given]
        groups: dict[tuple[Any, ...], list[int]] = {}
        for i, a in enumerate(arrays):
            groups.setdefault((a.shape, a.dtype), []).append(i)
        eids: dict[int, int] = {}
        for members in groups.values():
            eids.update(zip(members, self._core.copy_images([arrays[i] for i in members]), strict=True))
        return [self._carries(eids[i], carried[i]) for i in range(len(arrays))]

    def spawn_files(
        self,
        paths: str | Path | Iterable[str | Path],
        *,
        progress: Callable[[int, int], None] | None = None,
        threads: int | None = None,
    ) -> list[int]:
        """Entities for JPEG, PNG, WebP and TIFF files, one path or many, read and decoded side by side in Rust.

        ``progress(done, total)`` is called as files arrive. Samples are taken as stored; ICC profile, EXIF block and
        orientation go into the files that the entity's handles save. Where a file cannot be read its error is raised
        and nothing is spawned; ``vaerans_ecs.images.read_pictures`` goes on past bad files.
        """
        from .images import metadata, read_pictures

        listed = [paths] if isinstance(paths, str | os.PathLike) else arguments.iterable("paths", paths, "paths")
        names = [arguments.path(f"paths[{i}]", p) for i, p in enumerate(listed)]
        if progress is not None and not callable(progress):
            raise arguments.wrong("progress", progress, "a function of (done, total)")
        pictures = read_pictures(names, arguments.threads(threads) or self._core.threads, progress)
        if bad := next((p for p in pictures if isinstance(p, Exception)), None):
            raise bad
        good = [p for p in pictures if not isinstance(p, Exception)]
        return [self._carries(self.spawn_image(p.pixels), metadata(p)) for p in good]

    def spawn_bitstream(
        self,
        data: bytes,
        *,
        item: str | None = None,
        max_pixels: int | None = None,
        max_bytes: int | None = None,
        max_elements: int | None = None,
    ) -> int:
        """An entity whose Bitstream is a whole ``.vrn`` file, ready for a decoding pipe.

        ``item`` names one of a file of many items; the limits are those of :func:`vaerans_ecs.decompress`. What the
        pipe makes lies in the arena: ``arena_bytes`` bounds it.
        """
        limits = {"max_pixels": max_pixels, "max_bytes": max_bytes, "max_elements": max_elements}
        held = {name: arguments.maybe_whole(name, value) for name, value in limits.items()}
        opened = _core.Opened(arguments.data("data", data), held, arguments.maybe_text("item", item))
        return opened.spawn(self._core)

    def despawn(self, eid: int) -> None:
        """Removes an entity; its memory comes back once no view of it lives."""
        self._core.despawn(_entity(eid))
        self._carried.pop(eid, None)

    def reset(self) -> None:
        """Removes all entities; an error while a view of the arena lives."""
        self._core.reset()
        self._carried.clear()

    @property
    def entities(self) -> list[int]:
        """Ids of all entities."""
        return self._core.entities()

    # Tensors ----------------------------------------------------------------------------------

    def scratch(self, name: str, shape: Sequence[int], dtype: Any = "float32") -> TensorRef:
        """A named buffer, kept and handed out again while its shape and dtype stay the same."""
        name, shape = arguments.text("name", name), arguments.shape("shape", shape)
        return self._core.scratch(name, shape, arguments.dtype("dtype", dtype).name)

    def view(self, ref: TensorRef) -> np.ndarray:
        """A NumPy view of a tensor: no copy."""
        return self.arena.view(ref)

    def put(self, array: np.ndarray) -> TensorRef:
        """A tensor of this world's arena holding a copy of ``array``."""
        array = arguments.array("array", array)
        ref = self.arena.alloc_tensor(array.shape, array.dtype)
        self.arena.view(ref)[...] = array
        return ref

    # Pipes ------------------------------------------------------------------------------------

    @overload
    def pipe(self, entity: int, /) -> Pipe[Handle]: ...
    @overload
    def pipe(self, entities: Iterable[int], /) -> Pipe[list[Handle]]: ...
    @overload
    def pipe(
        self, first: int | Iterable[int], second: int | Iterable[int], /, *more: int | Iterable[int]
    ) -> Pipe[list[Handle]]: ...
    def pipe(self, *entities: int | Iterable[int]) -> Pipe[Any]:
        """A pipe over one entity or many: ``w.pipe(e)``, ``w.pipe(e1, e2)``, ``w.pipe([e1, e2])``.

        That of one entity gives a handle, the others give lists of handles, be it of one.
        """
        one = (int, np.integer, str, bytes)
        flat = [
            i for e in entities for i in ([e] if isinstance(e, one) else arguments.iterable("entities", e, "entities"))
        ]
        single = len(entities) == 1 and isinstance(entities[0], one)
        return Pipe(self, [_entity(i) for i in flat], not single)

    @contextlib.contextmanager
    def _during(self, step: int, bound: dict[int, tuple[list[tuple[str, int]], str]]) -> Iterator[None]:
        """While a Python system runs on this thread, what it attaches belongs to its step."""
        self._local.step, self._local.bound = step, bound
        try:
            yield
        finally:
            self._local.step, self._local.bound = None, None

    def inputs(self, eid: int) -> list[Component]:
        """Inside ``System.run``: the entity's inputs as the plan bound them."""
        slots, _ = self._bound(eid)
        return [self.component(eid, key, step) for key, step in slots]

    def output_key(self, eid: int) -> str:
        """Inside ``System.run``: the key the step's result is expected under."""
        key: str = self._bound(eid)[1]
        return key

    def _bound(self, eid: int) -> tuple[list[tuple[str, int]], str]:
        bound = getattr(self._local, "bound", None) or {}
        if _entity(eid) not in bound:
            raise PipeError("pipe.unknown_entity", f"no step runs on entity {eid} now; inputs belong into System.run")
        found: tuple[list[tuple[str, int]], str] = bound[eid]
        return found

    # Counters ---------------------------------------------------------------------------------

    @property
    def stats(self) -> dict[str, Any]:
        """Entities, leases, copies, copied bytes, and the arena's sizes in bytes."""
        return self._core.stats

    @property
    def isa(self) -> str:
        """Instruction set of the kernels."""
        return self._core.isa

    @property
    def threads(self) -> int:
        """Threads that steps may use."""
        return self._core.threads

    @property
    def trace(self) -> Trace:
        """One row per step and shape group: shapes, dtypes, entropy, bytes, time, seed; the newest 10,000 or more."""
        return Trace(self._core.trace())

    def clear_trace(self) -> None:
        """Forgets the trace."""
        self._core.clear_trace()

    def save_trace(self, path: str | Path) -> None:
        """Writes the trace as JSON."""
        from ._files import write_atomic

        write_atomic(arguments.path("path", path), json.dumps(self.trace.rows, indent=1).encode(), overwrite=True)

    def __repr__(self) -> str:
        try:
            arena = self.stats["arena"]
        except VaeransError as error:
            return f"World(unusable: {error.message})"
        used, capacity = arena["used"] >> 20, arena["capacity"] >> 20
        return (
            f"World({len(self.entities)} entities, arena {used}/{capacity} MiB, isa={self.isa}, threads={self.threads})"
        )


def _entity(eid: Any) -> int:
    return arguments.whole("eid", eid)


def _carried(image: Any) -> dict[str, Any]:
    """What an image of Pillow's carries; nothing for an array."""
    return filled(metadata_of(None, None, None), image) if is_pillow(image) else {}


def as_image(
    image: Any, limits: dict[str, int | None] | None = None, exact: bool = False, bits: int | None = None
) -> np.ndarray:
    """``image``, an array or one of Pillow's, as an array (H, W, C); a grey (H, W) one gets its channel axis."""
    if isinstance(image, str | os.PathLike):
        advice = "read it first, as with vaerans_ecs.imread(path)"
        raise ParamError(
            "param.type", f"img={arguments.told(image)}; an array expected, not the path of a picture: {advice}"
        )
    bits = arguments.maybe_whole("bits", bits)
    array = arguments.array("img", pixels(image, exact, bits), "an array (H, W) or (H, W, C)")
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3:
        raise ParamError("param.shape", f"an image of shape {array.shape}; (H, W) or (H, W, C) expected")
    if array.dtype not in (np.uint8, np.uint16) or not array.dtype.isnative:
        raise ParamError("param.dtype", f"an image of {array.dtype}; uint8 or uint16 (native byte order) expected")
    _core.check_picture(array.shape[0], array.shape[1], limits or {})
    return array
