"""What changes in the course of the training, by the share of it that is over."""

from __future__ import annotations

from .config import Config

#: From which share of the training on a channel keeps how many taps of the mean and of the scale; then the settings'.
THINNING = ((0.30, 96, 96), (0.40, 48, 48), (0.48, 28, 32))
LAST_THINNING = 0.55


def learning_rate(config: Config, step: int, share: float) -> float:
    """Relative to the settings: rises at first, holds, falls to 0 along a line."""
    factor = min(1.0, (step + 1) / max(config.warmup, 1))
    if share > config.hold:
        factor *= max(0.0, 1 - (share - config.hold) / (1 - config.hold))
    return factor


def cheapness(config: Config, share: float) -> float:
    """Factor of lambda: at first bits are cheap, so that all channels find a use."""
    if share >= config.cheap_rate_share:
        return 1.0
    return 1 + (config.cheap_rate_factor - 1) * (1 - share / config.cheap_rate_share)


def thinnings(config: Config) -> list[tuple[float, int, int]]:
    """When the context model loses taps: share of the training, taps of the mean, taps of the scale."""
    return [*THINNING, (LAST_THINNING, config.mean_taps, config.scale_taps)]


def share_over(config: Config, seconds: float, budget: float, step: int) -> float:
    """How much of the training is over, by time or by steps, whichever is further."""
    by_time = seconds / budget if budget > 0 else 0.0
    by_steps = step / config.steps if config.steps else 0.0
    return max(by_time, by_steps)
