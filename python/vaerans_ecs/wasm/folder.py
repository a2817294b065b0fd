"""The folder of a compiled network: what a static page needs, and what people read."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from .._files import file_errors, read_bytes, write_atomic
from ..errors import ParamError
from . import earlier, engine_files

#: What a script may be called: it is a file name, and stands in a page.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
#: Where the engine comes from.
RUNTIMES = ("bundled", "npm")


@dataclass(frozen=True)
class Variants:
    """Which files of the engine a folder holds."""

    simd: bool = True
    threads: bool = True
    runtime: str = "bundled"


def write(path: Path, data: bytes) -> None:
    """A file, and the folders that it lies in. Raises `FileError`."""
    with file_errors(path.parent, "make the folder"):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, data)


def write_folder(
    folder: Path, name: str, plan: bytes, weights: bytes, described: Mapping[str, Any], kept: Variants
) -> None:
    """Writes all files, the plan last: a folder with a plan is whole. The engine's files of an earlier export go.

    Raises
    ------
    ParamError
        ``param.range``: a name that no file can have, or another runtime.
    UnavailableError
        ``unavailable.feature``: no engine to copy.
    """
    copied = _copied(name, kept)
    left = earlier.left(folder, [*copied, f"{name}.js"])
    with file_errors(folder, "make the folder"):
        folder.mkdir(parents=True, exist_ok=True)
    for one in copied:
        write(folder / one, read_bytes(engine_files.FOLDER / one))
    where = f"./{engine_files.ENTRY}" if copied else "vaerans/nn"
    options = {"simd": kept.simd, "threads": kept.simd and kept.threads}
    script = _template("model.js").replace("ENGINE", where).replace("OPTIONS", json.dumps(options))
    page = _template("index.html").replace("MODEL", name).replace("IMPORTS", "" if copied else _import_map())
    write_atomic(folder / f"{name}.js", script.encode())
    write_atomic(folder / "index.html", page.encode())
    earlier.remove(folder, left)
    told = json.dumps(_plain({**described, earlier.KEY: copied}), indent=1, allow_nan=False)
    write_atomic(folder / earlier.RECORD, (told + os.linesep).encode())
    write_atomic(folder / "weights.bin", weights)
    write_atomic(folder / "plan.bin", plan)


def _copied(name: str, kept: Variants) -> list[str]:
    """Names of the engine's files that go beside a script of that name, which has to be none of theirs."""
    if not NAME.fullmatch(name):
        raise ParamError("param.range", f"model_name is {name!r}; letters, digits, '_', '-' and '.' make a file name")
    if kept.runtime not in RUNTIMES:
        raise ParamError("param.range", f"runtime is {kept.runtime!r}; it is one of {', '.join(RUNTIMES)}")
    copied = engine_files.files(kept.simd, kept.threads) if kept.runtime == "bundled" else []
    if f"{name}.js".lower() in {one.lower() for one in copied}:
        raise ParamError("param.range", f"model_name {name!r} is the name of a file of the engine: choose another")
    return copied


def _plain(value: Any) -> Any:
    """What JSON has: browsers refuse Python's words for numbers that are not finite."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def _template(name: str) -> str:
    return (resources.files(__package__) / "templates" / name).read_text("utf-8")


def _import_map() -> str:
    """Where a page without a bundler finds the package: beside it."""
    imports = {"imports": {"vaerans/nn": "./node_modules/vaerans/dist/nn.js"}}
    return f'<script type="importmap">{json.dumps(imports)}</script>'
