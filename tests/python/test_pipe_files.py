"""Pipes of the user's own as files: saved here, opened in another process."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import numpy as np
import pytest

import vaerans_ecs as ve
from vaerans_ecs import World
from vaerans_ecs.components import Latent4
from vaerans_ecs.errors import PipeError
from vaerans_ecs.systems import (
    ANSEncode,
    Hadamard4,
    QuantizeU8,
    System,
    WaveletCDF53,
    WaveletCDF97,
    WaveletHaar,
    YCoCgR,
)


def latent(shape=(4, 20, 13)) -> np.ndarray:
    return np.random.default_rng(3).normal(size=shape).astype(np.float32)


def entity(world: World, z: np.ndarray) -> int:
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(z))
    return eid


def elsewhere(code: str, *arguments: object) -> subprocess.CompletedProcess:
    """Runs `code` in a new process; ``sys.argv[1:]`` are the arguments."""
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


DECODE = """
import sys, numpy as np, vaerans_ecs as ve
np.save(sys.argv[2], ve.decompress(open(sys.argv[1], "rb").read()))
"""

LATENT_PIPES = {
    "hadamard": [Hadamard4(), WaveletCDF53(levels=3), QuantizeU8(per_band=True), ANSEncode()],
    "precise": [WaveletCDF97(levels=2), QuantizeU8(per_channel=True, bits=12), ANSEncode(setting="precise")],
    "haar": [WaveletHaar(levels=1), QuantizeU8(symbols=300), ANSEncode(adaptive=True)],
    "constriction": [QuantizeU8(), ANSEncode(coder="constriction")],
}


@pytest.mark.parametrize("steps", LATENT_PIPES.values(), ids=LATENT_PIPES)
def test_a_latent_pipe_opens_in_another_process(tmp_path, steps):
    world = World(8 << 20)
    z = latent()
    pipe = world.pipe(entity(world, z))
    for step in steps:
        pipe.to(step)
    stream = pipe.out("Bitstream")
    stream.save(tmp_path / "a.vrn")
    assert (tmp_path / "a.vrn").read_bytes() == stream.tobytes()
    done = elsewhere(DECODE, tmp_path / "a.vrn", tmp_path / "back.npy")
    assert done.returncode == 0, done.stderr
    back = np.load(tmp_path / "back.npy")
    assert back.shape == z.shape and back.dtype == np.float32
    assert np.abs(back - z).max() < 0.15
    assert np.array_equal(back, ve.decompress(stream.tobytes()))


def test_a_picture_pipe_is_a_picture_file(photo):
    img = np.ascontiguousarray(photo[:70, :51])
    world = World(8 << 20)
    steps = world.pipe(world.spawn_image(img)) | YCoCgR() | WaveletCDF53(levels=3) | ANSEncode()
    file = steps.out("Bitstream").tobytes()
    about = ve.info(file)
    assert about.kind == "Image" and about.shape == img.shape and about.is_lossless
    assert np.array_equal(ve.decompress(file), img)


def test_several_entities_give_several_files():
    world = World(8 << 20)
    each = [latent((4, 8, 8)), latent((4, 9, 8))]
    eids = [entity(world, z) for z in each]
    handles = (world.pipe(eids) | QuantizeU8(bits=14) | ANSEncode()).out("Bitstream")
    assert [h.eid for h in handles] == eids
    for handle, z in zip(handles, each, strict=True):
        assert np.abs(ve.decompress(handle.tobytes()) - z).max() < 1e-3


def test_results_are_views_that_save_as_npy(tmp_path):
    world = World(8 << 20)
    handle = (world.pipe(entity(world, latent())) | Hadamard4()).out("YUVW4")
    first, second = handle.numpy(), handle.numpy()
    assert first.__array_interface__["data"] == second.__array_interface__["data"] and not first.flags.writeable
    assert handle.tobytes() == first.tobytes()
    handle.save(tmp_path / "z.npy")
    assert np.array_equal(np.load(tmp_path / "z.npy"), first)
    with pytest.raises(PipeError) as e:
        handle.save(tmp_path / "z.vrn")
    assert e.value.code == "pipe.not_saveable"


# A system of the user's own, in the text that both processes run.
CUSTOM = """
import sys
import numpy as np
import vaerans_ecs as ve
from vaerans_ecs.components import Latent4, Tensor
from vaerans_ecs.systems import ANSEncode, QuantizeU8, System, register_system

