"""Metrics and the blur as steps of a pipe."""

import math

import numpy as np
import pytest

from vaerans_ecs import World, functional
from vaerans_ecs.components import ReconRGB
from vaerans_ecs.errors import DataError, ParamError, PipeError
from vaerans_ecs.systems import GaussianBlur, MetricMSSSIM, MetricPSNR, MetricSSIM


@pytest.fixture
def pair(photo: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return photo[:200, :180].copy(), (photo[:200, :180] // 12 * 12 + 6).astype(np.uint8)


def spawn(world: World, pair: tuple[np.ndarray, np.ndarray]) -> int:
    eid = world.spawn_image(pair[0])
    world.attach(eid, "ReconRGB", ReconRGB(world.put(pair[1])))
    return eid


def test_metrics_chain_and_agree_with_the_functions(pair):
    world = World(16 << 20)
    pipe = world.pipe(spawn(world, pair)) | MetricPSNR() | MetricSSIM() | MetricMSSSIM()
    assert pipe.out("PSNR").item() == functional.psnr(*pair)
    assert pipe.out("SSIM").item() == functional.ssim(*pair)
    assert pipe.out("MSSSIM").item() == functional.ms_ssim(*pair)


def test_blur_is_a_side_product_that_can_be_measured(pair):
    world = World(16 << 20)
    pipe = world.pipe(spawn(world, pair)).select("ReconRGB").to(GaussianBlur(sigma=1.5), out="BlurRGB")
    blurred = functional.gaussian_blur(pair[1], 1.5)
    assert (pipe.out("BlurRGB").numpy() == blurred).all()
    pipe.to(MetricPSNR(recon="BlurRGB"))
    assert pipe.out("PSNR").item() == functional.psnr(pair[0], blurred)


def test_several_entities_have_a_value_each(pair):
    world = World(16 << 20)
    eids = [spawn(world, pair), spawn(world, (pair[0], pair[0]))]
    values = [handle.item() for handle in world.pipe(eids).to(MetricPSNR()).out("PSNR")]
    assert values == [functional.psnr(*pair), math.inf]


def test_what_cannot_be_measured_says_why(pair):
    world = World(16 << 20)
    with pytest.raises(PipeError, match="ReconRGB") as caught:
        world.pipe(world.spawn_image(pair[0])).to(MetricSSIM()).out("SSIM")
    assert caught.value.code == "pipe.missing_input"
    small = spawn(world, (pair[0][:5], pair[1][:5]))
    with pytest.raises(DataError) as caught:
        world.pipe(small).to(MetricSSIM()).out("SSIM")
    assert caught.value.code == "data.too_small"
    unlike = spawn(world, (pair[0], pair[1][:9]))
    with pytest.raises(ParamError, match="two pictures of one shape"):
        world.pipe(unlike).to(MetricPSNR()).out("PSNR")
    with pytest.raises(ParamError) as caught:
        world.pipe(small).to(GaussianBlur(sigma=-1)).out("BlurRGB")
    assert caught.value.code == "param.range"
