"""Fixtures: files in place of the engine's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nn_models import EMPTY

from vaerans_ecs.wasm import engine_files


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files that stand for those of the engine."""
    folder = tmp_path / "runtime"
    (folder / "wasm").mkdir(parents=True)
    variants = {"nn.js": "all", "nn-worker.js": "all", "nn-worker-threads.js": "threads"}
    variants |= {f"wasm/engine-{v}.wasm": "all" if v == "base" else v for v in ("base", "simd", "threads")}
    for name in variants:
        (folder / name).write_bytes(EMPTY if name.endswith(".wasm") else b"export {};\n")
    rows = [{"name": name, "variant": variant} for name, variant in variants.items()]
    (folder / "manifest.json").write_text(json.dumps({"files": rows}))
    monkeypatch.setattr(engine_files, "FOLDER", folder)
    return folder
