"""Stage ``layer2``: a second layer for high rates, in closed form on top of the trained base."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from . import anchors as anchor_search
from . import codec_net, klt, manifest, pack
from .anchors import FIRST_SECOND, Anchors
from .base_model import base_model
from .codec_net import CodecNet
from .float_model import FloatModel, Taps
from .integer_math import OWN
from .run import Run
from .samples import Features, Second, features, quantised
from .scales import ScaleTaps, fit_amplitudes, fit_taps

AMPLITUDE_SAMPLES = 60
KEPT_STEP = 0.95  # reconstruction factor where there is too little to learn it from
ENOUGH = 200.0


def stage(run: Run) -> None:
    """Write ``network.safetensors`` (with the components) and ``float_model.npz``."""
    run.require("prune")
    run.begin("layer2")
    folder = run.of("layer2")
    net, more = codec_net.load(run.of("prune") / "network.safetensors", run.config, run.device)
    photos = list(photos_of(run))
    some = photos_of(run, run.config.anchor_photos, run.config.anchor_crop)
    anchors = anchor_search.choose(net, list(some), run.config)
    run.log(f"layer2: levels of the base {list(anchors.levels)}, steps {[round(s, 3) for s in anchors.steps]}")
    basis, share = fit_basis(net, photos, anchors, run.config.second_channels)
    run.log(f"layer2: {run.config.second_channels} components hold {share:.1%} of what the base leaves")
    model = base_model(net.context, anchors.levels).joined(second_model(run, net, photos, anchors, basis))
    codec_net.save(folder / "network.safetensors", net, basis=basis, **more)
    model.save(folder / "float_model.npz")
    run.finish("layer2", channels=run.config.second_channels, energy=round(share, 4), levels=anchors.levels)


def photos_of(run: Run, count: int = 0, crop: int = 0) -> Iterator[Tensor]:
    """The middle parts of the photos that the second layer and the tables are fitted on, evenly spaced over all."""
    photos, config = pack.read(run.of("data")), run.config
    for i in manifest.evenly(range(len(photos)), count or config.layer2_photos):
        yield codec_net.photo_tensor(photos.photo(i), run.device, crop or config.layer2_crop)


@torch.no_grad()
def fit_basis(net: CodecNet, photos: list[Tensor], anchors: Anchors, count: int) -> tuple[Tensor, float]:
    """Components of what the base leaves at the middle anchors of the second layer."""

    def differences() -> Iterator[Tensor]:
        for x in photos:
            y = net.encoder(x)
            for anchor in (FIRST_SECOND + 1, FIRST_SECOND + 2):
                yield x - anchor_search.decoded(net, y, anchors.levels[anchor])

    basis, share = klt.components(differences(), count)
    return basis.to(photos[0].device), share


def second_model(run: Run, net: CodecNet, photos: list[Tensor], anchors: Anchors, basis: Tensor) -> FloatModel:
    """The second layer's part of the float entropy model."""
    parts = [quantised(net, x, anchors, basis) for x in photos]
    seconds, sums = [second for second, _ in parts], sum(torch.stack(sums) for _, sums in parts)
    finest = len(anchors.levels) - 1
    edge = torch.stack([(s.second[finest].float() * anchors.steps[finest]).abs().mean((1, 2)) for s in seconds]).mean(0)
    net = net.cpu()
    taps = fit_taps(gathered(run, net, seconds, anchors, finest, edge), run.config.layer2_scale_taps)
    floors, amplitudes = fit_anchors(run, net, seconds, anchors, edge, taps)
    net.to(run.device)
    return assembled(anchors, sums, floors, amplitudes, taps, edge, net.context.channels)


def gathered(
    run: Run, net: CodecNet, seconds: list[Second], anchors: Anchors, anchor: int, edge: Tensor, count: int = 0
) -> Features:
    """Features of all photos at an anchor."""
    generator = torch.Generator().manual_seed(run.config.seed)
    count = count or run.config.layer2_samples
    return Features.joined([features(net, s, anchors, anchor, edge, count, generator) for s in seconds])


def fit_anchors(
    run: Run, net: CodecNet, seconds: list[Second], anchors: Anchors, edge: Tensor, taps: ScaleTaps
) -> tuple[Tensor, Tensor]:
    """Floors and amplitudes (L, S); anchors without a second layer get those of the first one with it."""
    fitted = []
    for anchor in range(FIRST_SECOND, len(anchors.levels)):
        found = gathered(run, net, seconds, anchors, anchor, edge, min(AMPLITUDE_SAMPLES, run.config.layer2_samples))
        floor, amplitude, bits = fit_amplitudes(net.context, found, taps, anchors.steps[anchor])
        run.log(f"layer2: anchor {anchor}: {bits / 256:.3f} bpp by the fitted scales")
        fitted.append((floor, amplitude))
    fitted = [fitted[0]] * FIRST_SECOND + fitted
    return torch.stack([f for f, _ in fitted]), torch.stack([a for _, a in fitted])


def assembled(
    anchors: Anchors,
    sums: Tensor,
    floors: Tensor,
    amplitudes: Tensor,
    taps: ScaleTaps,
    edge: Tensor,
    base: int,
) -> FloatModel:
    """All of it as a float model; means are 0 (predicting them gains nothing)."""
    channels, steps = len(edge), np.array(anchors.steps)[:, None]
    reconstruction = np.tile(KEPT_STEP * steps, (1, channels))
    product, square = sums[:, 0].numpy(), sums[:, 1].numpy()
    fitted = product / np.maximum(square, 1)
    reconstruction[FIRST_SECOND:] = np.where(square > ENOUGH, fitted, reconstruction[FIRST_SECOND:])
    return FloatModel(
        gain=np.tile(1 / steps, (1, channels)),
        step=reconstruction,
        floor=floors.double().numpy(),
        mean_amplitude=np.ones((len(steps), channels)),
        scale_amplitude=amplitudes.double().numpy(),
        mean_taps=Taps.of_lists([[] for _ in range(channels)]),
        scale_taps=Taps.of_lists([tap_list(taps, c, base) for c in range(channels)]),
        sum_taps=taps.sums.double().numpy(),
        edge=edge.double().numpy(),
        share=np.ones(channels),
        shape_weight=np.zeros(3),
        shape_width=np.zeros(3),
        base=base,
    )


def tap_list(taps: ScaleTaps, channel: int, base: int) -> list[tuple[int, int, int, float]]:
    """Taps of one channel of the second layer, channels counted from the base's first."""
    own = [(base + channel, dy, dx, float(w)) for (dy, dx), w in zip(OWN, taps.own[channel], strict=True) if w > 0]
    first = [(int(j), 0, 0, float(taps.base[channel, j])) for j in torch.nonzero(taps.base[channel])[:, 0]]
    before = [(base + int(j), 0, 0, float(taps.second[channel, j])) for j in torch.nonzero(taps.second[channel])[:, 0]]
    return own + first + before
