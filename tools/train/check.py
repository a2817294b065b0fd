"""Stage ``check``: the exported files end to end, a picture to words and back; decoding starts from the words alone."""

from __future__ import annotations

import numpy as np

from . import pack, rans
from .codec import Coder, OnnxNetworks, decode
from .integer_model import IntegerModel
from .robustness import psnr
from .run import Run


def stage(run: Run) -> None:
    """Code part of a photo by the exported files at some qualities, decode it, and look at the error."""
    run.require("export")
    run.begin("check")
    networks = OnnxNetworks(run.export_folder)
    model = IntegerModel.load(run.export_folder / "entropy_model.npz")
    photo, size = pack.read(run.of("data")).photo(0), run.config.check_size
    picture = np.ascontiguousarray(photo[: size - 3, : size - 5])  # not a multiple of 16
    found = {quality: there_and_back(networks, model, picture, quality) for quality in run.config.check_qualities}
    for quality, (length, decibels) in found.items():
        run.log(f"check: quality {quality}: {length} bytes, {decibels:.2f} dB, decoded exactly")
    finest = max(found)
    if not found[finest][1] >= run.config.check_psnr:
        raise SystemExit(f"train: quality {finest} gives {found[finest][1]:.2f} dB, less than {run.config.check_psnr}")
    run.finish("check", psnr={str(k): round(v[1], 3) for k, v in found.items()})


def there_and_back(networks: OnnxNetworks, model: IntegerModel, picture: np.ndarray, quality: int) -> tuple[int, float]:
    """Bytes of the words of a picture at a quality, and the PSNR of what comes back."""
    coded = Coder(networks, model, picture).at(quality)
    words = rans.encode(model, coded.q, coded.prepared)
    q = rans.decode(model, words, coded.q.shape, model.prepare(quality))
    if not np.array_equal(q, coded.q):
        raise SystemExit(f"train: quality {quality}: the integers did not come back")
    decoded = decode(networks, model, q, quality, picture.shape)
    if not np.array_equal(decoded, coded.picture):
        raise SystemExit(f"train: quality {quality}: the decoder shows another picture than the encoder saw")
    return 2 * len(words), psnr(picture, decoded)
