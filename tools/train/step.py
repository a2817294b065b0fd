"""One training step: compiled and captured as a CUDA graph where that works, plain PyTorch elsewhere."""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Callable

import torch

from .codec_net import CodecNet
from .config import Config
from .loss import Batch, RateDistortion
from .optimizer import Optimizer


class TrainingStep:
    """Loss, gradients and a step of the optimizer, on buffers that stay where they are.

    Attributes
    ----------
    batch : Batch
        What the next step works on: ``load`` copies into it.
    loss : Tensor ()
    figures : Tensor (3, N)
        Rate, squared error and MS-SSIM of the crops of the last step.
    mode : str
        ``eager``, ``compiled``, ``eager+graph`` or ``compiled+graph``.
    """

    def __init__(self, net: CodecNet, config: Config, optimizer: Optimizer, device: str, first: Batch) -> None:
        self.net, self.config, self.optimizer, self.device = net, config, optimizer, device
        self.batch = Batch(*(tensor.clone() for tensor in first))
        self.loss = torch.zeros((), device=device)
        self.figures = torch.zeros(3, config.batch, device=device)
        self.function: Callable = self._loss_module()
        self.graph: torch.cuda.CUDAGraph | None = None
        self.mode = "eager"

    def _loss_module(self) -> RateDistortion:
        return RateDistortion(self.net, self.config, mixed=self.device == "cuda")

    def load(self, batch: Batch) -> None:
        """Copy a batch into the buffers."""
        for buffer, tensor in zip(self.batch, batch, strict=True):
            buffer.copy_(tensor)

    def run(self) -> None:
        """One step."""
        if self.graph is None:
            self._step()
        else:
            self.graph.replay()

    def _step(self) -> None:
        loss, figures = self.function(*self.batch)
        parameters = self.optimizer.parameters
        found = torch.autograd.grad(loss, parameters, allow_unused=True)
        gradients = [torch.zeros_like(p) if g is None else g for g, p in zip(found, parameters, strict=True)]
        self.loss.copy_(loss.detach())
        self.figures.copy_(figures)
        self.optimizer.step(gradients)

    # ---- faster ways to do the same

    def prepare(self, log: Callable[[str], None]) -> None:
        """Try the faster ways on a GPU; what fails is logged and left. Weights and state are as before."""
        if self.device != "cuda":
            return
        before = [tensor.detach().clone() for tensor in self.optimizer.tensors()]
        steps = self.optimizer.step_count
        for name, way in (("compiled", self._compile), ("graph", self._capture)):
            begin = time.monotonic()
            try:
                way()
                log(f"network: {name} after {time.monotonic() - begin:.0f} s")
            except Exception:
                log(f"network: not {name}:\n{traceback.format_exc()[-1500:]}")
        with torch.no_grad():
            torch._foreach_copy_(self.optimizer.tensors(), before)
        self.optimizer.step_count = steps

    def _trial(self) -> None:
        """A step at a learning rate of 0, which has to give a number."""
        self.optimizer.schedule(0.0)
        self.run()
        torch.cuda.synchronize()
        if not math.isfinite(float(self.loss)):
            raise ArithmeticError(f"loss {float(self.loss)}")

    def _compile(self) -> None:
        plain = self.function
        try:
            self.function = torch.compile(self._loss_module(), dynamic=False)
            self._trial()
            self.mode = "compiled"
        except Exception:
            self.function = plain
            raise

    def _capture(self) -> None:
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(3):
                self._trial()
        torch.cuda.current_stream().wait_stream(stream)
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._step()
        self.graph = graph
        try:
            self._trial()
            self.mode += "+graph"
        except Exception:
            self.graph = None
            raise
