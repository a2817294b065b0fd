"""Every golden file, decoded by what docs/format.md says and nothing else."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from vaerans_ecs import World, systems

from . import vrn
from .compare import check
from .vrn import samples, wavelets
from .vrn.registry import CDF53, CDF97, HAAR
from .vrn.undo import Tile

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
ROWS = json.loads((GOLDEN / "checksums.json").read_text(encoding="utf-8"))
CASES = json.loads((GOLDEN / "pipes.json").read_text(encoding="utf-8"))["cases"]


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"golden_{name}", GOLDEN / f"{name}.py")
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture(scope="module")
def pipes() -> ModuleType:
    return module("pipes")


def sha256(array: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(array, array.dtype.newbyteorder("<"))).hexdigest()


def check_row(array: np.ndarray, row: dict) -> None:
    assert list(array.shape) == row["shape"] and array.dtype.name == row["dtype"]
    assert sha256(array) == row["sha256"]


@pytest.mark.parametrize("name", sorted(name for name in ROWS if not name.startswith("vae")))
def test_a_golden_file(name):
    check_row(vrn.decode((GOLDEN / f"{name}.vrn").read_bytes()), ROWS[name])


def test_the_latent_of_a_learned_picture():
    item = vrn.find((GOLDEN / "vae.vrn").read_bytes())
    tile = Tile(item, item.streams[0], 0, len(item.streams[0].sections))
    check_row(tile.undo(until=1), ROWS["vae"]["latent"])
    for name in ROWS:
        if name.startswith("vae") and "layers" not in name:
            with pytest.raises(vrn.Refused, match="learned"):
                vrn.decode((GOLDEN / f"{name}.vrn").read_bytes())


def test_the_files_that_the_encoder_writes_today():
    pytest.importorskip("skimage")
    names = json.loads((GOLDEN / "encoded.json").read_text(encoding="utf-8"))
    files = module("make").files()
    assert {name: hashlib.sha256(file).hexdigest() for name, file in files.items()} == names
    for name, file in files.items():
        if not name.startswith("vae") and file != (GOLDEN / f"{name}.vrn").read_bytes():
            check(file)


def run(pipes: ModuleType, case: dict, count: int | None = None) -> np.ndarray | bytes:
    """What the first ``count`` steps of a case make."""
    world = World(64 << 20, threads=1)
    eid, known = world.new_entity(), pipes.inputs()
    for name in case["inputs"]:
        stored, array = known[name]
        world.store(stored)[eid] = pipes._COMPONENTS[stored](world.put(array))
    pipe = world.pipe(eid)
    for name, params, *out in case["steps"][:count]:
        pipe.to(getattr(systems, name)(**params), *out)
    handle = pipe.out(None)
    return handle.tobytes() if handle.key == "Bitstream" else np.array(handle.numpy())


CODERS = ("ANSEncode", "PhotoEncode", "LosslessEncode")
CODED = [name for name, case in CASES.items() if any(step[0] in CODERS for step in case["steps"])]


@pytest.mark.parametrize("name", CODED)
def test_the_file_of_a_pipe(name, pipes):
    case = CASES[name]
    coded = next(at for at, step in enumerate(case["steps"], 1) if step[0] in CODERS)
    file = run(pipes, case, coded)
    if coded == len(case["steps"]):
        assert hashlib.sha256(file).hexdigest() == case["expected"]["sha256"]
        check(file)
    else:
        check_row(vrn.decode(file), case["expected"])


INVERSES = {
    "hadamard of 2 and back": lambda x: samples.hadamard(x, 2),
    "cdf53 of a latent and back": lambda x: wavelets.inverse(x, CDF53, 4),
    "cdf97 and back": lambda x: wavelets.inverse(x, CDF97, 4),
    "haar and back": lambda x: wavelets.inverse(x, HAAR, 2),
    "colour and back": lambda x: samples.colour(x, np.dtype(np.uint8)),
}


@pytest.mark.parametrize("name", INVERSES)
def test_an_inverse(name, pipes):
    forward = run(pipes, CASES[name], 1)
    check_row(INVERSES[name](forward), CASES[name]["expected"])
