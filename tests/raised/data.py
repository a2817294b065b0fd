"""Codes of data."""

from __future__ import annotations

import numpy as np
from raised.cases import GREY, Cases
from raised.steps import Liar, pipe

import vaerans_ecs as ve
from vaerans_ecs import World, functional, images
from vaerans_ecs.components import ReconRGB
from vaerans_ecs.systems import AddResidual, ANSEncode, QuantizeU8, Residual

CASES = Cases()
raises = CASES.raises

raises("data.empty")(lambda: ve.compress(np.zeros((0, 4, 3), np.uint8)))
raises("data.too_small")(lambda: functional.ssim(GREY[:4], GREY[:4]))
raises("data.not_finite")(lambda: pipe(QuantizeU8(), z=np.full((4, 2, 2), np.nan, np.float32)).run())
raises("data.range")(lambda: pipe(QuantizeU8(), z=np.array([[[-3.4e38, 3.4e38]]], np.float32)).run())
raises("data.type")(lambda: pipe(Liar()).run())
raises("data.image_format")(lambda: images.decode_picture(b"neither JPEG nor PNG"))
raises("data.image_damaged")(lambda: images.decode_picture(images.encode_picture(images.Picture(GREY))[:-30]))
raises("data.image_kind")(lambda: images.unpack(pipe(QuantizeU8(), ANSEncode()).out("Bitstream").tobytes()))


@raises("data.base_differs")
def _():
    world = World(1 << 20)
    eid = world.spawn_image(GREY)
    world.recon[eid] = ReconRGB(world.put(GREY + 1))
    world.pipe(eid).to(Residual()).run()
    world.recon[eid] = ReconRGB(world.put(GREY + 2))
    world.pipe(eid).select("Residual").to(AddResidual()).run()