class Shift(System):
    requires = ("Latent4",)
    produces = ("Shifted",)

    def __init__(self, by=1.0):
        self.by = by

    def params(self):
        return {"by": self.by}

    def run(self, world, eids):
        for eid in eids:
            (z,) = world.inputs(eid)
            moved = world.put(world.view(z.ref) + np.float32(self.by))
            world.attach(eid, world.output_key(eid), Tensor(moved, side=b"kept"))

class Unshift(System):
    requires = ("Shifted",)
    produces = ("Latent4",)

    def __init__(self, by=1.0):
        self.by = by

    def run(self, world, eids):
        for eid in eids:
            (t,) = world.inputs(eid)
            assert t.lineage[-1].side == b"kept", t.lineage
            world.attach(eid, world.output_key(eid), Latent4(world.put(world.view(t.ref) - np.float32(self.by))))
"""

SAVE = (
    CUSTOM
    + """
REGISTER
z = np.linspace(-1, 1, 4 * 6 * 5, dtype=np.float32).reshape(4, 6, 5)
w = ve.World(1 << 20)
e = w.new_entity()
w.latent[e] = Latent4(w.put(z))
(w.pipe(e) | Shift(by=2.5) | QuantizeU8(bits=12) | ANSEncode()).out("Bitstream").save(sys.argv[1])
"""
)
REGISTER = "register_system(0x8123, Shift, Unshift)"
READ = """
z = np.linspace(-1, 1, 120).reshape(4, 6, 5)
print(abs(ve.decompress(open(sys.argv[1], "rb").read()) - z).max() < 1e-3)
"""


def test_a_registered_system_is_saved_and_opened_by_its_number(tmp_path):
    saved = elsewhere(SAVE.replace("REGISTER", REGISTER), tmp_path / "a.vrn")
    assert saved.returncode == 0, saved.stderr
    about = ve.info((tmp_path / "a.vrn").read_bytes())
    assert about.steps[0][:2] == (0x8123, "Shift")
    opened = elsewhere(f"{CUSTOM}\n{REGISTER}\n{READ}", tmp_path / "a.vrn")
    assert opened.stdout.strip() == "True", opened.stderr


def test_a_decoder_that_lacks_the_system_says_its_name(tmp_path):
    saved = elsewhere(SAVE.replace("REGISTER", REGISTER), tmp_path / "a.vrn")
    assert saved.returncode == 0, saved.stderr
    with pytest.raises(PipeError) as e:
        ve.decompress((tmp_path / "a.vrn").read_bytes())
    assert e.value.code == "pipe.unknown_system" and "Shift" in str(e.value)


def test_an_unregistered_system_is_not_saved(tmp_path):
    saved = elsewhere(SAVE.replace("REGISTER", ""), tmp_path / "a.vrn")
    assert saved.returncode != 0 and "pipe.unregistered_system" in saved.stderr and "Shift" in saved.stderr
    assert not (tmp_path / "a.vrn").exists()


class Silent(System):
    requires = ("Latent4",)
    produces = ("Nothing",)

    def run(self, world, eids):
        """Attaches nothing."""


def test_a_system_that_makes_nothing_is_named():
    world = World(1 << 20)
    with pytest.raises(PipeError) as e:
        (world.pipe(entity(world, latent())) | Silent()).out("Nothing")
    assert e.value.code == "pipe.missing_component" and "Silent" in str(e.value)
