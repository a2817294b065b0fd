"""The native transform that CONTRIBUTING.md shows, one file and one line, in a copy of the sources.

It keeps the laws of the registry, and a pipe with it writes a file that comes back.
"""

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
mod common;

use common::{put, run, step, world};
use vaerans::bitstream::{to_vec, Metadata};
use vaerans::codec::coded;
use vaerans::codec::open::{DecodeOptions, Decoded, Opened};
use vaerans::component::{Kind, Params};
use vaerans::ecs::Pipe;
use vaerans::kernels::Kernels;
use vaerans::wire::{Limits, Slice};
use vaerans::REGISTRY;

#[test]
fn dct4_round_trips_through_a_file() {
    let mut world = world(1 << 20);
    let id = world.new_entity();
    let values: Vec<f32> = (0..8 * 5 * 7).map(|i| ((i * 37 % 101) as f32 - 50.0) * 0.07).collect();
    put(&mut world, id, "Latent4", Kind::Latent, &[8, 5, 7], &values);
    let mut pipe = Pipe::new(vec![id]);
    pipe.to(&mut world, step("Dct4", Params::new()), None);
    pipe.to(&mut world, step("QuantizeU8", Params::new().with("bits", 16i64.into())), None);
    pipe.to(&mut world, step("ANSEncode", Params::new()), None);
    run(&pipe, &mut world).unwrap();
    let stream = world.component(id, "Bitstream", None).unwrap();
    let file = to_vec(&coded::item(&REGISTRY, &[("Bitstream", stream)], Metadata::default()).unwrap()).unwrap();
    let source = Slice(&file);
    let opened = Opened::new(&source, &REGISTRY, &Limits::default()).unwrap();
    let decoded = opened.decode(Kernels::active(), &DecodeOptions::default()).unwrap();
    let Decoded::Tensor(kind, tensor) = decoded else { panic!("a latent") };
    assert_eq!((kind, tensor.shape()), (Kind::Latent, &[8, 5, 7][..]));
    let back = tensor.read::<f32>().unwrap();
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
    module = (codec / "transform/mod.rs").read_text(encoding="utf-8")
    head = "systems! {\n"
    assert head in module, "transform/mod.rs has a list systems! { ... }"
    module = module.replace(head, head + example("rust-registry"))
    (codec / "transform/mod.rs").write_text(module, encoding="utf-8")
    (copy / "crates/vaerans/tests/contributing.rs").write_text(USE.lstrip(), encoding="utf-8")

    env["CARGO_TARGET_DIR"] = str(ROOT / "build/contributing-target")
    # On the reference kernels: the transform needs no C++, and more than half of the build is that.
    command = ["bash", cargo, "test", "--quiet", "-p", "vaerans", "--no-default-features", "--features", "threads,full"]
    command += ["--test", "contributing", "--test", "registry"]
    done = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
