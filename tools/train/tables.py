"""Stage ``tables``: the entropy model in integers, and its tables counted on photos."""

from __future__ import annotations

import numpy as np

from . import codec_net
from .codec import Coder, TorchNetworks, pixels_of
from .config import QUALITY_STEPS
from .float_model import FloatModel
from .frequencies import prior_tables, tables
from .integer_model import IntegerModel
from .integers import integers, smallest
from .layer2 import photos_of
from .run import Run
from .workers import Workers


def stage(run: Run) -> None:
    """Write ``entropy_model.npz``."""
    run.require("layer2")
    run.begin("tables")
    net, more = codec_net.load(run.of("layer2") / "network.safetensors", run.config, run.device)
    float_model = FloatModel.load(run.of("layer2") / "float_model.npz")
    arrays = integers(float_model, run.log)
    prior = prior_tables(float_model)
    arrays["tab"] = np.stack([tables(np.zeros_like(prior), prior)] * 2)
    model = IntegerModel(arrays)
    counts = counted(run, model, TorchNetworks(net, more["basis"]))
    arrays["tab"] = np.stack([tables(layer, prior) for layer in counts])
    np.savez_compressed(run.of("tables") / "entropy_model.npz", **{n: smallest(a) for n, a in arrays.items()})
    values = int(counts.sum())
    run.log(f"tables: {values / 1e6:.1f} million values counted, {int((counts.sum((2, 3)) > 0).sum())} classes in use")
    run.finish("tables", values=values)


def counted(run: Run, model: IntegerModel, networks: TorchNetworks) -> np.ndarray:
    """How often which symbol comes, (2, classes, phases, symbols), over photos at the anchors' qualities."""
    photos, levels = list(photos_of(run)), run.config.levels
    found = []
    with Workers(model) as workers:
        for sample in range(run.config.table_samples):
            photo, anchor = sample % len(photos), (sample // len(photos) + sample) % levels
            quality = anchor * QUALITY_STEPS
            coded = Coder(networks, model, pixels_of(photos[photo])).at(quality)
            found.append(workers.counts(coded.q, quality))
        return sum(counts.result() for counts in found)
