"""Uses an installed vaerans_ecs the way a new user does: run it from an environment of its own."""

import io
import tempfile
from pathlib import Path

import numpy as np

import vaerans_ecs as ve

y, x = np.mgrid[0:97, 0:131]
img = np.stack([(x * 2) % 256, (y * 3) % 256, (x + y) % 256], axis=2).astype(np.uint8)

assert (ve.decompress(ve.compress(img, lossless=True)) == img).all()
small, large = ve.compress(img, quality=20), ve.compress(img, quality=90)
assert len(small) < len(large)
assert ve.functional.psnr(img, ve.decompress(large)) > ve.functional.psnr(img, ve.decompress(small)) > 20
assert ve.decompress(ve.compress(img, profile="vae", quality=70)).shape == img.shape
assert ve.info(large).shape == img.shape

with tempfile.TemporaryDirectory() as folder:
    ve.imwrite(Path(folder) / "a.png", img)
    assert (ve.imread(Path(folder) / "a.png") == img).all()

ve.register_pillow()
from PIL import Image  # noqa: E402

buffer = io.BytesIO()
Image.fromarray(img).save(buffer, format="VRN", lossless=True)
assert (np.asarray(Image.open(io.BytesIO(buffer.getvalue()))) == img).all()
print(f"vaerans_ecs {ve.__version__} works: {len(small)} and {len(large)} bytes for {img.nbytes}")
