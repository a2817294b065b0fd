"""`functional.quantize` and `dequantize` over drawn tensors, and against the quantiser of pipes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vaerans_ecs import World, functional
from vaerans_ecs.components import Latent4
from vaerans_ecs.errors import VaeransError
from vaerans_ecs.systems import Dequantize, QuantizeU8

few = settings(max_examples=25, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
shapes = st.tuples(st.integers(1, 5), st.integers(1, 30), st.integers(1, 30))
tensors = shapes.flatmap(lambda s: hnp.arrays(np.float32, s, elements=st.floats(-1e4, 1e4, width=32)))
PER = {"tensor": {}, "channel": {"per_channel": True}}


@few
@given(tensors, st.integers(1, 16), st.sampled_from(["tensor", "channel", "band"]), st.integers(0, 3))
def test_the_error_is_half_a_scale_at_most(x, bits, per, levels):
    how = {"per": per, "levels": levels if per == "band" else 0}
    symbols, params = functional.quantize(x, bits, **how)
    assert symbols.dtype == (np.uint8 if bits <= 8 else np.uint16) and symbols.shape == x.shape
    assert int(symbols.max()) < 1 << bits
    out = np.empty_like(x)
    back = functional.dequantize(symbols, params, out=out, **how)
    assert back is out
    assert np.abs(back - x).max() <= params.scale.max() / 2 + 1e-6 * np.abs(x).max() + 1e-12
    if bits > 1 and per == "tensor" and x.min() < 0 < x.max():
        assert (back[x == 0] == 0).all()


#: Tensors about any value, of any span, down to subnormal numbers and up to where float32 ends.
anywhere = st.builds(
    lambda about, span, x: np.clip(about + span * x, -1.7e38, 1.7e38).astype(np.float32),
    st.sampled_from([0.0, 0.0, 1.0, -3e4, 1e-3, 1e30]),
    st.sampled_from([1e-44, 1e-38, 1e-6, 1.0, 700.0, 1e9, 1e38]),
    hnp.arrays(np.float64, st.integers(1, 300), elements=st.floats(-1, 1)),
)


@settings(few, max_examples=300)
@given(anywhere, st.sampled_from([1, 2, 3, 8, 12, 16]))
def test_the_stated_bound_holds_for_any_range(x, bits):
    symbols, params = functional.quantize(x, bits)
    back = functional.dequantize(symbols, params).astype(np.float64)
    bound = params.scale.astype(np.float64).max() / 2 + 2.0**-20 * np.abs(x.astype(np.float64)).max()
    assert np.abs(back - x).max() <= bound
    assert np.isfinite(back).all()


def test_half_a_scale_alone_is_not_the_bound_of_16_bits():
    x = np.random.default_rng(0).normal(size=3000).astype(np.float32)
    for bits, more in ((8, 1e-3), (16, 0.13)):
        symbols, params = functional.quantize(x, bits)
        error = np.abs(functional.dequantize(symbols, params).astype(np.float64) - x).max()
        assert error <= params.scale[0] / 2 * (1 + more)


@pytest.mark.parametrize("bits", [2, 3, 8])
def test_a_range_whose_last_symbol_float32_does_not_hold_is_refused(bits):
    scale = 3.4e38 / ((1 << bits) - 2)
    low = (0.5 + ((1 << bits) - 3) // 2) * scale
    with pytest.raises(VaeransError) as caught:
        functional.quantize(np.array([-low, 3.4e38 - low], np.float32), bits)
    assert caught.value.code == "data.range"


@few
@given(tensors, st.integers(1, 16), st.sampled_from(sorted(PER)))
def test_the_functions_are_the_systems(x, bits, per):
    world = World(4 << 20, threads=1)
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(x))
    pipe = world.pipe(eid) | QuantizeU8(bits=bits, **PER[per])
    symbols, params = functional.quantize(x, bits, per=per)
    assert np.array_equal(symbols, pipe.out("SymbolsU8").numpy())
    back = pipe.to(Dequantize()).out("Latent4").numpy()
    assert np.array_equal(functional.dequantize(symbols, params, per=per), back)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"x": np.array([np.nan], np.float32)}, "data.not_finite"),
        ({"x": np.array([-3e38, 3e38], np.float32)}, "data.range"),
        ({"x": np.zeros(3, np.float32), "bits": 17}, "param.range"),
        ({"x": np.zeros(3, np.float32), "bits": 0}, "param.range"),
        ({"x": np.zeros(3, np.float32), "per": "band"}, "param.range"),
        ({"x": np.zeros(3, np.float32), "out": np.zeros(4, np.uint8)}, "param.shape"),
    ],
)
def test_what_cannot_be(arguments, code):
    with pytest.raises(VaeransError) as e:
        functional.quantize(**arguments)
    assert e.value.code == code
