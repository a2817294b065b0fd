"""The native transform that CONTRIBUTING.md shows is added to a copy of the sources, built, and used in a pipe."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CRATES = ("vaerans-kernels", "vaerans")

# What its user does with it: a pipe, a file, and back.
USE = """
use vaerans::arena::Arena;
use vaerans::bitstream::Metadata;
use vaerans::codec::{chain::Keyed, registry::build, store};
use vaerans::component::{Component, Kind, Params, Value};
use vaerans::ecs::Ctx;
use vaerans::kernels::Kernels;
use vaerans::wire::Limits;

#[test]
fn dct4_round_trips_through_a_file() {
    let (arena, limits) = (Arena::new(1 << 20).unwrap(), Limits::default());
    let ctx = Ctx { kernels: Kernels::active(), arena: &arena, threads: 1, limits: &limits };
    let values: Vec<f32> = (0..8 * 5 * 7).map(|i| ((i * 37 % 101) as f32 - 50.0) * 0.07).collect();
    let data = arena.put(&[8, 5, 7], &values).unwrap();
    let start = Keyed { key: "Latent4".into(), component: Component::new(Kind::Latent, data) };
    let steps = [
        build("Dct4", &Params::new()).unwrap(),
        build("QuantizeU8", &Params::new().with("bits", Value::Int(16))).unwrap(),
        build("ANSEncode", &Params::new()).unwrap(),
    ];
    let end = start.run(&ctx, &steps).unwrap();
    let file = store::save(&end.key, &end.component, Metadata::default()).unwrap();
    let (opened, _) = store::open(&arena, &file, &limits).unwrap();
    let back = opened.undo(&ctx).unwrap();
    assert_eq!((back.key.as_str(), back.component.data.shape()), ("Latent4", &[8, 5, 7][..]));
    let back = back.component.data.read::<f32>().unwrap();
    assert!(back.iter().zip(&values).all(|(a, b)| (a - b).abs() < 2e-3));
    assert!(back[..] != values[..]);
}
"""


def example(name: str) -> str:
    """The block behind ``<!-- example: name -->`` in CONTRIBUTING.md."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- example: {name} -->\n```rust\n(.*?)^```", page, re.S | re.M)
    assert found, f"CONTRIBUTING.md has no example {name}"
    return found[1]


def copy_of_the_sources(folder: Path) -> None:
    """The two crates as a workspace of their own, with the same dependencies as here."""
    for crate in CRATES:
        # Links into the repository become what they point to.
        shutil.copytree(ROOT / "crates" / crate, folder / "crates" / crate, ignore=shutil.ignore_patterns("target"))
    manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    members = ", ".join(f'"crates/{c}"' for c in CRATES)
    manifest = re.sub(r"^(default-)?members = \[.*?\]$", rf"\1members = [{members}]", manifest, flags=re.M | re.S)
    (folder / "Cargo.toml").write_text(manifest, encoding="utf-8")
    for name in ("Cargo.lock", "README.md", "LICENSE-MIT", "LICENSE-APACHE"):
        shutil.copy2(ROOT / name, folder / name)


@pytest.mark.slow
def test_the_native_transform_of_contributing_builds_and_round_trips():
    cargo = str(ROOT / "tools/cargo.sh")
    if subprocess.run(["bash", cargo, "--find"], capture_output=True, check=False).returncode != 0:
        pytest.skip("cargo is not installed")
    env = dict(os.environ)
    # A place of its own that stays: unchanged files keep their dates, so that a second run builds only what changed.
    copy = ROOT / "build/contributing"
    shutil.rmtree(copy, ignore_errors=True)
    copy_of_the_sources(copy)
    codec = copy / "crates/vaerans/src/codec"
    (codec / "transform/dct4.rs").write_text(example("rust-dct"), encoding="utf-8")
    registry = (codec / "registry.rs").read_text(encoding="utf-8")
    line = re.search(r"^registry! \{\n", registry, re.M)
    assert line, "registry.rs has a list registry! { ... }"
    registry = registry[: line.end()] + example("rust-registry") + registry[line.end() :]
    (codec / "registry.rs").write_text(registry, encoding="utf-8")
    (copy / "crates/vaerans/tests/contributing.rs").write_text(USE.lstrip(), encoding="utf-8")

    env["CARGO_TARGET_DIR"] = str(ROOT / "build/contributing-target")
    features = ["--no-default-features", "--features", "full"]
    command = ["bash", cargo, "test", *features, "--quiet", "-p", "vaerans", "--test", "contributing"]
    done = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
