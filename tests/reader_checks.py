"""What tests of the readers share."""

import io

import numpy as np
import pytest
from PIL import Image

from vaerans_ecs import errors
from vaerans_ecs.images import decode_picture

RNG = np.random.default_rng(7)


PHOTO = (
    (
        (128 + 90 * np.sin(np.arange(61)[:, None, None] / 7 + np.arange(83)[None, :, None] / 5 + np.arange(3)))
        + RNG.normal(0, 9, (61, 83, 3))
    )
    .clip(0, 255)
    .astype(np.uint8)
)


def pillow(data, mode=None):
    image = Image.open(io.BytesIO(data))
    return np.asarray(image.convert(mode) if mode else image)


def saved(image, format="JPEG", **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def refused(data, code, word="", **options):
    with pytest.raises(errors.VaeransError) as caught:
        decode_picture(data, **options)
    assert caught.value.code == code and word in str(caught.value), caught.value


GREY = np.arange(64, dtype=np.uint8).reshape(8, 8)
