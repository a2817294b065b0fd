"""Stage ``network``: train encoder, decoder and context model together, then the context model alone."""

from __future__ import annotations

import math
import time
from typing import Any

import torch

from . import checkpoint, codec_net, floors, pack, schedule, taps
from .batches import Batches
from .codec_net import CodecNet
from .gpu import set_up, throttle
from .optimizer import Optimizer
from .progress import Progress
from .refine import refine
from .run import Run
from .step import TrainingStep

CHECKPOINT_SECONDS = 60.0
BAR_STEPS = 10


def stage(run: Run) -> None:
    """Write ``network.safetensors``; ``checkpoint.pt`` and ``progress.csv`` on the way."""
    run.require("data")
    path = run.of("network") / "checkpoint.pt"
    if path.exists() and not run.may_resume:
        raise SystemExit(f"train: {path} is there: pass --resume to go on from it, or remove it")
    run.begin("network")
    training = Training(run)
    if path.exists():
        training.resume()
    if not training.loop():
        run.log("network: paused; --resume goes on")
        raise SystemExit(3)
    training.optimizer.use_average()
    loss = refine(run, training.net, training.batches)
    codec_net.save(run.of("network") / "network.safetensors", training.net)
    run.finish("network", **training.facts(), refined_bpp=round(loss, 4))


class Training:
    """One training run: its model, optimizer and batches, and how far it has come."""

    def __init__(self, run: Run) -> None:
        self.run, self.config, self.device = run, run.config, run.device
        torch.manual_seed(self.config.seed)
        set_up(self.device)
        self.net = CodecNet(self.config, self.config.base_channels).to(self.device)
        if self.device == "cuda":
            self.net.encoder.to(memory_format=torch.channels_last)
            self.net.decoder.to(memory_format=torch.channels_last)
        self.optimizer = Optimizer(self.net, self.config, self.device)
        photos = pack.read(run.of("data"))
        self.batches = Batches(photos, self.config, self.config.base_channels, self.device)
        self.path = run.of("network") / "checkpoint.pt"
        self.spent, self.thinned = 0.0, 0
        self.good: list[torch.Tensor] = []

    def resume(self) -> None:
        """Go on from the checkpoint."""
        progress = checkpoint.load(self.path, self.net, self.optimizer, self.config)
        self.spent, self.thinned = progress["seconds"], progress["thinned"]
        self.run.log(f"network: goes on at step {self.optimizer.step_count}, after {self.spent:.0f} s of training")

    def save(self) -> None:
        """Write the checkpoint."""
        progress = {"seconds": self.spent, "thinned": self.thinned}
        checkpoint.save(self.path, self.net, self.optimizer, self.config, **progress)

    def facts(self) -> dict[str, Any]:
        """For the model card."""
        name = torch.cuda.get_device_name() if self.device == "cuda" else "CPU"
        numbers = {"steps": self.optimizer.step_count, "seconds": round(self.spent, 1), "mode": self.step.mode}
        return {"device": name, "torch": torch.__version__, **numbers, "dead": self.dead()}

    def dead(self) -> int:
        """Channels that are 0 throughout the batch at hand."""
        with torch.no_grad():
            y = self.net.encoder(codec_net.unit(self.step.batch.pixels))
            return floors.dead_channels(self.net.context, y)

    def budget(self) -> float:
        """Seconds of training altogether; 0 where steps alone count."""
        budget = self.config.seconds
        if self.run.finish_within:
            left = self.run.finish_within - self.run.seconds() - self.config.refine_seconds
            budget = min(budget or math.inf, self.spent + max(left, 1.0))
        if not budget and not self.config.steps:
            raise SystemExit("train: neither seconds nor steps are set: the training would have no end")
        return budget

    # ---- the loop

    def loop(self) -> bool:
        """Train until all is over (true), or until the run has to pause (false)."""
        self.step = TrainingStep(
            self.net, self.config, self.optimizer, self.device, self.batches.batch(self.optimizer.step_count)
        )
        self.step.prepare(self.run.log)
        self.progress = Progress(self.path.with_name("progress.csv"), self.run.log, self.config.levels, self.device)
        budget, before, begin = self.budget(), self.spent, time.monotonic()
        self.run.log(
            f"network: {self.step.mode}, {count(self.net)} parameters, {budget:.0f} s or {self.config.steps} steps"
        )
        saved, queue = begin, []
        while True:
            self.spent = before + time.monotonic() - begin
            share = schedule.share_over(self.config, self.spent, budget, self.optimizer.step_count)
            paused = self.run.pause_after and self.run.seconds() > self.run.pause_after
            if share >= 1 or paused:
                self.save()
                return share >= 1
            self.one(share)
            throttle(queue, self.device)
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                self.save()
                saved = time.monotonic()

    def one(self, share: float) -> None:
        """One step, and what is due at this point."""
        done = self.optimizer.step_count
        batch = self.batches.batch(done)
        self.step.load(batch._replace(trade=batch.trade * schedule.cheapness(self.config, share)))
        self.thin(share)
        rate = schedule.learning_rate(self.config, done, share)
        self.optimizer.schedule(rate)
        self.step.run()
        self.progress.add(self.step.batch.weights, self.step.figures)
        if done % BAR_STEPS == 0:
            self.progress.bar(share)
        if (done + 1) % log_every(self.config.steps) == 0:
            self.watch()
            numbers = float(self.step.loss), float(self.optimizer.norm)
            self.progress.line(done + 1, share, rate, *numbers, self.dead(), self.config.base_channels)

    def thin(self, share: float) -> None:
        """Cut taps of the context model where that is due."""
        due = schedule.thinnings(self.config)
        while self.thinned < len(due) and share >= due[self.thinned][0]:
            _, means, scales = due[self.thinned]
            with torch.no_grad():
                y = self.net.encoder(codec_net.unit(self.step.batch.pixels))
                level = self.net.context.at(self.step.batch.weights)
                left = taps.thin(self.net.context, y, level, means, scales)
            self.run.log(f"network: {means} and {scales} taps a channel at most; {left[0]} and {left[1]} are left")
            self.thinned += 1

    def watch(self) -> None:
        """Keep a copy of good weights, and go back to it where they are not finite any more."""
        state = self.optimizer.tensors()
        with torch.no_grad():
            if math.isfinite(float(torch.stack(torch._foreach_norm(state)).sum())):
                self.good = [tensor.detach().clone() for tensor in state]
            elif self.good:
                self.run.log("network: not finite: back to the last good weights")
                torch._foreach_copy_(state, self.good)


def count(net: CodecNet) -> int:
    """How many parameters encoder and decoder have."""
    return sum(p.numel() for part in (net.encoder, net.decoder) for p in part.parameters())


def log_every(steps: int) -> int:
    """Steps between two lines of the log."""
    return 1000 if not steps or steps > 20_000 else max(1, steps // 20)
