"""The native module: the Rust core as Python sees it. Its users are the modules beside it."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias, final

import numpy as np
from typing_extensions import Buffer as BufferLike

from .errors import VaeransError

__all__ = [
    "PRIVATE",
    "Arena",
    "Buffer",
    "Encoding",
    "LayeredCodec",
    "LearnedModel",
    "Network",
    "Opened",
    "Optimizer",
    "Pipe",
    "Predictor",
    "TensorRef",
    "World",
    "ans_tables",
    "band_table",
    "bd_rate",
    "blame_file",
    "build_info",
    "check_picture",
    "compress_layered",
    "compress_photo",
    "decode_image",
    "dequantize",
    "encode_image",
    "error_codes",
    "exif_of_tiff",
    "exif_orientation",
    "file_bytes",
    "gaussian_blur",
    "hadamard",
    "is_container",
    "item_names",
    "ms_ssim",
    "nn_operators",
    "nn_write_plan",
    "profile_options",
    "profiles",
    "psnr",
    "quantize",
    "rans_decode",
    "rans_encode",
    "rans_head",
    "read_images",
    "registry",
    "reset_exif_orientation",
    "resolve_threads",
    "ssim",
    "store_keys",
    "wavelet",
]

_Array = np.ndarray[Any, np.dtype[Any]]
#: Samples (H, W) or (H, W, C), ICC profile, EXIF block, orientation, pictures in the file, what is damaged.
_Decoded = tuple[_Array, bytes | None, bytes | None, int, int, str | None, str | None]
#: Key and step of a component.
_Slot = tuple[str, int]
#: Plan and weights of a network.
_Part = tuple[BufferLike, BufferLike]
#: Channels back, rows down, columns right, weight.
_Tap = tuple[int, int, int, int]
#: A step that Python runs, as ``System._spec`` gives it.
_ForeignSpec = tuple[Any, ...]

@final
class TensorRef:
    """Immutable handle of a tensor: offset, shape, dtype, strides."""

    @property
    def offset(self) -> int: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def strides(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> str: ...
    @property
    def nbytes(self) -> int: ...
    @property
    def is_leased(self) -> bool: ...
    @property
    def is_writable(self) -> bool: ...
    def buffer(self) -> Buffer: ...
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> _Array: ...
    def __hash__(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...

@final
class Buffer:
    """Memory of an arena as Python's buffer protocol shows it; holds off resets while it lives."""

    if sys.version_info >= (3, 12):
        def __buffer__(self, flags: int, /) -> memoryview: ...

@final
class Arena:
    """A fixed budget of memory that tensors are carved from."""

    def __new__(cls, bytes: int) -> Arena: ...
    def alloc_tensor(self, shape: Sequence[int], dtype: str) -> TensorRef: ...
    def buffer(self, tensor: TensorRef) -> Buffer: ...
    def subref_axis0(self, tensor: TensorRef, i: int) -> TensorRef: ...
    def reset(self) -> None: ...
    @property
    def stats(self) -> dict[str, int]: ...

@final
class World:
    """Entities and components behind one lock."""

    def __new__(
        cls,
        arena_bytes: int,
        threads: int | None = None,
        isa: str | None = None,
        trace: bool = True,
        seed: int = 0,
        keep_all: bool = True,
        batch: int = 1,
    ) -> World: ...
    def give(self, sha256: bytes, model: LearnedModel) -> None: ...
    def give_layered(self, codec: LayeredCodec) -> None: ...
    def give_predictor(self, predictor: Predictor) -> None: ...
    @property
    def arena(self) -> Arena: ...
    @property
    def isa(self) -> str: ...
    @property
    def threads(self) -> int: ...
    @property
    def stats(self) -> dict[str, Any]: ...
    def new_entity(self) -> int: ...
    def lease_image(self, image: _Array) -> int: ...
    def copy_images(self, images: Sequence[_Array]) -> list[int]: ...
    def new_step(self) -> int: ...
    def attach(
        self,
        entity: int,
        key: str,
        tensor: TensorRef,
        meta: dict[str, Any] | None = None,
        step: int | None = None,
        side: bytes | None = None,
    ) -> None: ...
    def component(
        self, entity: int, key: str, step: int | None = None
    ) -> tuple[int, str, TensorRef, dict[str, Any], list[dict[str, Any]]]: ...
    def keys(self, entity: int) -> list[_Slot]: ...
    def detach(self, entity: int, key: str) -> None: ...
    def despawn(self, entity: int) -> None: ...
    def entities(self) -> list[int]: ...
    def reset(self) -> None: ...
    def scratch(self, name: str, shape: Sequence[int], dtype: str) -> TensorRef: ...
    def trace(self) -> list[dict[str, Any]]: ...
    def clear_trace(self) -> None: ...
    def add_trace(
        self,
        step: int,
        system: str,
        text: str,
        entities: Sequence[int],
        input: _Slot,
        output: str,
        nanos: int,
    ) -> None: ...

