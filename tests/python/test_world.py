"""Arena, world and pipes as a user meets them."""

import threading

import numpy as np
import pytest

from vaerans_ecs import Arena, World
from vaerans_ecs.components import Latent4, Tensor
from vaerans_ecs.errors import LimitError, ParamError, PipeError
from vaerans_ecs.systems import Hadamard4, System


def latent(world: World, shape=(4, 6, 5), seed=0) -> int:
    eid = world.new_entity()
    z = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    world.latent[eid] = Latent4(world.put(z))
    return eid


def test_arena_views_share_memory_and_hold_off_resets():
    arena = Arena(1 << 16)
    ref = arena.alloc_tensor((4, 8), np.float32)
    a, b = arena.view(ref), arena.view(ref)
    a[...] = 3
    assert b.sum() == 96 and a.__array_interface__["data"] == b.__array_interface__["data"]
    row = arena.view(arena.subref_axis0(ref, 2))
    row[...] = 5
    assert (b[2] == 5).all() and ref.strides == (32, 4) and ref.dtype == "float32"
    with pytest.raises(ParamError) as e:
        arena.reset()
    assert e.value.code == "param.arena_in_use"
    del a, b, row
    arena.reset()
    with pytest.raises(ParamError) as e:
        arena.view(ref)
    assert e.value.code == "param.stale_tensor"


def test_a_full_arena_says_what_to_raise():
    with pytest.raises(LimitError) as e:
        Arena(1000).alloc_tensor((1000,), "float64")
    assert e.value.code == "limit.arena" and "8000" in str(e.value) and "more bytes" in str(e.value)


def test_spawning_leases_contiguous_arrays_and_copies_a_batch_once():
    world = World(1 << 20)
    img = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    eid = world.spawn_image(img)
    view = world.view(world.rgb[eid].pix)
    assert view.__array_interface__["data"][0] == img.__array_interface__["data"][0]
    assert not view.flags.writeable
    assert world.stats["leases"] == 1 and world.stats["copies"] == 0
    eids = world.spawn_batch_rgb([img, img[:, ::-1], np.zeros((2, 2), np.uint16)])
    assert world.stats["copies"] == 2
    assert (world.view(world.rgb[eids[1]].pix) == img[:, ::-1]).all()
    first, second = (world.rgb[e].pix.offset for e in eids[:2])
    assert second - first == img.nbytes


def test_pipes_run_lazily_and_versions_stay_readable():
    world = World(1 << 20)
    eid = latent(world)
    pipe = world.pipe(eid) | Hadamard4() | Hadamard4.inverse()
    assert [k for k, _ in world.versions(eid)] == ["Latent4"]
    text = str(pipe.describe())
    assert "Hadamard4Inverse" in text and "YUVW4" in text and "to run" in text
    assert "<table>" in pipe._repr_html_()
    back = pipe.out("Latent4")
    keys = world.versions(eid)
    assert [k for k, _ in keys] == ["Latent4", "YUVW4", "Latent4"]
    first = world.view(world.component(eid, "Latent4", keys[0][1]).ref)
    assert np.allclose(back.numpy(), first, atol=1e-5)
    assert len(world.trace) == 2 and "Hadamard4" in repr(world.trace)


def test_a_component_goes_on_naming_its_version():
    w = World(1 << 20)
    e = w.new_entity()
    with pytest.raises(PipeError):
        w.component(e, "Latent4")
    for step in (1, 2):
        w.latent[e] = Latent4(w.put(np.full((4, 2, 2), step, np.float32)))
        assert w.latent[e]._home.step == w.versions(e)[-1][1]
    first = w.versions(e)[0][1]
    assert w.component(e, "Latent4", first)._home.step == first


def test_missing_inputs_name_the_system_that_helps():
    world = World(1 << 20)
    with pytest.raises(PipeError) as e:
        world.pipe(latent(world)).to(Hadamard4.inverse()).out("Latent4")
    assert e.value.code == "pipe.wrong_kind" and "Hadamard4" in str(e.value)
    with pytest.raises(PipeError) as e:
        world.pipe(latent(world)).select("YUVW4").to(Hadamard4.inverse()).out("Latent4")
    assert e.value.code == "pipe.missing_input" and "Hadamard4" in str(e.value)


class Scale(System):
    requires = ("Latent4",)
    produces = ("Scaled",)

    def __init__(self, factor: float = 2.0) -> None:
        self.factor = factor
        self.groups: list[list[int]] = []

    def params(self):
        return {"factor": self.factor}

    def run(self, world, eids):
        self.groups.append(list(eids))
        for eid in eids:
            (z,) = world.inputs(eid)
            world.attach(eid, world.output_key(eid), Tensor(world.put(world.view(z.ref) * self.factor)))


def test_a_python_system_works_beside_native_ones():
    world = World(1 << 20)
    eids = [latent(world, s) for s in ((4, 2, 2), (4, 3, 3), (4, 2, 2))]
    scale = Scale(3.0)
    results = (world.pipe(eids) | scale | Hadamard4()).out("YUVW4")
    assert scale.groups == [[eids[0], eids[2]], [eids[1]]]
    plain = world.pipe(eids[1]).select("Latent4").to(Hadamard4()).out("YUVW4")
    assert np.allclose(results[1].numpy(), plain.numpy() * 3, atol=1e-4)
    assert any(r["isa"] == "python" for r in world.trace)


def test_a_fork_shares_what_has_run():
    world = World(1 << 20)
    eid = latent(world)
    pipe = world.pipe(eid) | Hadamard4()
    fork = pipe.fork().to(Hadamard4.inverse(), out="Back")
    fork.out("Back")
    pipe.out("YUVW4")
    assert [k for k, _ in world.versions(eid)] == ["Latent4", "YUVW4", "Back"]


def test_a_pipe_runs_again_for_other_entities():
    world = World(1 << 20)
    first, second = latent(world, seed=1), latent(world, seed=2)
    pipe = world.pipe(first) | Hadamard4() | Hadamard4.inverse()
    pipe.run()
    back = pipe.run([second]).out("Latent4")
    assert back.eid == second and [k for k, _ in world.versions(second)] == ["Latent4", "YUVW4", "Latent4"]


def test_ten_thousand_pictures_keep_memory_flat():
    world = World(1 << 20, trace=False)
    img = np.zeros((16, 16, 3), np.uint8)
    for _ in range(10_000):
        (eid,) = world.spawn_batch_rgb([img])
        world.despawn(eid)
    assert world.stats["arena"]["used"] == 0 and world.stats["arena"]["peak"] <= 4096


def test_many_threads_share_a_world():
    world = World(8 << 20, threads=2)
    expected = (world.pipe(latent(world, seed=7)) | Hadamard4()).out("YUVW4").numpy().copy()
    results = {}

    def work(i):
        for _ in range(20):
            eid = latent(world, seed=7)
            results[i] = (world.pipe(eid) | Hadamard4()).out("YUVW4").numpy().copy()
            world.despawn(eid)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(results) == 6 and all((r == expected).all() for r in results.values())


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (np.zeros((0, 4, 3), np.uint8), "data.empty"),
        (np.zeros((4, 4, 5), np.uint8), "param.shape"),
        (np.zeros((4, 4, 3), np.float32), "param.dtype"),
        (np.zeros((4, 4, 3), ">u2"), "param.dtype"),
        (np.zeros((2, 2, 2, 3), np.uint8), "param.shape"),
    ],
)
def test_what_is_no_image_is_refused(image, code):
    with pytest.raises(ValueError) as e:
        World(1 << 16).spawn_image(image)
    assert e.value.code == code
