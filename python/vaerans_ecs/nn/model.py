"""A compiled network, run by the engine on this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from .. import _arguments as arguments
from .. import _core
from .._files import read_bytes
from .._network_files import PLAN, WEIGHTS, sections
from ..errors import ParamError

#: What a caller may give for an input: an array, or anything that NumPy makes one of.
ArrayLike: TypeAlias = Any


@dataclass(frozen=True)
class Port:
    """An input: name, NumPy's name of its type, extents (a number, or the name of a symbol that callers choose)."""

    name: str
    dtype: str
    shape: tuple[int | str, ...]


@dataclass(frozen=True)
class Memory:
    """Bytes that a network holds: its weights, and activations with scratch for the inputs of the last run."""

    weights: int
    activations: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.weights + self.activations


@dataclass(frozen=True)
class Step:
    """A step of the plan for certain inputs: operator, name, shapes, bytes of its result and of its scratch."""

    op: str
    name: str
    inputs: tuple[tuple[int, ...] | None, ...]
    outputs: tuple[tuple[int, ...], ...]
    output_bytes: int
    at: int | None
    scratch: int


class Model:
    """A network from plan and weights. One run at a time; another thread's waits. Runs hold no lock of Python.

    Parameters
    ----------
    plan, weights
        The two files of a compiled network.
    threads
        Threads that a run may use; None for ``VAERANS_THREADS``, else as many as cores.
    mode
        ``"strict"`` gives the same bits on every machine; ``"fast"`` what this one does best, within a bound.
    choice
        What `Optimizer` found to be the fastest way, in place of `threads`.

    Raises
    ------
    ModelError
        ``model.plan``, ``model.weights``, ``model.operator``: bytes that are no network of this version.
    """

    def __init__(
        self, plan: bytes, weights: Any, threads: int | None = None, mode: str = "fast", choice: str | None = None
    ) -> None:
        self._network = _core.Network(plan, weights, _core.resolve_threads(threads), mode, choice=choice)
        symbols = self._network.symbols()
        self._inputs = [
            Port(name, dtype, tuple(symbols[n] if is_symbol else n for is_symbol, n in dims))
            for name, dtype, dims in self._network.inputs()
        ]
        self._dtypes = [np.dtype(port.dtype) for port in self._inputs]
        self._names = {port.name: None for port in self._inputs}.keys()
        self._outputs: list[str] = self._network.outputs()
        # Types and shapes of the outputs of the last run: most runs are like the one before.
        self._last: list[tuple[np.dtype, Sequence[int]]] = []

    def __repr__(self) -> str:
        ports = ", ".join(f"{p.name}: {p.dtype}{list(p.shape)}" for p in self._inputs)
        return f"Model({ports} -> {', '.join(self.outputs)})"

    @property
    def inputs(self) -> list[Port]:
        """What it takes."""
        return list(self._inputs)

    @property
    def outputs(self) -> list[str]:
        """Names of what it gives."""
        return list(self._outputs)

    @property
    def memory(self) -> Memory:
        """Bytes that it holds now."""
        return Memory(*self._network.memory())

    def forward(
        self, inputs: Mapping[str, ArrayLike] | ArrayLike, out: Mapping[str, np.ndarray] | None = None
    ) -> dict[str, np.ndarray]:
        """Runs the network.

        Parameters
        ----------
        inputs
            Arrays by the names of the inputs, or one array for a network of one input. Contiguous arrays of the right
            type are read where they are; others are copied, numbers of other types converted where none is lost.
        out
            Contiguous arrays that outputs are written to, by name; others are made.

        Returns
        -------
        dict
            Arrays by the names of the outputs.

        Raises
        ------
        ParamError
            ``param.shape``, ``param.dtype``, ``param.unknown``: inputs or outputs that are not the network's.
        ModelError
            ``model.shape``: extents that its steps do not fit.
        """
        given = self._given(inputs)
        made = self._results(given, out) if out else [np.empty(shape, dtype) for dtype, shape in self._last]
        wanted = self._network.run_into(given, [_numbers(array) for array in made])
        if wanted is not None:
            self._last = [(np.dtype(dtype), shape) for dtype, shape in wanted]
            made = [np.empty(shape, dtype) for dtype, shape in self._last]
            self._network.run_into(given, [_numbers(array) for array in made])
        return dict(zip(self._outputs, made, strict=True))

    __call__ = forward

    def steps(self, inputs: Mapping[str, ArrayLike] | ArrayLike) -> list[Step]:
        """The steps in which such inputs run, with their memory; both branches of an `If` that is not decided."""
        told, _ = self._network.steps(self._given(inputs))
        return [
            Step(op, name, tuple(one and tuple(one[1]) for one in read), tuple(tuple(d) for _, d in made),
                 sum(_size(*one) for one in made), at, scratch)
            for op, name, read, made, at, scratch in told
        ]  # fmt: skip

    def time(
        self, inputs: Mapping[str, ArrayLike] | ArrayLike, repeats: int = 5
    ) -> list[tuple[str, str, float | None]]:
        """Operator, name and seconds of each of `steps`, the fastest of so many runs; None where it did not run."""
        given = self._given(inputs)
        buffers = [_bytes(array) for array in self._results(given, {})]
        runs = [self._network.time(given, buffers) for _ in range(max(1, repeats))]
        told, _ = self._network.steps(given)
        fastest = [min((s for s in seconds if s is not None), default=None) for seconds in zip(*runs, strict=True)]
        return [(step[0], step[1], seconds) for step, seconds in zip(told, fastest, strict=True)]

    def _given(self, inputs: Mapping[str, ArrayLike] | ArrayLike) -> list[tuple[str, tuple[int, ...], np.ndarray]]:
        if not isinstance(inputs, Mapping):
            if len(self._inputs) != 1:
                names = [port.name for port in self._inputs]
                raise ParamError("param.type", f"one array for a network of inputs {names}: pass a dict by name")
            inputs = {self._inputs[0].name: inputs}
        if inputs.keys() != self._names:
            known = list(self._names)
            strange = [name for name in inputs if name not in known]
            missing = [name for name in known if name not in inputs]
            text = f"no input is called {strange[0]!r}" if strange else f"input {missing[0]!r} is missing"
            raise ParamError("param.unknown", f"{text}; the network takes {known}")
        return [_taken(port, dtype, inputs[port.name]) for port, dtype in zip(self._inputs, self._dtypes, strict=True)]

    def _results(self, given: list[Any], out: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        names = self._outputs
        for name in out:
            if name not in names:
                raise ParamError("param.unknown", f"no output is called {name!r}; the network gives {names}")
        specs = self._network.prepare(given)
        return [
            _checked(name, out[name], dtype, shape) if name in out else np.empty(shape, dtype)
            for name, (dtype, shape) in zip(names, specs, strict=True)
        ]


def _size(dtype: str, dims: Sequence[int]) -> int:
    return int(np.prod(dims, dtype=np.int64)) * np.dtype(dtype).itemsize


def _bytes(array: np.ndarray) -> np.ndarray:
    """The bytes of a contiguous array, where they are."""
    return array.reshape(-1).view(np.uint8)


def _numbers(array: np.ndarray) -> np.ndarray:
    """The same with its elements, as the core takes them: truth values are bytes, a scalar has an axis."""
    if array.ndim == 0:
        array = array.reshape(1)
    return array.view(np.uint8) if array.dtype.kind == "b" else array


def _taken(port: Port, wanted: np.dtype, value: ArrayLike) -> tuple[str, tuple[int, ...], np.ndarray]:
    array = np.asarray(value)
    if array.dtype != wanted:
        if not (np.can_cast(array.dtype, wanted, "same_kind") or array.size == 0):
            raise ParamError("param.dtype", f"input {port.name} is of {array.dtype}; it is {port.dtype}")
        array = array.astype(wanted)
    if not array.flags.c_contiguous:
        array = np.ascontiguousarray(array)
    return port.dtype, array.shape, _numbers(array)


def _checked(name: str, array: np.ndarray, dtype: str, shape: Sequence[int]) -> np.ndarray:
    if not isinstance(array, np.ndarray) or not array.flags.c_contiguous or not array.flags.writeable:
        raise ParamError("param.type", f"output {name}: a contiguous array that can be written to is needed")
    if array.dtype != np.dtype(dtype):
        raise ParamError("param.dtype", f"output {name} is of {dtype}; the array is of {array.dtype}")
    if list(array.shape) != list(shape):
        raise ParamError("param.shape", f"output {name} is {list(shape)}; the array is {list(array.shape)}")
    return array


def load(source: str | os.PathLike[str] | bytes, *, threads: int | None = None, mode: str = "fast") -> Model:
    """A network that `vaerans_ecs.wasm.export_to_wasm` or ``vaerans export`` compiled.

    Parameters
    ----------
    source
        The folder; or the path or the bytes of a ``.wasm`` file.
    threads, mode
        As for `Model`.

    Raises
    ------
    FileError
        ``unavailable.file``: there is no such folder or file.
    ModelError
        ``model.plan``, ``model.weights``, ``model.operator``: it holds no network of this version.
    """
    plan, weights = files(source)
    return Model(plan, weights, threads, mode)


def files(source: str | os.PathLike[str] | bytes) -> tuple[bytes, bytes]:
    """Plan and weights of a compiled network, wherever they are."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        return sections(bytes(source), "the bytes")
    path = Path(arguments.path("source", source))
    if path.suffix == ".wasm" and not path.is_dir():
        return sections(read_bytes(path), str(path))
    return read_bytes(path / PLAN), read_bytes(path / WEIGHTS)
