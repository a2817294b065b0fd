"""Find the folder of a model: a path, or a name in `$VAERANS_MODEL_DIR`, the user's cache, the hub (in this order)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from .. import _arguments as arguments
from .._cache import user_cache
from ..errors import ModelError
from .hub import KNOWN, fetch, offline_reason
from .spec import FILE_NAME, read_spec

ENV_DIR = "VAERANS_MODEL_DIR"
PIL_SUFFIX = ".npz"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_HUB_NAME = re.compile(r"hf:[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")


def user_cache_dir() -> Path:
    """Where downloaded models are kept: the platform's cache folder, then `vaerans/models`."""
    return user_cache("models")


def model_dirs() -> list[Path]:
    """Folders in which `NAME/model.json` is looked for, first match wins."""
    listed = [Path(p).expanduser() for p in os.environ.get(ENV_DIR, "").split(os.pathsep) if p]
    return [*listed, user_cache_dir()]


def available_models() -> dict[str, Path]:
    """Every model found in `model_dirs()`: name -> folder, or file of `PILVAE.save`."""
    found: dict[str, Path] = {}
    for place in places():
        found.setdefault(place.stem if place.suffix == PIL_SUFFIX else place.name, place)
    return found


def places() -> Iterator[Path]:
    """Model folders and files of `PILVAE.save` in `model_dirs()` and a folder below, those of equal names too."""
    for parent in model_dirs():
        for entry in _entries(parent):
            if (entry / FILE_NAME).is_file() or _is_pil_file(entry):
                yield entry
            elif entry.is_dir():
                yield from filter(_is_pil_file, _entries(entry))


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder; nothing where it cannot be read."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _is_pil_file(path: Path) -> bool:
    return path.suffix == PIL_SUFFIX and path.is_file()


def find_pil_file(model: str | os.PathLike[str]) -> Path:
    """A file of `PILVAE.save`: the path as it is, else one of that name in `model_dirs()`."""
    path = Path(model).expanduser()
    if path.is_file() or path.parent != Path("."):
        return path
    return next((place for place in places() if place.name == path.name), path)


def _is_path(model: str | os.PathLike[str]) -> bool:
    if not isinstance(model, str):
        return True
    return not _HUB_NAME.fullmatch(model) and (os.sep in model or "/" in model or model.startswith((".", "~")))


def find_folder(model: str | os.PathLike[str]) -> Path:
    """The folder with the model's `model.json`, or its file of `PILVAE.save`.

    Raises `ModelError("model.not_found")` saying what to put where. A path may name the folder or a file
    in it. A bare name is never taken from the working folder if one of `model_dirs()` has it.
    """
    if not isinstance(model, str):
        model = Path(arguments.path("model", model))
    if _is_path(model):
        return _from_path(Path(model).expanduser())
    name = str(model)
    if not _NAME.fullmatch(name) and not _HUB_NAME.fullmatch(name):
        raise ModelError("model.not_found", f"{name!r} is not a model name: expected letters, digits, '.', '_', '-'")
    folder_name = name.removeprefix("hf:").replace("/", "--")
    for candidate in (*(parent / folder_name for parent in model_dirs()), Path(name)):
        if (candidate / FILE_NAME).is_file():
            return candidate
    file = next((place for place in places() if place.name == folder_name + PIL_SUFFIX), None)
    if file is not None:
        return file
    return _from_hub(name, folder_name)


def _from_path(path: Path) -> Path:
    folder = path.parent if path.is_file() else path
    if (folder / FILE_NAME).is_file():
        return folder
    state = f"that folder has no {FILE_NAME}" if folder.is_dir() else "there is no such folder"
    raise ModelError("model.not_found", f"model {str(path)!r}: {state}. {_what_to_put(folder)}")


def _from_hub(name: str, folder_name: str) -> Path:
    reason = offline_reason() if name in KNOWN or name.startswith("hf:") else "it is not a name this version knows"
    if reason is None:
        try:
            return fetch(name, user_cache_dir() / folder_name)
        except ModelError:
            raise
        except OSError as error:
            reason = f"the download failed ({type(error).__name__}: {error})"
    raise ModelError("model.not_found", _not_found(name, folder_name, reason))


def _what_to_put(folder: Path) -> str:
    return (
        f"A model is a folder with encoder.onnx, decoder.onnx and {FILE_NAME}: put these three into {folder}"
        " (docs/models.md lists the fields; tools/taesd_to_onnx.py WEIGHTS OUT_DIR makes one from a tiny autoencoder)."
    )


def _not_found(name: str, folder_name: str, reason: str) -> str:
    dirs = model_dirs()
    looked = ", ".join(str(parent / folder_name) for parent in dirs)
    hint = "" if os.environ.get(ENV_DIR) else f" Or set {ENV_DIR} to a folder that has them in {folder_name}{os.sep}."
    known = f" Names with a download: {', '.join(sorted(KNOWN))}; with one in reach: "
    names = ", ".join(sorted(available_models())) or "none"
    home = f" Its files come from {KNOWN[name].page}." if name in KNOWN else known + names + "."
    return (
        f"model {name!r} is not in {looked}, and {reason}. {_what_to_put(dirs[0] / folder_name)}{hint}{home}"
        ' model="pil" is the small model that ships with this package.'
    )


def folders_by_sha256(sha256: str) -> Iterator[Path]:
    """Places with this digest; those whose `model.json` claims it come first (the loader verifies it).

    A folder that does not say its digest, or a file of `PILVAE.save`, is read for it, once for as long as it stays
    the same. Broken ones are passed over.
    """
    silent = []
    for place in places():
        try:
            claimed = "" if place.suffix == PIL_SUFFIX else read_spec(place).sha256
        except ModelError:
            continue
        if claimed == sha256:
            yield place
        elif not claimed:
            silent.append(place)
    yield from (place for place in silent if _digest(place) == sha256)


_digests: dict[tuple[str, tuple[tuple[int, int], ...]], str] = {}


def _digest(place: Path) -> str:
    """The digest of a model that does not say it; empty for a broken one."""
    from .. import pil
    from .external import digest_of, parts

    try:
        if place.suffix == PIL_SUFFIX:
            key = (str(place), _stamps([place]))
            if key not in _digests:
                _digests[key] = pil.PILVAE.load(place).sha256
        else:
            file = place / read_spec(place).decoder_file
            blob = file.read_bytes()
            key = (str(place), _stamps([file, *parts(file, blob)]))
            if key not in _digests:
                _digests[key] = digest_of(file, blob)
    except (ModelError, OSError):
        return ""
    return _digests[key]


def _stamps(files: list[Path]) -> tuple[tuple[int, int], ...]:
    return tuple((s.st_mtime_ns, s.st_size) for s in (file.stat() for file in files))
