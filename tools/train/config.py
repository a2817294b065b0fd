"""Every setting of the pipeline, in one place.

A setting belongs to a stage (its ``metadata``): where it changes, that stage and those after it run again, no other.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

STAGES = ("data", "network", "prune", "layer2", "tables", "evaluate", "export", "check")
QUALITY_STEPS = 8
"""Qualities between two anchors: part of the format, not a setting."""


def _of(stage: str, default: Any) -> Any:
    return field(default=default, metadata={"stage": stage})


@dataclass(frozen=True)
class Config:
    """Settings of one run; the defaults are those of the preset ``full``.

    Widths, blocks and middles of encoder and decoder are listed from the first scale that each meets; a middle of 0
    means residual blocks of two 3x3 convolutions, any other number bottlenecks of that width.
    """

    seed: int = _of("data", 1)

    # ---- data: which photos
    sets_left_out: tuple[str, ...] = _of("data", ("mate", "plasma", "flowers", "jlopez"))
    photo_limit: int = _of("data", 0)  # 0: all
    generated_photos: int = _of("data", 0)  # pictures drawn by the program, where there is no folder of photos

    # ---- network: architecture
    base_channels: int = _of("network", 256)
    levels: int = _of("network", 8)
    encoder_widths: tuple[int, ...] = _of("network", (48, 128, 192, 256))
    encoder_blocks: tuple[int, ...] = _of("network", (1, 3, 3, 2))
    encoder_middles: tuple[int, ...] = _of("network", (0, 0, 96, 128))
    decoder_widths: tuple[int, ...] = _of("network", (192, 96, 48))
    decoder_blocks: tuple[int, ...] = _of("network", (2, 3, 2))
    decoder_middles: tuple[int, ...] = _of("network", (96, 64, 32))

    # ---- network: loss
    lambda_low: float = _of("network", 0.0007)
    lambda_high: float = _of("network", 0.2)
    ms_ssim_share: float = _of("network", 0.5)
    level_exponent: float = _of("network", 0.5)  # a level's loss is divided by its lambda to this power
    crop_loss_cap: float = _of("network", 8.0)  # a crop with a larger loss pulls no harder than one with this
    # Channels of which a run makes no use die early, under the rate's pressure, and never come back: these hold them.
    gain_floor: float = _of("network", -1.5)  # least natural logarithm of a gain
    gain_rate: float = _of("network", 0.2)  # learning rate of the gains, relative
    spread_floor: float = _of("network", 0.4)  # least spread of a channel at the finest level, in steps
    spread_weight: float = _of("network", 2.0)
    cheap_rate_share: float = _of("network", 0.1)  # share of the training in which bits are cheap at first
    cheap_rate_factor: float = _of("network", 8.0)

    # ---- network: optimisation
    seconds: float = _of("network", 600.0)  # of training, compilation not counted; 0: no limit
    steps: int = _of("network", 0)  # 0: no limit
    refine_seconds: float = _of("network", 18.0)
    refine_steps: int = _of("network", 2000)
    batch: int = _of("network", 16)
    crop: int = _of("network", 256)
    muon_rate: float = _of("network", 1.5e-3)
    adam_rate: float = _of("network", 7e-4)
    warmup: int = _of("network", 500)
    hold: float = _of("network", 0.35)  # share of the training at the full learning rate; then it falls to 0
    mean_taps: int = _of("network", 16)
    scale_taps: int = _of("network", 22)

    # ---- network: crops. Shares are of all crops.
    reduced_share: float = _of("network", 0.20)  # by 1.5 or 2
    enlarged_share: float = _of("network", 0.20)  # by 1.2, 1.4 or 1.6
    blurred_share: float = _of("network", 0.15)
    grainy_share: float = _of("network", 0.15)
    pattern_share: float = _of("network", 0.02)
    pattern_count: int = _of("network", 256)

    # ---- prune
    alive_share: float = _of("prune", 2e-4)  # a channel with fewer values that are not 0 at the finest level is dead
    prune_photos: int = _of("prune", 32)

    # ---- layer2
    second_channels: int = _of("layer2", 192)
    anchor_photos: int = _of("layer2", 20)
    anchor_crop: int = _of("layer2", 256)
    layer2_photos: int = _of("layer2", 56)
    layer2_crop: int = _of("layer2", 512)
    layer2_samples: int = _of("layer2", 200)  # positions of a photo
    layer2_scale_taps: int = _of("layer2", 22)

    # ---- tables
    table_samples: int = _of("tables", 160)  # photo and quality

    # ---- evaluate
    qualities: tuple[int, ...] = _of("evaluate", tuple(range(0, 57, 4)))
    evaluate_limit: int = _of("evaluate", 0)  # 0: all pictures of a folder

    # ---- check
    check_qualities: tuple[int, ...] = _of("check", (0, 24, 37, 56))
    check_size: int = _of("check", 64)
    check_psnr: float = _of("check", 25.0)  # least, at the finest quality

    def of_stage(self, stage: str) -> dict[str, Any]:
        """The settings of one stage."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.metadata["stage"] == stage}

    def digest(self, stage: str, before: str) -> str:
        """A name for the settings of a stage and all that came before it."""
        text = json.dumps([before, stage, self.of_stage(stage)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def with_values(self, values: dict[str, str]) -> Config:
        """A copy with settings by name, as the command line has them: ``{"batch": "8", "qualities": "0,24,56"}``."""
        return replace(self, **{name: _parse(name, text) for name, text in values.items()})

    def trade(self, level: Any) -> Any:
        """Lambda at a level, or at levels of a tensor."""
        return self.lambda_low * (self.lambda_high / self.lambda_low) ** (level / (self.levels - 1))

    def as_json(self) -> str:
        """All settings, for the folder of the run."""
        return json.dumps(asdict(self), indent=1) + "\n"


def _parse(name: str, text: str) -> Any:
    """A setting from its text, of the type of its default."""
    default = {f.name: f.default for f in fields(Config)}.get(name)
    if default is None:
        raise ValueError(f"there is no setting {name}: see tools/train/config.py")
    if isinstance(default, tuple):
        return tuple(type(default[0])(part) for part in text.split(",") if part)
    return type(default)(text)


SMOKE = Config(
    photo_limit=12,
    generated_photos=12,
    base_channels=24,
    encoder_widths=(8, 16, 24, 32),
    encoder_blocks=(1, 1, 1, 1),
    encoder_middles=(0, 0, 16, 16),
    decoder_widths=(32, 24, 12),
    decoder_blocks=(1, 1, 1),
    decoder_middles=(16, 16, 8),
    seconds=0.0,
    steps=120,
    refine_seconds=10.0,
    refine_steps=20,
    batch=6,
    crop=64,
    muon_rate=6e-3,
    adam_rate=4e-3,
    warmup=10,
    pattern_count=16,
    prune_photos=6,
    second_channels=48,
    anchor_photos=3,
    anchor_crop=128,
    layer2_photos=6,
    layer2_crop=128,
    layer2_samples=64,
    table_samples=16,
    qualities=(0, 24, 40, 56),
    evaluate_limit=2,
    check_size=48,
    check_psnr=18.0,
)

PRESETS = {"full": Config(), "smoke": SMOKE}
