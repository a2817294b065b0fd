"""PyTorch's tensors go in where arrays do, and what comes out goes back: `make test-torch`."""

from __future__ import annotations

import numpy as np
import pytest

import vaerans_ecs as ve
from vaerans_ecs import World
from vaerans_ecs.components import Latent4
from vaerans_ecs.systems import ANSEncode, Hadamard4, QuantizeU8, WaveletCDF53

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test-torch installs it")


@pytest.fixture
def picture():
    return torch.from_numpy(np.random.default_rng(3).integers(0, 256, (37, 52, 3), dtype=np.uint8))


def test_pictures_are_coded_as_arrays_are(picture):
    file = ve.compress(picture, lossless=True)
    assert file == ve.compress(picture.numpy(), lossless=True)
    assert torch.equal(torch.from_numpy(ve.decompress(file)), picture)


def test_channels_first_is_a_view_away(picture):
    first = picture.permute(2, 0, 1).contiguous()
    assert ve.compress(first.permute(1, 2, 0), lossless=True) == ve.compress(picture, lossless=True)


def test_latents_in_a_pipe_are_coded_as_arrays_are():
    latent = torch.randn(4, 16, 24, generator=torch.Generator().manual_seed(1))

    def coded(values):
        world = World(arena_bytes=1 << 22)
        eid = world.new_entity()
        world.latent[eid] = Latent4(world.put(values))
        pipe = world.pipe(eid) | Hadamard4() | WaveletCDF53(levels=2) | QuantizeU8(per_band=True) | ANSEncode()
        return pipe.out("Bitstream").tobytes()

    assert coded(latent) == coded(latent.numpy())


def test_functions_take_tensors(picture):
    other = torch.clamp(picture.to(torch.int16) + 3, max=255).to(torch.uint8)
    assert ve.functional.psnr(picture, other) == ve.functional.psnr(picture.numpy(), other.numpy())


def test_a_tensor_that_is_being_trained_says_what_to_do():
    with pytest.raises(RuntimeError, match="detach"):
        ve.compress(torch.zeros(8, 8, 3, requires_grad=True))