@final
class LearnedModel:
    """A learned model that the core runs, from plan and weights of its two networks."""

    def __new__(
        cls, decoder: tuple[BufferLike, BufferLike], encoder: tuple[BufferLike, BufferLike] | None = None
    ) -> LearnedModel: ...
    @property
    def sha256(self) -> bytes: ...
    @property
    def channels(self) -> int: ...
    @property
    def downscale(self) -> int: ...
    @property
    def encodes(self) -> bool: ...

@final
class LayeredCodec:
    """A learned codec in layers, from its files."""

    def __new__(
        cls, head: BufferLike, predictor: BufferLike, layers: Sequence[tuple[_Part | None, _Part | None]]
    ) -> LayeredCodec:
        """`layers` has for each layer the network that decodes and the one that encodes."""

    @staticmethod
    def head(
        name: str,
        predictor: bytes,
        plans: Sequence[bytes],
        downscale: int,
        reach: Sequence[int],
        base_steps: int,
        scales: Sequence[float],
    ) -> bytes: ...
    @property
    def sha256(self) -> bytes: ...
    @property
    def name_bytes(self) -> bytes: ...
    @property
    def name(self) -> str: ...
    @property
    def steps(self) -> tuple[int, int]: ...
    @property
    def encodes(self) -> bool: ...

@final
class Predictor:
    """A model of planes of integers that code one another, from its file."""

    def __new__(cls, file: BufferLike) -> Predictor: ...
    @staticmethod
    def pack(
        layers: Sequence[int],
        between: int,
        anchors: Sequence[Sequence[int]],
        mean: Sequence[Sequence[_Tap]],
        scale: Sequence[Sequence[_Tap]],
        energy: Sequence[Sequence[int]],
        edge: Sequence[int],
        energy_gain: Sequence[int],
        frequencies: Sequence[int],
    ) -> bytes: ...
    @property
    def sha256(self) -> bytes: ...
    @property
    def layers(self) -> list[int]: ...
    def contexts(self, planes: _Array, step: int, means: _Array, classes: _Array) -> None: ...
    def encode(self, planes: _Array, step: int) -> list[bytes]: ...
    def decode(self, layers: Sequence[BufferLike], step: int, planes: _Array) -> None: ...

@final
class Pipe:
    """Steps for some entities. Steps that Python runs come back from ``advance``."""

    def __new__(cls, world: World, entities: Sequence[int]) -> Pipe: ...
    def give(self, model: LearnedModel) -> None: ...
    def give_layered(self, codec: LayeredCodec) -> None: ...
    def to_native(self, name: str, params: dict[str, Any], out: str | None = None) -> int: ...
    def to_foreign(self, spec: _ForeignSpec, out: str | None = None) -> int: ...
    def select(self, key: str) -> None: ...
    def fork(self) -> Pipe: ...
    def again(self, entities: Sequence[int]) -> Pipe: ...
    def advance(
        self, key: str | None = None
    ) -> tuple[int, int, list[list[int]], list[tuple[int, list[_Slot], str]]] | None: ...
    def finish(self) -> None: ...
    def plan(self) -> list[tuple[int, str, str, bool, list[str], str, str]]: ...
    def cursor_key(self) -> str | None: ...
    def step_of(self, entity: int, key: str) -> int | None: ...

# What this build is ---------------------------------------------------------------------------------

def build_info() -> dict[str, Any]: ...
def error_codes() -> list[tuple[str, str, str]]: ...
def registry() -> list[dict[str, Any]]: ...
def store_keys() -> list[tuple[str, str, str, str]]: ...
def profiles() -> list[tuple[str, list[dict[str, Any]], str]]: ...

PRIVATE: int

# Whole files ----------------------------------------------------------------------------------------

