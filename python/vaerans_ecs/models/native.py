"""Learned models for the core's engine, found by name or by hash.

The shipped model is compiled already. Others are compiled from their ONNX files (``pip install 'vaerans_ecs[export]'``)
by `compiling` and kept by `cache`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

__all__ = ["compile_model", "layered", "native", "needed", "resolve", "resolve_layered"]

BUILT_IN_FOLDER = Path(__file__).parent.parent / "data" / "pil"
#: Name and folder of the codec in layers that ships.
LAYERED = "vae1"
LAYERED_FOLDER = Path(__file__).parent.parent / "data" / "vae"


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
        try:
            return resolve(sha256, source)
        except ModelError as error:
            called = f"the file was made with the model {name!r}: " if name else ""
            raise ModelError(error.code, called + error.message) from None
    found = native(model)
    if found.core.sha256 != sha256 and (source is None or found.source != source.hex()):
        text = f"model {found.name!r} has a decoder's plan of SHA-256 {found.sha256}, the file needs {sha256.hex()}"
        raise ModelError("model.checksum", f"{text}: pass the model it was made with")
    return found.core


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
    if isinstance(codec, LayeredCodec):
        return codec
    if codec is None or _is_shipped(codec):
        return cache.remembered(str(LAYERED_FOLDER), lambda: read_layered(LAYERED_FOLDER))
    folder = folder_with(HEAD, codec)
    if folder is None:
        raise ModelError("model.not_found", f"no folder of a learned codec is called {codec!r}: it has a {HEAD}")
    return cache.remembered(_key_of(folder / HEAD), lambda: read_layered(folder))


def is_layered(codec: Any) -> bool:
    """Whether that is a learned codec in layers: an object, the name of the one that ships, a folder."""
    if isinstance(codec, LayeredCodec) or _is_shipped(codec):
        return True
    return isinstance(codec, (str, os.PathLike)) and folder_with(HEAD, codec) is not None


def _is_shipped(codec: Any) -> bool:
    return isinstance(codec, str) and codec == LAYERED


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
