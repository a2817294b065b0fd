"""Forked processes: a child never waits for a thread that it does not have."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import vaerans_ecs

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

PRELUDE = """
import os, sys, threading, warnings
import numpy as np
import vaerans_ecs as ve
from vaerans_ecs.components import Latent4
from vaerans_ecs.systems import Hadamard4
warnings.simplefilter("ignore")

def in_child(work):
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(write, repr(work()).encode())
        except ve.errors.VaeransError as error:
            os.write(write, error.code.encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    return os.read(read, 1000).decode()

stop = False
def busy(work):
    def loop():
        while not stop:
            work()
    threads = [threading.Thread(target=loop, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
"""


def run(script: str) -> list[str]:
    """What a script prints; a hang is a failure."""
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + script], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1]


def test_a_world_that_threads_use_is_refused_in_a_child() -> None:
    said = run("""
w = ve.World(8 << 20, threads=2)
e = w.new_entity()
w.latent[e] = Latent4(w.put(np.zeros((4, 32, 32), np.float32)))
ref = w.latent[e].ref
view = w.view(ref)
def use():
    mine = w.new_entity()
    w.latent[mine] = Latent4(ref)
    (w.pipe(mine) | Hadamard4()).out().numpy()
    w.despawn(mine)
busy(use)
def child():
    global view
    del view  # the memory's lock is not waited for
    asked = (w.new_entity, lambda: w.latent[e], lambda: w.stats, lambda: w.put(np.zeros(3)), w.reset, lambda: w.trace,
             lambda: w.pipe(e).to(Hadamard4()).out(), lambda: w.arena.stats, lambda: np.asarray(ref), w.arena.reset,
             lambda: e in w.latent, lambda: len(w.latent))
    found = []
    for ask in asked:
        try:
            found.append(ask())
        except ve.errors.VaeransError as error:
            found.append(error.code)
    return set(found), repr(w)[:15], repr(w.latent)[:15]
for _ in range(6):
    print(in_child(child))
stop = True
""")
    assert said == ["({'unavailable.forked'}, 'World(unusable:', 'ComponentStore(')"] * 6


def test_whole_files_are_made_and_read_in_a_child() -> None:
    """While threads of the parent start pools of every size, use kept arenas and ask for the kernels."""
    said = run("""
img = np.arange(256 * 300 * 3, dtype=np.uint8).reshape(300, 256, 3)
file = ve.compress(img, tile=128)
sizes = iter(range(10_000))
busy(lambda: ve.decompress(ve.compress(img, tile=128, threads=2 + next(sizes) % 30)))
def child():
    again = ve.compress(img, tile=128, threads=3)
    made = ve.World(1 << 20).new_entity()
    return again == file, ve.decompress(file).shape, ve.functional.psnr(img, img), made
for _ in range(12):
    print(in_child(child))
stop = True
""")
    assert said == ["(True, (300, 256, 3), inf, 0)"] * 12 or said == ["(True, (300, 256, 3), inf, 1)"] * 12


#: Modules of learned models, which the first use of a model imports.
OF_MODELS = {
    "vaerans_ecs.pil", "vaerans_ecs._pil_fit", "vaerans_ecs._pil_onnx", "vaerans_ecs.models.taesd",
    "vaerans_ecs.models.graphs", "vaerans_ecs.wasm.emit", "vaerans_ecs.wasm.exporter", "vaerans_ecs.wasm.module",
    "vaerans_ecs.wasm.onnx_file", "vaerans_ecs.wasm.quantize",
}  # fmt: skip


def imports_of_functions(package: str, path: Path) -> set[str]:
    """Modules of this package that a file's functions import when they run."""
    found = set()
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for node in ast.walk(function) if isinstance(function, ast.FunctionDef) else ():
            if isinstance(node, ast.ImportFrom) and node.level:
                base = package.rsplit(".", node.level - 1)[0] if node.level > 1 else package
                found |= {f"{base}.{node.module}"} if node.module else {f"{base}.{name.name}" for name in node.names}
    return found


@pytest.mark.parametrize("name", ["compress", "World", "PILVAE", "register_system", "pillow"])
def test_what_one_name_brings_imports_nothing_later(name) -> None:
    """A child forked while another thread imports a module would wait for that import for ever."""
    script = f"""
import json, sys, vaerans_ecs
vaerans_ecs.{name}
print(json.dumps({{m: [v.__package__, v.__file__] for m, v in sys.modules.items() if m.startswith("vaerans_ecs.")}}))
"""
    loaded = json.loads(subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout)
    late = {
        (module, other)
        for module, (package, file) in loaded.items()
        if file.endswith(".py")
        for other in imports_of_functions(package, Path(file)) - loaded.keys() - OF_MODELS
    }
    assert not late and Path(vaerans_ecs.__file__).parent == Path(loaded["vaerans_ecs.api"][1]).parent


def test_a_network_runs_in_a_child(tmp_path) -> None:
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    said = run(f"""
ve.models.load("pil").to_onnx({str(tmp_path / "m")!r})
img = np.zeros((16, 16, 3), np.uint8)
model = ve.models.load({str(tmp_path / "m")!r}, session_options={{"intra_op_num_threads": 2}})
model.encode_batch([img])
for _ in range(3):
    print(in_child(lambda: model.encode_batch([img]).shape))
""")
    assert said == ["(1, 4, 8, 8)"] * 3