def profile_options(profile: str, options: dict[str, Any]) -> dict[str, Any]: ...
def compress_photo(
    image: _Array,
    options: dict[str, Any],
    threads: int | None = None,
    metadata: dict[str, Any] | None = None,
    limits: dict[str, int | None] | None = None,
) -> bytes: ...
def compress_layered(
    image: _Array,
    options: dict[str, Any],
    codec: LayeredCodec,
    threads: int | None = None,
    metadata: dict[str, Any] | None = None,
    limits: dict[str, int | None] | None = None,
) -> bytes: ...
def file_bytes(
    world: World,
    entity: int,
    streams: Sequence[tuple[str, int | None]],
    metadata: dict[str, Any] | None = None,
) -> bytes: ...
def ans_tables(world: World, entity: int, key: str, step: int | None = None) -> list[tuple[int, list[int]]]: ...
def check_picture(height: int, width: int, limits: dict[str, int | None]) -> None: ...
def blame_file(code: str, message: str) -> tuple[str, str]: ...

@final
class Encoding:
    """A picture on its way into a file of the profile ``vae`` with a model of its own: pipes to run, then the file."""

    def __new__(
        cls,
        world: World,
        image: _Array,
        options: dict[str, Any],
        encoder: _ForeignSpec | tuple[str, dict[str, Any]],
        decoder: _ForeignSpec | None = None,
        metadata: dict[str, Any] | None = None,
        limits: dict[str, int | None] | None = None,
    ) -> Encoding: ...
    def next(self) -> Pipe | None: ...
    def finish(self) -> bytes: ...

@final
class Opened:
    """A file, parsed once and checked."""

    def __new__(
        cls, data: BufferLike, limits: dict[str, int | None] | None = None, item: str | None = None
    ) -> Opened: ...
    def info(self) -> dict[str, Any]: ...
    def verify(self) -> None: ...
    def foreign(self) -> list[tuple[int, str, dict[str, Any]]]: ...
    def models(self) -> list[tuple[bytes, bytes | None, str]]: ...
    def codec(self) -> tuple[bytes, str] | None: ...
    def give(self, sha256: bytes, model: LearnedModel) -> None: ...
    def give_layered(self, codec: LayeredCodec) -> None: ...
    def samples(
        self,
        threads: int | None = None,
        allow_truncated: bool = False,
        scale: float = 1.0,
        region: Sequence[int] | None = None,
    ) -> TensorRef: ...
    def world_bytes(self) -> int: ...
    def undo(
        self,
        world: World,
        steps: Sequence[_ForeignSpec],
        allow_truncated: bool = False,
        scale: float = 1.0,
        region: Sequence[int] | None = None,
    ) -> Pipe: ...
    def collect(self, world: World) -> TensorRef: ...
    def spawn(self, world: World) -> int: ...

def is_container(prefix: bytes) -> bool: ...
def item_names(data: BufferLike, limits: dict[str, int | None] | None = None) -> list[str]: ...

# Picture files --------------------------------------------------------------------------------------

def decode_image(data: bytes, limits: dict[str, int | None], allow_damaged: bool) -> _Decoded: ...
def read_images(
    paths: Sequence[str | Path],
    threads: int | None,
    progress: Callable[[int, int], object] | None,
    limits: dict[str, int | None],
    allow_damaged: bool,
) -> list[_Decoded | VaeransError]: ...
def resolve_threads(threads: int | None) -> int: ...
def exif_of_tiff(file: bytes) -> bytes | None: ...
def encode_image(
    pixels: _Array,
    format: str,
    quality: int = 90,
    icc: bytes | None = None,
    exif: bytes | None = None,
    orientation: int = 1,
) -> bytes: ...
def exif_orientation(exif: bytes) -> int: ...
def reset_exif_orientation(exif: bytes) -> bytes: ...

# Functions over arrays ------------------------------------------------------------------------------

def hadamard(src: _Array, out: _Array, size: int) -> None: ...
def wavelet(src: _Array, out: _Array, wavelet: str, levels: int, inverse: bool, threads: int | None = None) -> None: ...
def band_table(height: int, width: int, levels: int) -> list[tuple[int, int, int, int, int, int]]: ...
def quantize(
    src: _Array, out: _Array, bits: int, per: str, levels: int
) -> tuple[list[float], list[int], list[float]]: ...
def dequantize(
    src: _Array,
    out: _Array,
    scale: Sequence[float],
    zero: Sequence[int],
    offset: Sequence[float] | None,
    per: str,
    levels: int,
) -> None: ...
def rans_encode(symbols: _Array, shape: Sequence[int], name: str, precision: str) -> bytes: ...
def rans_head(data: BufferLike, name: str, limits: dict[str, int | None]) -> tuple[str, tuple[int, ...]]: ...
def rans_decode(data: BufferLike, out: _Array, name: str) -> None: ...
def gaussian_blur(src: _Array, out: _Array, sigma: float, threads: int | None = None) -> None: ...
def psnr(a: _Array, b: _Array, peak: float | None = None) -> float: ...
def ssim(a: _Array, b: _Array, peak: float | None = None, threads: int | None = None) -> float: ...
def ms_ssim(a: _Array, b: _Array, scales: int = 5, peak: float | None = None, threads: int | None = None) -> float: ...
def bd_rate(
    anchor: Sequence[tuple[float, float]],
    test: Sequence[tuple[float, float]],
    window: tuple[float, float] | None = None,
) -> float: ...

