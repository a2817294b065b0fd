"""The engine's files for the web, which the wheel carries in the folder ``runtime`` beside this file."""

from __future__ import annotations

import json
from pathlib import Path

from .._files import read_bytes
from ..errors import UnavailableError

#: Where they are.
FOLDER = Path(__file__).parent / "runtime"
#: Their entry, and the list of them: ``{"files": [{"name": ..., "variant": "all" | "base" | "simd" | "threads"}]}``.
ENTRY, MANIFEST = "nn.js", "manifest.json"
#: What is in the folder and no part of the engine.
_OTHERS = {MANIFEST, ".gitignore", "README.md"}


def files(simd: bool = True, threads: bool = True) -> list[Path]:
    """Those of the engine's files that a page needs.

    Raises
    ------
    UnavailableError
        ``unavailable.feature``: this installation has none.
    """
    if not (FOLDER / ENTRY).is_file():
        text = "this installation has no engine for the web: install a wheel, or build it into wasm/runtime"
        raise UnavailableError("unavailable.feature", f'{text}; or export with runtime="npm", which imports vaerans/nn')
    wanted = {"all", "base"} | ({"simd"} if simd else set()) | ({"threads"} if threads else set())
    return [FOLDER / name for name, variant in _variants().items() if variant in wanted]


def engine(simd: bool = True) -> bytes:
    """The module of the engine for one thread.

    Raises
    ------
    UnavailableError
        As `files`.
    """
    names = ["engine-simd.wasm", "engine-base.wasm"] if simd else ["engine-base.wasm"]
    found = {path.name: path for path in files(simd, False)}
    for name in names:
        if name in found:
            return read_bytes(found[name])
    raise UnavailableError("unavailable.feature", f"the engine's files hold no {names[-1]}: build them again")


def _variants() -> dict[str, str]:
    manifest = FOLDER / MANIFEST
    if manifest.is_file():
        rows = json.loads(read_bytes(manifest))["files"]
        return {row["name"]: row.get("variant", "all") for row in rows}
    names = sorted(path.name for path in FOLDER.iterdir() if path.is_file() and path.name not in _OTHERS)
    return {name: variant_of(name) for name in names}


def variant_of(name: str) -> str:
    """What a file is for, by its name."""
    if "threads" in name:
        return "threads"
    return "simd" if "simd" in name or "relaxed" in name else "all"
