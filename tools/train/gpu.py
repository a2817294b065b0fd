"""What a GPU needs beside the arithmetic."""

from __future__ import annotations

import torch

QUEUE = 20  # steps that may wait


def set_up(device: str) -> None:
    """Fast matrix products on a GPU."""
    if device == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True


def throttle(queue: list, device: str) -> None:
    """Let no more than some steps wait on a GPU, so that the clock tells what has been done."""
    if device != "cuda":
        return
    event = torch.cuda.Event()
    event.record()
    queue.append(event)
    if len(queue) > QUEUE:
        queue.pop(0).synchronize()
