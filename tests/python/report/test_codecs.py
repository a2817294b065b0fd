"""What stands for a codec, and its trace."""

from __future__ import annotations

import numpy as np
import pytest
from report_case import NASTY, decode, encode, picture, run

from vaerans_ecs import World, errors
from vaerans_ecs.components import Latent4
from vaerans_ecs.eval import Codec, bd, sweep_points
from vaerans_ecs.eval.codecs import from_pipe, point_name
from vaerans_ecs.eval.trace import steps_of
from vaerans_ecs.systems import ANSEncode, DeadZone, Hadamard4, WaveletCDF97, YCoCgR


def test_sweeps_multiply_and_a_pipe_can_have_its_own():
    assert sweep_points({"a": (1, 2), "b": "x"}) == [{"a": 1, "b": "x"}, {"a": 2, "b": "x"}]
    assert sweep_points(None) == [{}]
    assert point_name({}) == "default"
    assert point_name({"q": 0.5, "levels": 3}) == "q=0.5, levels=3"
    sweep = {"step": np.arange(1, 4), "own": {"step": [9]}}
    assert from_pipe("own", (encode, decode), sweep).points == [{"step": 9}]
    assert from_pipe("other", (encode, decode), sweep).points == [{"step": 1}, {"step": 2}, {"step": 3}]
    assert type(from_pipe("other", (encode, decode), sweep).points[0]["step"]) is int


def test_a_profile_is_swept_but_for_what_is_fixed():
    codec = from_pipe("vae", {"profile": "vae", "quality": 80}, {"quality": [1, 2], "max_error": [3, 4]})
    assert codec.points == [{"max_error": 3}, {"max_error": 4}]
    assert len(from_pipe("photo", "photo", None).points) >= bd.MIN_POINTS
    assert from_pipe("p", {"profile": "photo", "sweep": {"quality": [7]}}, None).points == [{"quality": 7}]


def test_a_function_of_two_is_a_factory_and_of_one_an_encoder():
    def factory(world, eid, quality=3):
        raise NotImplementedError

    assert from_pipe("f", factory, {"quality": [1]}).trace is not None
    assert from_pipe("e", lambda img, quality: b"", {"quality": [1]}).trace is None
    with pytest.raises(errors.ParamError) as caught:
        from_pipe("bad", 7, None)
    assert caught.value.code == "param.type"
    assert "bad" in str(caught.value)


def test_profiles_and_pipe_factories_are_measured_and_traced():
    """The real codec: both profiles, and a pipe of the user's own with two swept parameters."""

    def mine(world, eid, levels, step):
        return world.pipe(eid) | YCoCgR(float=True) | WaveletCDF97(levels=levels) | DeadZone(step=step) | ANSEncode()

    sweep = {"quality": [20, 60], "mine": {"levels": [2, 3], "step": [8.0, 30.0]}}
    made = run(
        {
            "photo": "photo",
            "vae": {"profile": "vae", "fallback": False},
            "pil": {"profile": "vae", "model": "pil"},
            "mine": mine,
        },
        {"a": picture(72, 88)},
        sweep,
    )
    assert [r.error for r in made.data.rows] == [None] * 10
    assert [r.point for r in made.data.rows if r.codec == "mine"][1] == "levels=2, step=30"
    better = {(r.codec, r.point): r for r in made.data.rows}
    assert better["photo", "quality=60"].psnr > better["photo", "quality=20"].psnr
    assert better["mine", "levels=3, step=8"].bytes > better["mine", "levels=3, step=30"].bytes
    assert made.data.notes == ["no BD-rates: the anchor JPEG was not measured"]
    systems = {c: [s.system for s in made.data.trace if s.codec == c] for c in ("photo", "vae", "pil", "mine")}
    assert systems["photo"] == ["PhotoEncode"]
    assert systems["mine"] == ["YCoCgR", "WaveletCDF97", "DeadZone", "ANSEncode"]
    assert systems["vae"] == ["LayeredVAEEncode", "PredictEncode"]
    assert systems["pil"][0] == "VAEEncode" and systems["pil"][-1] == "ANSEncode"
    assert all(s.ms > 0 and s.bytes and s.isa for s in made.data.trace)


def test_the_trace_of_a_world_becomes_steps():
    world = World(1 << 20)
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(np.ones((4, 8, 8), np.float32)))
    world.pipe(eid).to(Hadamard4()).to(Hadamard4.inverse()).out("Latent4")
    steps = steps_of(world.trace)
    assert [s.system for s in steps] == ["Hadamard4", "Hadamard4Inverse"]
    assert steps[0].shape_in == steps[1].shape_out == "4 \u00d7 8 \u00d7 8"
    assert steps[0].bytes == 4 * 8 * 8 * 4
    assert all(s.isa and s.ms is not None and s.dtype_out for s in steps)


def test_a_codec_object_keeps_its_trace():
    row = {"step": 3, "system": "Wavelet", "params": "levels=4", "entities": 1, "input_shape": (4, 8, 8)}
    row |= {"input_dtype": "f32", "output_shape": (), "output_dtype": "f32", "bytes": 9, "entropy_bits": 2.25}
    row |= {"nanos": 1_500_000, "isa": "avx2", "seed": 7}
    codec = Codec("", "pipe", lambda img, p: encode(img, **p), decode, trace=lambda img, p: steps_of([row]))
    made = run({NASTY: codec})
    step = made.data.trace[0]
    assert (step.codec, step.point, step.shape_in, step.shape_out) == (NASTY, "step=8", "4 \u00d7 8 \u00d7 8", "scalar")
    assert (step.entropy_bits, step.seed, step.ms) == (2.25, 7, 1.5)
    assert "2.250" in made.html()
