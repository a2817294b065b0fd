"""Learned models for the core's engine: compiled once, kept in memory and in the user's cache, found by name or hash.

The shipped model is compiled already. Others are compiled from their ONNX files (``pip install 'vaerans_ecs[export]'``)
and kept in the folder ``compiled`` beside that of downloaded models, each under the SHA-256 of its decoder's plan.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import _arguments as arguments
from .._files import write_atomic
from ..errors import ModelError, UnavailableError, VaeransError
from .compiled import FILE_NAME, NativeModel, Part, read_folder, write_folder
from .lookup import model_dirs, user_cache_dir

if TYPE_CHECKING:
    from .. import _core
    from ..pil import PILVAE
    from . import ImageModel
    from .onnx import OnnxModel

__all__ = ["compile_model", "native", "needed", "resolve"]

MAX_CACHED = 8
BUILT_IN = "pil"
BUILT_IN_FOLDER = Path(__file__).parent.parent / "data" / "pil"
#: Passes that other packages do: what they make may change with their versions, and with it the plan's hash.
LEFT_OUT = ("onnxslim",)

_lock = threading.Lock()
_cache: OrderedDict[str, NativeModel] = OrderedDict()


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
        return _remembered(str(BUILT_IN_FOLDER), lambda: read_folder(BUILT_IN_FOLDER))
    if isinstance(model, (str, os.PathLike)) and (folder := compiled_folder(model)) is not None:
        return _remembered(_key_of(folder), lambda: read_folder(folder))
    from .. import models

    return _compiled(models.load(model))


def is_shipped(model: Any) -> bool:
    """Whether the model that ships is meant."""
    return model is None or (isinstance(model, str) and model == BUILT_IN)


def compiled_folder(model: str | os.PathLike[str]) -> Path | None:
    """The folder of a compiled model: the path as it is, else one of that name in `model_dirs()`."""
    path = Path(arguments.path("model", model)).expanduser()
    candidates = [path]
    if path.parent == Path("."):
        candidates = [*(parent / path.name for parent in model_dirs()), path]
    return next((folder for folder in candidates if (folder / FILE_NAME).is_file()), None)


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
    where = ", ".join(map(str, [cache_dir(), *model_dirs()]))
    text = f"no compiled model with SHA-256 {wanted} in {where}"
    hint = "put the folder of the model there, or pass model="
    raise ModelError("model.not_found", f"{text}: {hint}")


def _known(wanted: str, source: str) -> Iterator[NativeModel]:
    """Compiled models among which the wanted one, or another of its source, may be; compiled anew at last."""
    yield native()
    with _lock:
        loaded = list(_cache.values())
    yield from loaded
    for folder in _folders(wanted):
        with contextlib.suppress(VaeransError):
            yield native(folder)
    if source:
        yield from _compiled_from(source)


def _folders(wanted: str) -> Iterator[Path]:
    """Folders of compiled models."""
    if (cache_dir() / wanted / FILE_NAME).is_file():
        yield cache_dir() / wanted
    for parent in model_dirs():
        with contextlib.suppress(OSError):
            yield from sorted(f for f in parent.iterdir() if (f / FILE_NAME).is_file())


def _compiled_from(source: str) -> Iterator[NativeModel]:
    from .. import models

    with contextlib.suppress(ModelError, UnavailableError):
        yield _compiled(models.load_by_sha256(source))


def cache_dir() -> Path:
    """Where compiled models are kept."""
    return user_cache_dir().parent / "compiled"


def _key_of(folder: Path) -> str:
    stat = (folder / FILE_NAME).stat()
    return f"{folder.resolve()} {stat.st_mtime_ns} {stat.st_size}"


def _remembered(key: str, make: Callable[[], NativeModel]) -> NativeModel:
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    made = make()
    with _lock:
        _cache[key] = made
        while len(_cache) > MAX_CACHED:
            _cache.popitem(last=False)
    return made


def _compiled(model: ImageModel) -> NativeModel:
    """A model of ONNX files, or a `PILVAE`: from memory, from the cache, or compiled now."""
    from ..pil import PILVAE
    from .onnx import OnnxModel

    if isinstance(model, OnnxModel):
        digests = [_digest(model, *part) for part in _parts(model)]
        key = _key(*digests, json.dumps(asdict(model.spec), sort_keys=True))
        return _remembered(key, lambda: _from_disk(key) or _kept(key, _of_onnx(model, digests[0])))
    if isinstance(model, PILVAE):
        key = _key(model.sha256, "pil", "")
        return _remembered(key, lambda: _from_disk(key) or _kept(key, _of_pil(model)))
    text = f"a model of type {type(model).__name__} has no ONNX files to compile"
    raise UnavailableError("unavailable.feature", f'{text}: pass engine="onnxruntime"')


def _key(*parts: str) -> str:
    from .. import _core

    version = _core.build_info()["version"]
    return hashlib.sha256("\0".join(["vaerans compiled 0", version, *parts]).encode()).hexdigest()


def _parts(model: OnnxModel) -> list[tuple[Path, str]]:
    """The files of decoder and encoder, where it is there, with the SHA-256 that they should have."""
    spec = model.spec
    decoder = model.folder / spec.decoder_file, spec.sha256
    encoder = model.folder / spec.encoder_file, spec.encoder_sha256
    return [decoder, encoder] if encoder[0].is_file() else [decoder]


def _digest(model: OnnxModel, path: Path, claimed: str) -> str:
    from .external import digest_of

    if not path.is_file():
        raise ModelError("model.missing_file", f"model file {path} is missing: the folder is incomplete")
    digest = digest_of(path, path.read_bytes())
    if claimed and digest != claimed:
        text = f"{path} has SHA-256 {digest}, model.json says {claimed}"
        raise ModelError("model.checksum", f"{text}: fetch the file again, or fix model.json if it was meant")
    return digest


def _from_disk(key: str) -> NativeModel | None:
    try:
        told = json.loads((cache_dir() / f"{key}.json").read_bytes())
        return read_folder(cache_dir() / str(told["sha256"]))
    except (OSError, ValueError, KeyError, TypeError, VaeransError):
        return None


def _kept(key: str, model: NativeModel) -> NativeModel:
    """Written to the cache; a disk that is full or cannot be written to is no reason not to go on."""
    with contextlib.suppress(VaeransError, OSError):
        write_folder(cache_dir() / model.sha256, model)
        write_atomic(cache_dir() / f"{key}.json", json.dumps({"sha256": model.sha256}).encode())
    return model


def _of_onnx(model: OnnxModel, source: str) -> NativeModel:
    from ..wasm.onnx_file import load
    from . import graphs

    (decoder, _), *rest = _parts(model)
    made = _emitted(graphs.decoder(load(decoder), model.spec))
    encoder = _emitted(graphs.encoder(load(rest[0][0]), model.spec)) if rest else None
    return NativeModel.of(model.spec.name, source, made, encoder)


def _of_pil(model: PILVAE) -> NativeModel:
    from .._pil_onnx import networks, spec_of
    from ..wasm.onnx_file import load
    from . import graphs

    spec = spec_of(model, model.name)
    encoder, decoder = (load(blob) for blob in networks(model))
    made = _emitted(graphs.decoder(decoder, spec)), _emitted(graphs.encoder(encoder, spec))
    return NativeModel.of(model.name, model.sha256, *made)


def _emitted(model: Any) -> Part:
    from ..wasm.emit import emit
    from ..wasm.exporter import ModelExporter

    return emit(ModelExporter(model, disable=LEFT_OUT).optimize_for_wasm().graph)
