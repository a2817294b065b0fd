"""The engine's files for pages: in the folder ``runtime``, which wheels carry and ``tools/runtime.sh`` fills."""

from __future__ import annotations

import json
from pathlib import Path

from .._files import read_bytes
from ..errors import UnavailableError

#: Where they are.
FOLDER = Path(__file__).parent / "runtime"
#: Their entry; the list of them: ``{"files": [{"name": "nn.js", "variant": "all"}]}``, or ``"simd"``, ``"threads"``.
ENTRY, MANIFEST = "nn.js", "manifest.json"


def files(simd: bool = True, threads: bool = True) -> list[str]:
    """Names of those of the engine's files that a page needs, below `FOLDER`; threads are a variant of SIMD.

    Raises
    ------
    UnavailableError
        ``unavailable.feature``: this installation has none.
    """
    wanted = {"all"} | ({"simd"} if simd else set()) | ({"threads"} if simd and threads else set())
    return [name for name, variant in _variants().items() if variant in wanted]


def engine(simd: bool = True) -> bytes:
    """The module of the engine for one thread.

    Raises
    ------
    UnavailableError
        As `files`.
    """
    name = f"wasm/engine-{'simd' if simd else 'base'}.wasm"
    if name not in _variants():
        raise UnavailableError("unavailable.feature", f"the engine's files have no {name}: {_MEND}")
    return read_bytes(FOLDER / name)


_MEND = "install a wheel, or in a checkout run `make pack`, which builds them"


def _variants() -> dict[str, str]:
    """Who wants each file, by its name."""
    manifest = FOLDER / MANIFEST
    if not manifest.is_file():
        text = f"this installation has no engine for the web, so that nothing can be copied beside the network: {_MEND}"
        raise UnavailableError("unavailable.feature", f'{text}; or export with runtime="npm", which imports vaerans/nn')
    return {row["name"]: row["variant"] for row in json.loads(read_bytes(manifest))["files"]}
