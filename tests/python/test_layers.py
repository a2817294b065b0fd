"""The layer checker: quiet on this repository, loud on every sort of leak."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]

CORE = "crates/vaerans/src"
#: What a leak looks like: the file it is in, its text, and a word of the finding.
LEAKS = [
    (f"{CORE}/ecs/plan.rs", "use crate::codec::registry;", "ecs must not know codec"),
    (f"{CORE}/ecs/plan.rs", "use crate::{arena::Arena, codec::registry};", "ecs must not know codec"),
    (f"{CORE}/arena/mod.rs", "use super::component::Kind;", "arena must not know component"),
    (f"{CORE}/metric/psnr.rs", "use super::super::codec::registry;", "metric must not know codec"),
    (f"{CORE}/nn/run.rs", "fn f() { crate::codec::g() }", "nn must not know codec"),
    (f"{CORE}/wire/crc.rs", "use crate::arena::Arena;", "wire must not know arena"),
    (f"{CORE}/shiny/mod.rs", "", "module shiny has no line"),
    (f"{CORE}/codec/a.rs", "use pyo3::prelude::*;", "pyo3"),
    (f"{CORE}/codec/a.rs", "use wasm_bindgen::JsValue;", "wasm-bindgen"),
    (f"{CORE}/codec/a.rs", "let x = std::fs::read(p);", "files"),
    (f"{CORE}/codec/a.rs", "use std::time::Instant;", "Clock"),
    (f"{CORE}/codec/a.rs", 'println!("here");', "prints nothing"),
    (f"{CORE}/codec/a.rs", 'extern "C" { fn f(); }', "foreign functions"),
    ("crates/vaerans-kernels/src/a.rs", "use vaerans::arena::Arena;", "do not know the core"),
    ("cpp/src/kernels/a.cc", "#include <vector>", "freestanding"),
    ("cpp/src/kernels/a.cc", "float* p = new float[3];", "does not allocate"),
    ("cpp/src/kernels/a.cc", "void* p = malloc(3);", "does not allocate"),
    ("cpp/src/kernels/a.cc", "int f() { throw 1; }", "does not throw"),
    ("cpp/src/kernels/a.cc", "std::size_t n;", "standard library"),
    ("cpp/src/kernels/a.cc", "static int calls = 0;", "globals"),
    ("cpp/src/kernels/a.cc", "typedef void* numpy;", "who calls it"),
    ("python/vaerans_ecs/a.py", "TABLE = crc32c(data)", "checksums"),
    ("python/vaerans_ecs/a.py", "number: ClassVar[int] = 64", "registry numbers"),
    ("python/vaerans_ecs/a.py", 'if data[:4] == b"\\xF6VRN": pass', "magic"),
    ("web/src/a.ts", 'const magic = "\\xf6VRN"', "magic"),
    ("web/src/a.ts", "const magic = [0xf6, 86, 0x52, 0x4E]", "magic"),
]

#: What looks like a leak and is none.
INNOCENT = [
    (f"{CORE}/ecs/plan.rs", "// the codec's crate::codec::registry says which\nuse crate::arena::Arena;"),
    (f"{CORE}/ecs/tests.rs", "use crate::codec::registry;"),
    (f"{CORE}/ecs/pool.rs", "fn f() {}\n\n#[cfg(test)]\nmod tests {\n    use crate::codec::x;\n}"),
    (f"{CORE}/arena/block/a.rs", "use super::super::memory::Memory;"),
    (f"{CORE}/codec/a.rs", 'let s = "println!(std::fs)"; /* std::fs::read */'),
    ("cpp/src/kernels/a.cc", "// a new row; see the Rust reference\nstatic const int kTable[] = {1};"),
    ("cpp/src/kernels/a.cc", "#include <stdint.h>\nstatic inline int f(int x) { return x; }"),
    ("cpp/tests/a.cc", "#include <vector>\nstd::vector<int> v;"),
    ("python/vaerans_ecs/a.py", "number = 0\nPRIVATE_NUMBER = 0x8001  # crc32c"),
]


@pytest.fixture(scope="module")
def layers() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_layers", ROOT / "tools" / "check_layers.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tree(root: Path, path: str, text: str) -> Path:
    """A repository of one container and one suspicious file."""
    for name, content in (
        (f"{CORE}/bitstream/header.rs", 'pub const MAGIC: [u8; 8] = *b"\\xF6VRN\\r\\n\\x1a\\n";'),
        (path, text),
    ):
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)
    return root


def test_this_repository_keeps_its_layers(layers: ModuleType) -> None:
    assert [f.text(ROOT) for f in layers.check(ROOT)] == []


@pytest.mark.parametrize(("path", "text", "word"), LEAKS)
def test_leaks_are_found(layers: ModuleType, tmp_path: Path, path: str, text: str, word: str) -> None:
    found = [f.text(tmp_path) for f in layers.check(tree(tmp_path, path, text))]
    assert len(found) == 1 and found[0].startswith(f"{path}:1: ") and word in found[0], found


@pytest.mark.parametrize(("path", "text"), INNOCENT)
def test_innocent_files_pass(layers: ModuleType, tmp_path: Path, path: str, text: str) -> None:
    assert [f.text(tmp_path) for f in layers.check(tree(tmp_path, path, text))] == []


@pytest.mark.parametrize(
    ("crate", "dependency", "leaks"),
    [
        ("vaerans", "vaerans-py", True),
        ("vaerans-kernels", "vaerans", True),
        ("vaerans-kernels", "pyo3", True),
        ("vaerans", "image", True),
        ("vaerans-py", "vaerans", False),
        ("vaerans-newcomer", "vaerans", True),
    ],
)
def test_crate_arrows(layers: ModuleType, tmp_path: Path, crate: str, dependency: str, leaks: bool) -> None:
    manifest = f'[package]\nname = "{crate}"\n[dependencies]\n{dependency} = "1"\n'
    found = layers.check(tree(tmp_path, f"crates/{crate}/Cargo.toml", manifest))
    assert bool(found) == leaks, found
