"""The native module: the Rust core as Python sees it. Its users are the modules beside it."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, final

import numpy as np
from typing_extensions import Buffer as BufferLike

from .errors import VaeransError

__all__ = [
    "Arena",
    "Buffer",
    "Pipe",
    "TensorRef",
    "World",
    "band_table",
    "bd_rate",
    "build_info",
    "compress_photo",
    "decode_image",
    "decompress_photo",
    "dequantize",
    "encode_image",
    "error_codes",
    "exif_orientation",
    "file_bytes",
    "file_info",
    "gaussian_blur",
    "hadamard",
    "is_container",
    "ms_ssim",
    "open_file",
    "psnr",
    "quantize",
    "rans_count",
    "rans_decode",
    "rans_encode",
    "read_images",
    "registry",
    "reset_exif_orientation",
    "ssim",
    "value_range",
    "wavelet",
]

_Array = np.ndarray[Any, np.dtype[Any]]
#: Samples (H, W) or (H, W, C), ICC profile, EXIF block, orientation.
_Decoded = tuple[_Array, bytes | None, bytes | None, int]
#: Key and step of a component.
_Slot = tuple[str, int]

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
    ) -> World: ...
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
    ) -> tuple[str, TensorRef, dict[str, Any], list[dict[str, Any]]]: ...
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
class Pipe:
    """Steps for some entities. Steps that Python runs come back from ``advance``."""

    def __new__(cls, world: World, entities: Sequence[int]) -> Pipe: ...
    def to_native(self, name: str, params: dict[str, Any], out: str | None = None) -> int: ...
    def to_foreign(
        self,
        handle: int,
        name: str,
        number: int,
        params: dict[str, Any],
        needs: Sequence[tuple[str, Sequence[str], Sequence[str], str | None]],
        produces: Sequence[str],
        is_inverse: bool,
        is_recorded: bool,
        out: str | None = None,
    ) -> int: ...
    def select(self, key: str) -> None: ...
    def fork(self) -> Pipe: ...
    def again(self, entities: Sequence[int]) -> Pipe: ...
    def advance(self) -> tuple[int, int, list[list[int]], list[tuple[int, list[_Slot], str]]] | None: ...
    def finish(self) -> None: ...
    def plan(self) -> list[tuple[int, str, str, bool, list[str], str, str]]: ...
    def cursor_key(self) -> str | None: ...
    def step_of(self, entity: int, key: str) -> int | None: ...

# What this build is ---------------------------------------------------------------------------------

def build_info() -> dict[str, Any]: ...
def error_codes() -> list[tuple[str, str, str]]: ...
def registry() -> list[tuple[int, str, str | None, str, str, bool, str]]: ...

# Whole files ----------------------------------------------------------------------------------------

def compress_photo(
    image: _Array,
    quality: int,
    lossless: bool,
    threads: int | None = None,
    tile: int | None = None,
    icc: bytes | None = None,
    exif: bytes | None = None,
    orientation: int | None = None,
    max_pixels: int | None = None,
) -> bytes: ...
def decompress_photo(
    data: BufferLike,
    threads: int | None = None,
    levels: int | None = None,
    allow_truncated: bool = False,
    max_pixels: int | None = None,
    reduce: int = 0,
    region: Sequence[int] | None = None,
) -> tuple[TensorRef, dict[str, Any]]: ...
def file_info(data: BufferLike, max_pixels: int | None = None) -> dict[str, Any]: ...
def file_bytes(
    world: World,
    entity: int,
    streams: Sequence[tuple[str, int | None]],
    icc: bytes | None = None,
    exif: bytes | None = None,
    orientation: int | None = None,
) -> bytes: ...
def open_file(world: World, data: BufferLike) -> tuple[int, dict[str, Any]]: ...
def is_container(prefix: bytes) -> bool: ...

# Picture files --------------------------------------------------------------------------------------

def decode_image(data: bytes) -> _Decoded: ...
def read_images(
    paths: Sequence[str | Path],
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> list[_Decoded | VaeransError]: ...
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
def value_range(src: _Array) -> tuple[float, float, int]: ...
def quantize(src: _Array, out: _Array, scale: float, offset: float) -> None: ...
def dequantize(src: _Array, out: _Array, scale: float, offset: float) -> None: ...
def rans_encode(symbols: _Array, name: str, precision: str) -> bytes: ...
def rans_count(data: BufferLike, name: str) -> int: ...
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
