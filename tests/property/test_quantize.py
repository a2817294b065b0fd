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
