"""A picture by the learned codec of an installed vaerans_ecs, without extras: run it from an environment of its own."""

import sys

import numpy as np

import vaerans_ecs as ve

y, x = np.mgrid[0:120, 0:160]
waves = [128 + 90 * np.sin(x / (17 + 5 * c)) * np.cos(y / (23 - 4 * c)) for c in range(3)]
img = np.stack(waves, axis=2).astype(np.uint8)

small, large = (ve.compress(img, profile="vae", quality=q, fallback=False) for q in (10, 90))
for file in (small, large):
    assert ve.info(file).steps[0][1] == "LayeredVAEEncode", ve.info(file).pipe
    assert ve.decompress(file).shape == img.shape
psnr = [ve.functional.psnr(img, ve.decompress(file)) for file in (small, large)]
assert len(small) < len(large) < img.nbytes / 8 and 25 < psnr[0] < psnr[1], (len(small), len(large), psnr)
exact = ve.compress(img, profile="vae", lossless=True)
assert (ve.decompress(exact) == img).all()
loaded = {"onnx", "onnxruntime", "torch"} & set(sys.modules)
assert not loaded, loaded
print(f"profile vae works without extras: {len(small)} and {len(large)} bytes, PSNR {psnr[0]:.1f} and {psnr[1]:.1f} dB")
