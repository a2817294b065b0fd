"""Pipes: systems lined up for some entities, checked as a whole, run when a result is asked for."""

from __future__ import annotations

import base64
import html
import io
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, cast

import numpy as np

from . import _arguments as arguments
from . import _core
from ._metadata import metadata_of, over
from .components import RGB, ANSBitstream
from .errors import ParamError, PipeError, VaeransError

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    from .systems.base import System
    from .world import World

    #: What ``out`` gives: a handle, or a list of them for a pipe of several entities.
    Result = TypeVar("Result", default="Handle")
else:
    from typing import TypeVar

    Result = TypeVar("Result")

__all__ = ["Handle", "Pipe", "Pipeline"]


class Handle:
    """A result of a pipe: one component of one entity."""

    def __init__(self, world: World, eid: int, key: str, step: int | None) -> None:
        self._world = world
        self.eid = eid
        self.key = key
        self._step = step

    @property
    def component(self) -> Any:
        """The component, of the class that belongs to its key."""
        return self._world.component(self.eid, self.key, self._step)

    def numpy(self) -> np.ndarray:
        """A view of the main tensor in the arena: no copy."""
        return self._world.view(self.component.ref)

    def item(self) -> float:
        """The value of a metric."""
        values = self.numpy().reshape(-1)
        if values.size != 1:
            raise ParamError("param.shape", f"{self.key} has {values.size} elements; item() is for one, as of a metric")
        return float(values[0])

    def tobytes(
        self, *more: Handle, icc: bytes | None = None, exif: bytes | None = None, orientation: int | None = None
    ) -> bytes:
        """A whole ``.vrn`` file for a coded stream, the raw elements for anything else.

        ``more`` are further streams of the same entity that the file shall hold: a coded residual over the first, say.
        ``icc``, ``exif`` and ``orientation`` travel with it, as in :func:`vaerans_ecs.compress`; without them those of
        the Pillow image or file that the entity was spawned from (``b""`` is none).
        """
        metadata = metadata_of(icc, exif, orientation)
        if not more and not self._is_coded():
            _refuse(metadata, f"the raw elements of {self.key}")
            return self.numpy().tobytes()
        metadata = over(metadata, self._world._carried.get(self.eid, {}))
        streams = [self, *(arguments.member("more", m, Handle, "a Handle, as Pipe.out gives it,") for m in more)]
        if any(s._world is not self._world or s.eid != self.eid for s in streams):
            raise PipeError("pipe.not_saveable", "a file holds streams of one entity")
        return _core.file_bytes(self._world._core, self.eid, [(s.key, s._step) for s in streams], metadata)

    def _is_coded(self) -> bool:
        return isinstance(self.component, ANSBitstream)

    def save(
        self,
        path: str | Path,
        *more: Handle,
        icc: bytes | None = None,
        exif: bytes | None = None,
        orientation: int | None = None,
    ) -> None:
        """Writes a coded stream (with ``more`` streams) as ``.vrn``, an image by its extension, else ``.npy``.

        ``icc``, ``exif`` and ``orientation`` go into ``.vrn`` files and images, as in :meth:`tobytes`.
        """
        from ._files import write_atomic

        target, metadata = Path(arguments.path("path", path)), metadata_of(icc, exif, orientation)
        if more or (self._is_coded() and target.suffix != ".npy"):
            write_atomic(target, self.tobytes(*more, **metadata), overwrite=True)
        elif target.suffix == ".npy":
            _refuse(metadata, "a .npy file")
            data = io.BytesIO()
            np.save(data, self.numpy())
            write_atomic(target, data.getvalue(), overwrite=True)
        elif self._is_picture():
            from .images import Picture, write_picture

            metadata = over(metadata, self._world._carried.get(self.eid, {}))
            write_picture(target, Picture(self._pixels(), **metadata))
        else:
            raise PipeError("pipe.not_saveable", f"{self.key} is not a whole file; save a Bitstream, or use .npy")

    def _is_picture(self) -> bool:
        return isinstance(self.component, RGB)

    def _pixels(self) -> np.ndarray:
        pixels = self.numpy()
        return pixels[:, :, 0] if pixels.shape[2] == 1 else pixels

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.numpy(), dtype=dtype, copy=copy)

    def __repr__(self) -> str:
        try:
            ref = self.component.ref
        except VaeransError as error:
            return f"Handle({self.key} of entity {self.eid}, gone: {error.message})"
        return f"Handle({self.key} of entity {self.eid}, shape={ref.shape}, dtype={ref.dtype})"

    def _repr_html_(self) -> str:
        text = f"<code>{html.escape(repr(self))}</code>"
        try:
            return f"{text}<br>{self._thumbnail()}" if self._is_picture() else text
        except VaeransError:
            return text

    def _thumbnail(self) -> str:
        """The picture as a notebook shows it: every n-th sample of a large one, 8 bits."""
        from .images import Picture, encode_picture

        pixels = self._pixels()
        step = -(-max(pixels.shape[:2]) // 512)
        small = pixels[::step, ::step]
        small = (small >> 8).astype(np.uint8) if small.dtype == np.uint16 else small
        data = base64.b64encode(encode_picture(Picture(small))).decode()
        return f'<img alt="{html.escape(self.key)}" src="data:image/png;base64,{data}">'


def _refuse(metadata: dict[str, Any], what: str) -> None:
    if given := [name for name, value in metadata.items() if value is not None]:
        raise ParamError(
            "param.unknown", f"{what} has no place for {', '.join(given)}; save a coded stream or an image"
        )


class Pipe(Generic[Result]):
    """Steps for one entity or many; mutable and lazy.

    ``to`` and ``|`` append a system at the cursor and return the pipe itself; ``select`` (``use``) moves
    the cursor to the newest component of a key; ``fork`` copies the cursor; ``out`` checks the plan,
    runs what has not run and gives a handle; a list of them for a pipe of several entities or of a list.
    """

    def __init__(self, world: World, entities: list[int], many: bool | None = None) -> None:
        self.world = world
        self.entities = entities
        self._many = len(entities) != 1 if many is None else many
        self.systems: list[System] = []
        self._core = _core.Pipe(world._core, entities)

    @classmethod
    def _of(cls, world: World, core: Any, systems: list[System]) -> Pipe[Any]:
        """A pipe that the core made; ``systems`` are those that Python runs, by their handles."""
        pipe = cls.__new__(cls)
        pipe.world, pipe.entities, pipe.systems, pipe._core = world, [], list(systems), core
        pipe._many = True
        return pipe

    def to(self, system: System, out: str | None = None) -> Pipe[Result]:
        """Appends a system; ``out`` names the key its result is stored under."""
        from .systems.base import System

        if not isinstance(system, System):
            raise PipeError("pipe.wrong_kind", f"{arguments.told(system)}; a System was expected, as in QuantizeU8()")
        system._append(self._core, len(self.systems), arguments.maybe_text("out", out))
        self.systems.append(system)
        return self

    def __or__(self, system: System) -> Pipe[Result]:
        return self.to(system)

    def select(self, key: str) -> Pipe[Result]:
        """Moves the cursor to the newest component under ``key``."""
        self._core.select(arguments.text("key", key))
        return self

    use = select

    def fork(self) -> Pipe[Result]:
        """A pipe with the same steps, run once whoever runs them, and a cursor of its own."""
        fork: Pipe[Result] = Pipe.__new__(Pipe)
        fork._many = self._many
        fork.world, fork.entities, fork.systems = self.world, self.entities, list(self.systems)
        fork._core = self._core.fork()
        return fork

    def run(self, eids: Iterable[int] | None = None) -> Pipe[Result]:
        """Checks the plan and runs every step that has not run; for other entities, if given."""
        if eids is not None:
            self.entities = arguments.integers("eids", eids)
            self._many = self._many or len(self.entities) != 1
            self._core = self._core.again(self.entities)
        self._advance(None)
        return self

    def _advance(self, key: str | None) -> None:
        while (call := self._core.advance(key)) is not None:
            self._run_foreign(*call)
            self._core.finish()

    def _run_foreign(self, step: int, handle: int, groups: list[list[int]], bound: list[Any]) -> None:
        system = self.systems[handle]
        slots = {eid: (inputs, key) for eid, inputs, key in bound}
        for group in groups:
            start = time.perf_counter_ns()
            with self.world._during(step, slots):
                system.run(self.world, group)
            nanos = time.perf_counter_ns() - start
            inputs, key = slots[group[0]]
            if inputs and (key, step) in self.world.versions(group[0]):
                text = ", ".join(f"{k}={v!r}" for k, v in system.params().items())
                self.world._core.add_trace(step, type(system).__name__, text, group, inputs[0], key, nanos)

    def out(self, key: str | None = None) -> Result:
        """Checks the plan, runs what has not run, and gives the component under ``key``.

        Without a key: what stands under the cursor. A list of handles for several entities, or for a list of them.
        """
        key = arguments.maybe_text("key", key)
        if key is None:
            key = self._core.cursor_key()
            if key is None:
                raise PipeError("pipe.missing_input", "the pipe has no step; name a key")
        self._advance(key)
        handles = [self._handle(e, key) for e in self.entities]
        return cast(Result, handles if self._many else handles[0])

    def _handle(self, eid: int, key: str) -> Handle:
        step = self._core.step_of(eid, key)
        self.world._core.component(eid, key, step)
        return Handle(self.world, eid, key, step)

    def describe(self) -> Description:
        """The checked plan: what every step reads and makes. Runs nothing."""
        return Description(self._core.plan(), len(self.entities))

    def _repr_html_(self) -> str:
        return self.describe()._repr_html_()

    def __repr__(self) -> str:
        names = " | ".join(repr(s) for s in self.systems)
        return f"Pipe({len(self.entities)} entities: {names or 'no step'})"


Pipeline = Pipe


class Description:
    """A plan for people: text, or a table in a notebook."""

    def __init__(self, rows: list[Any], entities: int) -> None:
        self.rows = rows
        self.entities = entities

    def _table(self) -> list[tuple[str, ...]]:
        head = ("step", "system", "reads", "makes", "state")
        rows = (
            (str(step), f"{name}({params})", ", ".join(inputs), f"{key} ({kind})", "ran" if done else "to run")
            for step, name, params, done, inputs, key, kind in self.rows
        )
        return [head, *rows]

    def __str__(self) -> str:
        table = self._table()
        widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
        lines = ("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in table)
        return "\n".join([f"pipe over {self.entities} entities", *lines])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head, *rows = self._table()
        cells = "".join(f"<th>{html.escape(c)}</th>" for c in head)
        body = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in rows)
        caption = f"<caption>pipe over {self.entities} entities</caption>"
        return f"<table>{caption}<thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"
