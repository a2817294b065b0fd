"""Muon for the inner convolutions of the networks, Adam for the rest, and a running average of all weights.

Everything that changes from step to step is a tensor on the device, so that a step can be captured as a CUDA graph.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .codec_net import CodecNet
from .config import Config
from .muon import Orthogonalizer

#: First and last convolutions: their rows are colours or latents, each with a size of its own, so Adam takes them.
EDGES = ("encoder.body.0.", "encoder.head.", "decoder.touch.second.")
MOMENTUM, WEIGHT_DECAY = 0.95, 0.02
FIRST_MOMENT, SECOND_MOMENT = 0.9, 0.98
AVERAGE = 0.999
CLIP = 2.0  # gradients are cut to so many times their running norm


def is_matrix(name: str, parameter: Tensor) -> bool:
    """Whether Muon takes a parameter."""
    return parameter.ndim == 4 and name.startswith(("encoder.", "decoder.")) and not name.startswith(EDGES)


def relative_rate(name: str, config: Config) -> float:
    """Learning rate of a parameter of Adam, relative to the others."""
    if name.startswith("context.cross_"):
        return 0.3
    return config.gain_rate if name in ("context.log_gain", "context.log_step") else 1.0


class Optimizer:
    """Steps of the weights of a ``CodecNet`` in place; ``names`` says in which order gradients are expected."""

    def __init__(self, net: CodecNet, config: Config, device: str) -> None:
        self.config, self.context = config, net.context
        named = list(net.named_parameters())
        matrices = [(n, p) for n, p in named if is_matrix(n, p)]
        others = [(n, p) for n, p in named if not is_matrix(n, p)]
        self.names = [n for n, _ in matrices + others]
        self.parameters = [p for _, p in matrices + others]
        self.count = len(matrices)
        self.rates = [relative_rate(n, config) for n, _ in others]
        self.average = [p.detach().clone() for p in self.parameters]
        self.first = [torch.zeros_like(p) for p in self.parameters]
        self.second = [torch.zeros_like(p) for _, p in others]
        half = torch.bfloat16 if device == "cuda" else torch.float32
        self.orthogonalize = Orthogonalizer([p.shape for _, p in matrices], half)
        self.step_count = 0
        self.norm = torch.full((), 100.0, device=device)
        self.muon_rate, self.adam_rate, self.correction, self.share = (torch.zeros((), device=device) for _ in range(4))

    def tensors(self) -> list[Tensor]:
        """All state that steps change."""
        return [*self.parameters, *self.average, *self.first, *self.second, self.norm]

    def schedule(self, factor: float) -> None:
        """Set the rates of the next step, ``factor`` times those of the settings."""
        self.step_count += 1
        n = self.step_count
        self.muon_rate.fill_(factor * self.config.muon_rate)
        self.adam_rate.fill_(factor * self.config.adam_rate / (1 - FIRST_MOMENT**n))
        self.correction.fill_(1 / math.sqrt(1 - SECOND_MOMENT**n))
        self.share.fill_(1 - min(AVERAGE, (1 + n) / (10 + n)))

    @torch.no_grad()
    def step(self, gradients: list[Tensor]) -> None:
        """One step; gradients that are not finite count as 0."""
        gradients = self._clipped(gradients)
        self._muon(gradients[: self.count])
        self._adam(gradients[self.count :])
        torch._foreach_clamp_min_(self.context.not_negative(), 0.0)
        self.context.log_gain.clamp_(min=self.config.gain_floor)
        difference = torch._foreach_sub(self.parameters, self.average)
        torch._foreach_mul_(difference, self.share)
        torch._foreach_add_(self.average, difference)

    def _clipped(self, gradients: list[Tensor]) -> list[Tensor]:
        norm = torch.stack(torch._foreach_norm(gradients)).norm()
        finite = torch.isfinite(norm)
        factor = (CLIP * self.norm / (norm + 1e-12)).clamp(max=1.0)
        gradients = [torch.where(finite, g * factor, torch.zeros_like(g)) for g in gradients]
        running = self.norm * 0.98 + 0.02 * torch.minimum(norm, 3 * self.norm)
        self.norm.copy_(torch.where(finite, running, self.norm))
        return gradients

    def _muon(self, gradients: list[Tensor]) -> None:
        if not gradients:
            return
        momenta, parameters = self.first[: self.count], self.parameters[: self.count]
        torch._foreach_lerp_(momenta, gradients, 1 - MOMENTUM)
        ahead = torch._foreach_lerp(gradients, momenta, MOMENTUM)
        steps = self.orthogonalize(ahead)
        torch._foreach_mul_(steps, self.muon_rate)
        torch._foreach_mul_(parameters, 1 - self.muon_rate * WEIGHT_DECAY)
        torch._foreach_sub_(parameters, steps)

    def _adam(self, gradients: list[Tensor]) -> None:
        momenta, parameters = self.first[self.count :], self.parameters[self.count :]
        torch._foreach_lerp_(momenta, gradients, 1 - FIRST_MOMENT)
        torch._foreach_mul_(self.second, SECOND_MOMENT)
        torch._foreach_addcmul_(self.second, gradients, gradients, 1 - SECOND_MOMENT)
        roots = torch._foreach_sqrt(self.second)
        torch._foreach_mul_(roots, self.correction)
        torch._foreach_add_(roots, 1e-9)
        steps = torch._foreach_div(momenta, roots)
        torch._foreach_mul_(steps, self.adam_rate)
        torch._foreach_mul_(steps, self.rates)
        torch._foreach_sub_(parameters, steps)

    # ---- state

    def state(self) -> dict:
        """Everything that is needed to go on."""
        return {
            "parameters": dict(zip(self.names, self.parameters, strict=True)),
            "average": dict(zip(self.names, self.average, strict=True)),
            "first": dict(zip(self.names, self.first, strict=True)),
            "second": dict(zip(self.names[self.count :], self.second, strict=True)),
            "norm": self.norm,
            "step": self.step_count,
        }

    @torch.no_grad()
    def restore(self, state: dict) -> None:
        """Go on from what ``state`` returned."""
        for kind in ("parameters", "average", "first", "second"):
            names = self.names[self.count :] if kind == "second" else self.names
            for name, tensor in zip(names, getattr(self, kind), strict=True):
                tensor.copy_(state[kind][name])
        self.norm.copy_(state["norm"])
        self.step_count = state["step"]

    @torch.no_grad()
    def use_average(self) -> None:
        """Put the running average in the place of the weights."""
        torch._foreach_copy_(self.parameters, self.average)
