"""Compiled models, kept: those used last in memory, all of them in the user's cache.

The folder ``compiled``, beside that of downloaded models, has a folder of each under the SHA-256 of its decoder's plan,
and a file ``KEY.json`` that says which one was compiled of what: the key stands for the model and the compiler.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from .._files import write_atomic
from ..errors import VaeransError
from .compiled import NativeModel, read_folder, write_folder
from .lookup import user_cache_dir

MAX_CACHED = 8

_lock = threading.Lock()
_cache: OrderedDict[str, Any] = OrderedDict()

#: `NativeModel`, or another object that is made of a model's files.
Made = TypeVar("Made")


def cache_dir() -> Path:
    """Where compiled models are kept."""
    return user_cache_dir().parent / "compiled"


def in_memory(kind: type[Made]) -> list[Made]:
    """The models of that kind that this process used last."""
    with _lock:
        return [made for made in _cache.values() if isinstance(made, kind)]


def forget() -> None:
    """Drops what is in memory; the disk keeps what it has."""
    with _lock:
        _cache.clear()


def remembered(key: str, make: Callable[[], Made]) -> Made:
    """From memory, else made, and kept there."""
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return cast(Made, _cache[key])
    made = make()
    with _lock:
        _cache[key] = made
        while len(_cache) > MAX_CACHED:
            _cache.popitem(last=False)
    return made


def kept(key: str, make: Callable[[], NativeModel]) -> NativeModel:
    """From memory, from the disk, else made, and kept in both."""
    return remembered(key, lambda: _from_disk(key) or _on_disk(key, make()))


def _from_disk(key: str) -> NativeModel | None:
    try:
        told = json.loads((cache_dir() / f"{key}.json").read_bytes())
        return read_folder(cache_dir() / str(told["sha256"]))
    except (OSError, ValueError, KeyError, TypeError, VaeransError):
        return None


def _on_disk(key: str, model: NativeModel) -> NativeModel:
    """Written to the cache; a disk that is full or cannot be written to is no reason not to go on."""
    with contextlib.suppress(VaeransError, OSError):
        write_folder(cache_dir() / model.sha256, model)
        write_atomic(cache_dir() / f"{key}.json", json.dumps({"sha256": model.sha256}).encode())
    return model