#: NumPy's name of a type, extents, and what holds the elements.
_Tensor = tuple[str, Sequence[int], _Array]

_Sort: TypeAlias = tuple[str, list[int]]
_Told: TypeAlias = tuple[str, str, list[_Sort | None], list[_Sort], int | None, int]

@final
class Network:
    """A network from the two files of a compiled model."""

    def __new__(
        cls,
        plan: bytes,
        weights: BufferLike,
        threads: int,
        mode: str = "fast",
        isa: str | None = None,
        choice: str | None = None,
    ) -> Network:
        """`mode` is "strict" (the same bits everywhere) or "fast"; `isa` that of the kernels, else the fastest;
        `choice` what `Optimizer.run` gave, in place of `threads` and `isa`."""

    def inputs(self) -> list[tuple[str, str, list[tuple[bool, int]]]]:
        """Name, type and extents of each input; an extent is a number, or (True) the place of a symbol."""

    def symbols(self) -> list[str]:
        """Names of the extents that a caller chooses."""

    def outputs(self) -> list[str]:
        """Names of the outputs."""

    def prepare(self, inputs: Sequence[_Tensor]) -> list[tuple[str, list[int]]]:
        """Types and extents of the outputs for such inputs."""

    def run(self, inputs: Sequence[_Tensor], outputs: Sequence[_Array]) -> None:
        """Runs the network into the bytes of the outputs."""

    def run_into(self, inputs: Sequence[_Tensor], outputs: Sequence[_Array]) -> list[tuple[str, list[int]]] | None:
        """Runs the network into arrays of the outputs' types (truth values as bytes) and extents. Where they are not,
        nothing runs, and what they have to be is told."""

    def steps(self, inputs: Sequence[_Tensor]) -> tuple[list[_Told], int]:
        """The steps for such inputs (operator, name, what it reads and makes, its first byte in the block, bytes of
        scratch), and the bytes of the block."""

    def time(self, inputs: Sequence[_Tensor], outputs: Sequence[_Array]) -> list[float | None]:
        """Runs as `run` does, and gives the seconds of each of `steps`; None for a step that did not run."""

    def shapes(self, inputs: Sequence[_Tensor]) -> tuple[list[_Sort | None], str | None]:
        """Type and extents of every value for such inputs, and what stopped the search for them."""

    def memory(self) -> tuple[int, int]:
        """Bytes of weights, and of activations with scratch."""

@final
class Optimizer:
    """Tries the ways in which this machine may run a network."""

    def __new__(cls, plan: bytes, weights: BufferLike, threads: int, mode: str) -> Optimizer:
        """Of the two files of a compiled network; `threads` is the most that there may be."""

    def isa(self) -> str:
        """The instruction set that it begins with."""

    def run(self, inputs: Sequence[_Tensor], seconds: float, told: Callable[[str, float, bool], object]) -> str:
        """The fastest way for such inputs, as the text that a network takes for its `choice`. `told` is called with
        what was tried, its seconds, and whether it is kept; what it raises ends the search."""

def nn_operators() -> list[dict[str, Any]]:
    """Every operator of the engine: name, number, limits of inputs and outputs, attributes, whether it is rare (in
    pages: in the supplement engine-extra), a line for people."""

def nn_write_plan(
    symbols: Sequence[str],
    values: Sequence[tuple[str, Sequence[int], str, int, str, int, int] | None],
    inputs: Sequence[tuple[str, int, str, Sequence[tuple[bool, int]]]],
    outputs: Sequence[tuple[str, int]],
    steps: Sequence[tuple[Any, ...]],
    results: Sequence[int],
    weights: bytes,
    digest: Sequence[int],
) -> bytes:
    """The bytes of a plan."""
