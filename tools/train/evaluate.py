"""Stage ``evaluate``: rate and quality on folders of pictures, by the ideal code length of the integer tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from . import bd_rate, data, manifest, pack, robustness
from .codec import Coder, Networks, TorchNetworks
from .integer_model import IntegerModel
from .run import Run
from .workers import Workers

HEADER_BYTES = 24  # of a file, counted in the rate
COLUMNS = ("codec", "setting", "bpp", "psnr", "msssim")
NAME = "learned"
Row = tuple[int, float, float, float]  # quality, bits per pixel, PSNR, MS-SSIM
SETS = ("val", "kodak")


def stage(run: Run) -> None:
    """Write a CSV file for each set of pictures, and BD-rates where there is a file of other codecs' curves."""
    from . import codec_net

    run.require("tables")
    run.begin("evaluate")
    net, more = codec_net.load(run.of("layer2") / "network.safetensors", run.config, run.device)
    model = IntegerModel.load(run.of("tables") / "entropy_model.npz")
    networks = TorchNetworks(net, more["basis"])
    curves = {}
    for name, pictures in sets(run).items():
        rows = curve(networks, model, pictures, run.config.qualities, run.log)
        write(run.of("evaluate") / f"{name}.csv", rows)
        curves[name] = [list(row) for row in rows]
        compare(run, name, run.of("evaluate") / f"{name}.csv")
    run.finish("evaluate", curves=curves, synthetic=robustness.measure(networks, model, run.log))


def sets(run: Run) -> dict[str, list[np.ndarray]]:
    """Pictures to evaluate on, by set; without any, some of those that were trained on."""
    found = {}
    for name in SETS:
        files = sorted((run.photos / name).glob("*.png")) if run.photos else []
        if files:
            limit = run.config.evaluate_limit or len(files)
            found[name] = [data.picture(path) for path in manifest.evenly(files, limit)]
    if not found:
        photos = pack.read(run.of("data"))
        found["train"] = [photos.photo(i) for i in manifest.evenly(range(len(photos)), run.config.evaluate_limit or 4)]
    return found


def curve(
    networks: Networks,
    model: IntegerModel,
    pictures: Sequence[np.ndarray],
    qualities: Sequence[int],
    log: Callable[[str], None],
) -> list[Row]:
    """Means over pictures, for each quality: bits per pixel, PSNR, MS-SSIM."""
    jobs: dict[int, list] = {quality: [] for quality in qualities}
    with Workers(model) as workers:
        for picture in pictures:
            coder = Coder(networks, model, picture)
            for quality in qualities:
                coded = coder.at(quality)
                bits = workers.bits(coded.q, quality)
                jobs[quality].append((bits, picture.shape, *quality_of(picture, coded.picture)))
        rows = [mean_row(quality, jobs[quality]) for quality in qualities]
    for quality, bpp, psnr, similarity in rows:
        log(f"evaluate: quality {quality}: {bpp:.4f} bpp {psnr:.3f} dB {similarity:.5f}")
    return rows


def mean_row(quality: int, jobs: list) -> Row:
    """Means of the pictures at one quality."""
    rates = [(bits.result() + 8 * HEADER_BYTES) / (shape[0] * shape[1]) for bits, shape, *_ in jobs]
    return (quality, float(np.mean(rates)), *(float(np.mean([job[i] for job in jobs])) for i in (2, 3)))


def quality_of(picture: np.ndarray, decoded: np.ndarray) -> tuple[float, float]:
    """PSNR in decibels and MS-SSIM of 8-bit pictures."""
    import torch

    from .codec_net import unit
    from .metrics import ms_ssim

    x, y = (unit(torch.from_numpy(p.copy())[None]) for p in (picture, decoded))
    return robustness.psnr(picture, decoded), float(ms_ssim(x, y)[0])


def write(path: Path, rows: Sequence[Row]) -> None:
    """A curve as CSV."""
    lines = [",".join(COLUMNS)] + [f"{NAME},q{k},{b:.4f},{p:.3f},{s:.5f}" for k, b, p, s in rows]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def compare(run: Run, name: str, ours: Path) -> None:
    """Say the BD-rates against other codecs, where ``peers_NAME.csv`` lies beside the pictures and all were taken."""
    peers = run.photos / f"peers_{name}.csv" if run.photos else None
    if peers and peers.is_file() and not run.config.evaluate_limit:
        say_bd_rates(ours, peers, run.log)


def say_bd_rates(ours: Path, peers: Path, log: Callable[[str], None]) -> None:
    """BD-rates of the first codec of one file against all of another."""
    test = next(iter(bd_rate.read(ours).values()))
    for codec, points in bd_rate.read(peers).items():
        psnr, similarity = bd_rate.compare(points, test)
        if np.isfinite([psnr, similarity]).any():
            log(f"evaluate: BD-rate against {codec}: PSNR {psnr:+.1f} %, MS-SSIM {similarity:+.1f} %")
