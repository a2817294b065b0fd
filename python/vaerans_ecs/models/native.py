"""Learned models for the core's engine, found by name or by hash.

The shipped model is compiled already. Others are compiled from their ONNX files (``pip install 'vaerans_ecs[export]'``)
by `compiling` and kept by `cache`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from .. import _arguments as arguments
from .._files import read_bytes
from ..errors import ModelError, UnavailableError, VaeransError
from . import cache, compiling
from .compiled import FILE_NAME, NativeModel, read_folder, write_folder
from .layered import HEAD, LayeredCodec
from .layered import read_folder as read_layered
from .loading import is_shipped, load, load_by_sha256
from .lookup import model_dirs

if TYPE_CHECKING:
    from .. import _core

__all__ = ["compile_model", "layered", "native", "needed", "needed_layered", "resolve", "resolve_layered"]

BUILT_IN_FOLDER = Path(__file__).parent.parent / "data" / "pil"
#: Name and folder of the codec in layers that ships.
LAYERED = "vae1"
LAYERED_FOLDER = Path(__file__).parent.parent / "data" / "vae"

Found = TypeVar("Found")


def native(model: Any = None) -> NativeModel:
    """A model for the core's engine.

    Parameters
    ----------
    model
        None is the one that ships. A folder of `compile_model`, its path or its name in one of `model_dirs()`; or what
        `vaerans_ecs.models.load` takes, which is compiled, unless that was done before.

    Raises
    ------
    ModelError
        ``model.not_found``; ``model.operator`` names what the engine cannot run; ``model.shape``.
    UnavailableError
        ``unavailable.feature`` where it has to be compiled and the package ``onnx`` is not there.
    """
    if isinstance(model, NativeModel):
        return model
    if is_shipped(model):
        return cache.remembered(str(BUILT_IN_FOLDER), lambda: read_folder(BUILT_IN_FOLDER))
    if isinstance(model, (str, os.PathLike)) and (folder := compiled_folder(model)) is not None:
        return cache.remembered(_key_of(folder / FILE_NAME), lambda: read_folder(folder))
    return compiling.of_model(load(model))


def compiled_folder(model: str | os.PathLike[str]) -> Path | None:
    """The folder of a compiled model: the path as it is, else one of that name in `model_dirs()`."""
    return folder_with(FILE_NAME, model)


def folder_with(file: str, model: Any) -> Path | None:
    """The folder of a model with such a file: the path as it is, else one of that name in `model_dirs()`."""
    path = Path(arguments.path("model", model)).expanduser()
    candidates = [path]
    if path.parent == Path("."):
        candidates = [*(parent / path.name for parent in model_dirs()), path]
    return next((folder for folder in candidates if (folder / file).is_file()), None)


def compile_model(model: Any, folder: str | os.PathLike[str]) -> NativeModel:
    """Writes a folder of both networks of a model: for readers without ONNX, Rust programs, and pages.

    Parameters
    ----------
    model
        As for `native`.
    folder
        Where ``compiled.json``, ``decoder`` and ``encoder`` go.

    Raises
    ------
    ModelError, UnavailableError
        As `native`.
    FileError
        ``unavailable.file``, ``unavailable.disk_full``.
    """
    made = native(model)
    write_folder(Path(arguments.path("folder", folder)), made)
    return made


def needed(sha256: bytes, source: bytes | None, name: str, model: Any = None) -> _core.LearnedModel:
    """The model that a file names by the SHA-256 of a plan; or `model`, where that is it.

    A model that was compiled from the same ``source`` by another version stands in for it: its pixels may differ in
    their last bit, which a file with a residual finds out.

    Raises
    ------
    ModelError
        ``model.not_found``; ``model.checksum`` where `model` is another one.
    """
    if model is None:
        return _made_with("model", name, lambda: resolve(sha256, source))
    found = native(model)
    if found.core.sha256 != sha256 and (source is None or found.source != source.hex()):
        text = f"model {found.name!r} has a decoder's plan of SHA-256 {found.sha256}, the file needs {sha256.hex()}"
        raise ModelError("model.checksum", f"{text}: pass the model it was made with")
    return found.core


def _made_with(kind: str, name: str, find: Callable[[], Found]) -> Found:
    """What is found; an error says what the file was made with, where that has a name."""
    try:
        return find()
    except ModelError as error:
        called = f"the file was made with the {kind} {name!r}: " if name else ""
        raise ModelError(error.code, called + error.message) from None


def resolve(sha256: bytes, source: bytes | None = None) -> _core.LearnedModel:
    """The model of that plan: the one that ships, one of this process, of the cache, or of `model_dirs()`.

    Raises
    ------
    ModelError
        ``model.not_found``.
    """
    wanted = sha256.hex()
    stand_in = None
    origin = source.hex() if source else ""
    for model in _known(wanted, origin):
        if model.sha256 == wanted:
            return model.core
        if origin and model.source == origin:
            stand_in = stand_in or model
    if stand_in is not None:
        return stand_in.core
    where = ", ".join(map(str, [cache.cache_dir(), *model_dirs()]))
    text = f"no compiled model with SHA-256 {wanted} in {where}"
    hint = "put the folder of the model there, or pass model="
    raise ModelError("model.not_found", f"{text}: {hint}")


def layered(codec: Any = None) -> LayeredCodec:
    """A learned codec in layers.

    Parameters
    ----------
    codec
        None is the one that ships. A folder of `vaerans_ecs.models.layered`, its path or its name in one of
        `model_dirs()`; or a codec, which is handed on.

    Raises
    ------
    ModelError
        ``model.not_found``; ``model.missing_file``; ``model.invalid``, ``model.checksum``.
    """
    found = maybe_layered(codec)
    if found is None:
        arguments.path("model", codec)
        raise ModelError("model.not_found", f"no folder of a learned codec is called {codec!r}: it has a {HEAD}")
    return found


def maybe_layered(codec: Any = None) -> LayeredCodec | None:
    """As `layered`; None for what is no codec in layers, such as a model of latents."""
    if isinstance(codec, LayeredCodec):
        return codec
    folder = layered_folder(codec)
    if folder is None:
        return None
    key = str(folder) if folder == LAYERED_FOLDER else _key_of(folder / HEAD)
    return cache.remembered(key, lambda: read_layered(folder))


def layered_folder(codec: Any = None) -> Path | None:
    """The folder of a codec in layers, by its path or name; without one that of the codec that ships."""
    if codec is None or (isinstance(codec, str) and codec == LAYERED):
        return LAYERED_FOLDER
    return folder_with(HEAD, codec) if isinstance(codec, (str, os.PathLike)) else None


def needed_layered(name: bytes, label: str, model: Any = None) -> _core.LayeredCodec:
    """The codec in layers that a file names by the first bytes of its head's SHA-256; or `model`, where that is it.

    Raises
    ------
    ModelError
        As `resolve_layered`; ``model.checksum`` where `model` is another one, or a model of another kind.
    """
    if model is None:
        return _made_with("codec", label, lambda: resolve_layered(name))
    codec = maybe_layered(model)
    if codec is None or not codec.core.sha256.startswith(name):
        text = f"the file needs the learned codec {label!r} ({name.hex()}), which model={model!r} is not"
        raise ModelError("model.checksum", f"{text}: leave model= out, or pass the codec it was made with")
    return codec.core


def resolve_layered(name: bytes) -> _core.LayeredCodec:
    """The codec that a file names by the first bytes of its head's SHA-256: one of this process, the one that ships, or
    one of `model_dirs()`. Heads are compared first: no other codec is loaded.

    Raises
    ------
    ModelError
        ``model.not_found``; what is wrong with the folder of that name, as `layered`, where it is damaged.
    """
    for codec in cache.in_memory(LayeredCodec):
        if codec.core.sha256.startswith(name):
            return codec.core
    damaged: VaeransError | None = None
    for folder in _layered_folders():
        if _is_named(folder, name):
            try:
                return layered(folder).core
            except VaeransError as error:
                damaged = damaged or error
    if damaged is not None:
        raise damaged
    where = ", ".join(map(str, model_dirs())) or "no folder of models"
    text = f"no learned codec whose head's SHA-256 begins with {name.hex()} ships with this version or lies in {where}"
    raise ModelError("model.not_found", f"{text}: put its folder there, or install the version that wrote the file")


def _layered_folders() -> Iterator[Path]:
    yield LAYERED_FOLDER
    yield from _folders_with(HEAD)


def _is_named(folder: Path, name: bytes) -> bool:
    """Whether the head in that folder has a SHA-256 that begins so; not where it cannot be read."""
    with contextlib.suppress(VaeransError):
        return hashlib.sha256(read_bytes(folder / HEAD)).digest().startswith(name)
    return False


def _known(wanted: str, source: str) -> Iterator[NativeModel]:
    """Compiled models among which the wanted one, or another of its source, may be; compiled anew at last."""
    yield native()
    yield from cache.in_memory(NativeModel)
    for folder in _folders(wanted):
        with contextlib.suppress(VaeransError):
            yield native(folder)
    if source:
        yield from _compiled_from(source)


def _folders(wanted: str) -> Iterator[Path]:
    """Folders of compiled models."""
    if ((kept := cache.cache_dir() / wanted) / FILE_NAME).is_file():
        yield kept
    yield from _folders_with(FILE_NAME)


def _folders_with(file: str) -> Iterator[Path]:
    """Folders of models with such a file, in `model_dirs()`."""
    for parent in model_dirs():
        with contextlib.suppress(OSError):
            yield from sorted(folder for folder in parent.iterdir() if (folder / file).is_file())


def _compiled_from(source: str) -> Iterator[NativeModel]:
    with contextlib.suppress(ModelError, UnavailableError):
        yield compiling.of_model(load_by_sha256(source))


def _key_of(file: Path) -> str:
    stat = file.stat()
    return f"{file.resolve()} {stat.st_mtime_ns} {stat.st_size}"
