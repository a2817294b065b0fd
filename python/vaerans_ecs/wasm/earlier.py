"""The engine's files that an earlier export left in a folder and that nothing asks for any more."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from .._files import file_errors, read_bytes
from ..errors import VaeransError
from .engine_files import ENTRY

#: The file of a folder that says which of the engine's files export put there, and under which key.
RECORD, KEY = "graph.json", "engine"
#: What a file of the engine may be called, now or in another version: what a record names beside that is not touched.
_ENGINES = re.compile(r"nn(-[A-Za-z0-9]+)*\.js|wasm/engine-[a-z]+\.wasm")
#: Its scripts that have a hash in their names, so that those of another version have other names.
_HASHED = re.compile(r"nn(-[a-z]+)+-[A-Z0-9]{8}\.js")


def left(folder: Path, written: Iterable[str]) -> list[str]:
    """Names of the engine's files that an earlier export wrote to the folder, without those that are written now."""
    kept = {name.lower() for name in written}
    found = [name for name in _recorded(folder, ENTRY in kept) if name.lower() not in kept]
    return [name for name in found if (folder / name).is_file()]


def remove(folder: Path, names: Iterable[str]) -> None:
    """Removes these files, and a folder of theirs that is empty then. Raises `FileError`."""
    for name in names:
        with file_errors(folder / name, "remove what an earlier export wrote"):
            (folder / name).unlink(missing_ok=True)
        if "/" in name:
            with contextlib.suppress(OSError):
                (folder / name).parent.rmdir()


def _recorded(folder: Path, engine_is_written: bool) -> list[str]:
    """What the folder's record names; of a version that kept none, hashed scripts of an engine that is replaced."""
    told: object = None
    with contextlib.suppress(ValueError, RecursionError, VaeransError):
        told = json.loads(read_bytes(folder / RECORD))
    if not isinstance(told, dict) or told.get("format") != "vaerans network":
        return []
    if isinstance(names := told.get(KEY), list):
        return [name for name in names if isinstance(name, str) and _ENGINES.fullmatch(name)]
    if not (engine_is_written and (folder / ENTRY).is_file()):
        return []
    with file_errors(folder, "list"):
        return [path.name for path in folder.iterdir() if _HASHED.fullmatch(path.name)]
