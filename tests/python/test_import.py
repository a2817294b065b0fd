"""What importing costs, and what type checkers are told."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files

import pytest

import vaerans_ecs

HEAVY = ["onnxruntime", "skimage", "typer", "rich", "PIL", "matplotlib", "scipy", "torch", "onnx", "huggingface_hub"]


def loaded_after(code: str) -> set[str]:
    """Top-level modules that are loaded in a new process after `code`."""
    show = "import sys; print('\\n'.join(m.partition('.')[0] for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{show}"], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import vaerans_ecs",
        "import numpy, vaerans_ecs\nvaerans_ecs.decompress(vaerans_ecs.compress(numpy.zeros((8, 8, 3), 'uint8')))",
        "from vaerans_ecs import systems, functional, errors, components",
    ],
    ids=["import", "compress", "systems"],
)
def test_nothing_heavy_is_imported(code):
    found = loaded_after(code)
    assert "vaerans_ecs" in found and not found & set(HEAVY)


def test_importing_loads_only_what_every_user_needs():
    show = "import sys, vaerans_ecs; print(sorted(m for m in sys.modules if m.startswith('vaerans_ecs.')))"
    done = subprocess.run([sys.executable, "-c", show], check=True, capture_output=True, text=True)
    assert "'vaerans_ecs.errors'" in done.stdout
    for lazy in ("systems", "models", "eval", "viz", "cli", "pil", "images", "functional", "pipe"):
        assert f"'vaerans_ecs.{lazy}'" not in done.stdout


def test_every_public_name_is_there():
    for name in vaerans_ecs.__all__:
        assert getattr(vaerans_ecs, name) is not None
    assert sorted(vaerans_ecs.__all__) == dir(vaerans_ecs)
    with pytest.raises(AttributeError):
        _ = vaerans_ecs.nothing_of_that_name


@pytest.mark.slow
def test_the_package_is_typed_and_its_stub_true():
    assert (files("vaerans_ecs") / "py.typed").is_file()
    pytest.importorskip("mypy")
    command = [sys.executable, "-m", "mypy.stubtest", "vaerans_ecs._core"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
