"""The context model alone, on rounded latents, after the networks are finished."""

from __future__ import annotations

import math
import time

import torch

from .batches import Batches
from .codec_net import CodecNet, unit
from .loss import level_weight
from .run import Run

RATE = 1e-3
FIXED = ("log_gain", "log_step")  # the networks know these


def refine(run: Run, net: CodecNet, batches: Batches) -> float:
    """Train what codes the integers, gains excepted; returns the mean rate of the last steps in bits per pixel."""
    config, context = run.config, net.context
    parameters = [p for name, p in context.named_parameters() if name not in FIXED]
    adam = torch.optim.Adam(parameters, lr=RATE)
    begin, rates = time.monotonic(), []
    for step in range(config.refine_steps):
        over = max((time.monotonic() - begin) / max(config.refine_seconds, 1e-3), step / config.refine_steps)
        if over >= 1:
            break
        batch = batches.batch((1 << 30) + step)
        with torch.no_grad(), torch.autocast(run.device, dtype=torch.bfloat16, enabled=run.device == "cuda"):
            y = net.encoder(unit(batch.pixels))
        bits, _ = context.bits(y.float(), context.at(batch.weights))
        rate = bits.sum((1, 2, 3)) / config.crop**2
        loss = (rate * level_weight(batch.trade, config)).mean()
        for group in adam.param_groups:
            group["lr"] = RATE * (1 - over) * min(1.0, (step + 1) / 20)
        adam.zero_grad()
        loss.backward()
        adam.step()
        with torch.no_grad():
            torch._foreach_clamp_min_(context.not_negative(), 0.0)
        rates = [*rates[-49:], rate.detach().mean()]
    mean = float(torch.stack(rates).mean()) if rates else math.nan
    run.log(f"network: context model refined for {time.monotonic() - begin:.0f} s, {mean:.4f} bpp over all levels")
    return mean
