"""`functional.quantize` computes nothing: ranges, scales and zeros are the core's, of pipes and of arrays alike."""

from __future__ import annotations

import numpy as np
import pytest

from vaerans_ecs import World, _core, functional
from vaerans_ecs.components import Latent4, QuantParams
from vaerans_ecs.errors import VaeransError
from vaerans_ecs.systems import QuantizeU8, WaveletCDF53

RANDOM = np.random.default_rng(11)


@pytest.mark.parametrize(
    ("shape", "groups"), [((7,), 7), ((3, 50), 3), ((4, 9, 11), 4), ((2, 3, 4, 5), 2), ((5, 0), 5), ((0, 6), 0)]
)
def test_a_channel_is_the_first_axis_whatever_follows_it(shape, groups):
    x = RANDOM.normal(size=shape).astype(np.float32)
    symbols, params = functional.quantize(x, 8, per="channel")
    assert params.scale.shape == params.zero.shape == params.offset.shape == (groups,)
    assert (params.scale.dtype, params.zero.dtype, params.offset.dtype) == (np.float32, np.int32, np.float32)
    for i in range(groups):
        alone, of_one = functional.quantize(x[i], 8)
        assert np.array_equal(symbols[i], alone)
        assert (of_one.scale[0], of_one.zero[0], of_one.offset[0]) == (
            params.scale[i],
            params.zero[i],
            params.offset[i],
        )
    back = functional.dequantize(symbols, params, per="channel")
    assert np.abs(back - x).max(initial=0) <= params.scale.max(initial=0) / 2 + 1e-6


@pytest.mark.parametrize("shape", [(), (1,), (2, 1, 3)])
def test_one_value_has_scale_and_zero_0(shape):
    symbols, params = functional.quantize(np.full(shape, 5.5, np.float32))
    assert not symbols.any()
    assert (params.scale.tolist(), params.zero.tolist(), params.offset.tolist()) == ([0], [0], [5.5])
    assert np.array_equal(functional.dequantize(symbols, params), np.full(shape, 5.5, np.float32))


def test_nothing_has_a_group_and_no_symbols():
    symbols, params = functional.quantize(np.zeros((0, 4), np.float32))
    assert symbols.shape == (0, 4) and params.scale.tolist() == params.offset.tolist() == [0]


@pytest.mark.parametrize(
    ("per", "flags"), [("tensor", {}), ("channel", {"per_channel": True}), ("band", {"per_band": True})]
)
def test_params_are_those_of_the_system(per, flags):
    x = RANDOM.normal(size=(4, 20, 24)).astype(np.float32)
    world = World(4 << 20, threads=1)
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(x))
    pipe = world.pipe(eid).to(WaveletCDF53(levels=2)).to(QuantizeU8(**flags))
    pipe.run()
    packed = world.view(world.wavelet[eid].packed)
    symbols, params = functional.quantize(packed, per=per, levels=2)
    of_system = world.symbols[eid]
    assert np.array_equal(symbols, world.view(of_system.q))
    assert np.array_equal(params.scale, of_system.qp.scale) and np.array_equal(params.zero, of_system.qp.zero)
    about = functional.dequantize(symbols, of_system.qp, per=per, levels=2)
    exactly = functional.dequantize(symbols, params, per=per, levels=2)
    # Without offsets zero is rounded: half a scale at most.
    assert np.abs(about - exactly).max() <= params.scale.max() * 0.51


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32])
def test_without_an_offset_zero_decides(dtype):
    symbols = np.arange(12, dtype=dtype).reshape(3, 4)
    params = QuantParams(np.array([0.5, 2, 1], np.float32), np.array([3, -1, 0], np.int32))
    expected = (symbols.astype(np.float32) - params.zero[:, None]) * params.scale[:, None]
    assert np.array_equal(functional.dequantize(symbols, params, per="channel"), expected)


@pytest.mark.parametrize(
    ("symbols", "per", "code"),
    [
        (np.zeros((3, 4), np.uint8), "channel", "param.shape"),
        (np.zeros((3, 4), np.uint8), "band", "param.range"),
        (np.zeros((3, 4), np.uint8), "row", "param.range"),
        (np.zeros((2, 4), np.int64), "channel", "param.dtype"),
    ],
)
def test_what_does_not_fit_the_params(symbols, per, code):
    params = QuantParams(np.ones(2, np.float32), np.zeros(2, np.int32))
    with pytest.raises(VaeransError) as caught:
        functional.dequantize(symbols, params, per=per)
    assert caught.value.code == code


def test_the_core_is_asked_once(monkeypatch):
    asked = []

    def quantize(x, out, *how):
        asked.append(how)
        out[...] = 1
        return [0.5], [2], [-1.0]

    def dequantize(_symbols, out, *how):
        asked.append(how)
        out[...] = 7

    monkeypatch.setattr(_core, "quantize", quantize)
    monkeypatch.setattr(_core, "dequantize", dequantize)
    symbols, params = functional.quantize(np.zeros((2, 4, 4), np.float32), 12, per="band", levels=1)
    assert symbols.dtype == np.uint16 and (symbols == 1).all()
    assert (functional.dequantize(symbols, params, per="band", levels=1) == 7).all()
    functional.dequantize(symbols, QuantParams(params.scale, params.zero))
    assert asked == [
        (12, "band", 1),
        ([0.5], [2], [-1.0], "band", 1),
        ([0.5], [2], None, "tensor", 0),
    ]
