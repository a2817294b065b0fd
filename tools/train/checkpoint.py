"""Checkpoints of the training: everything that is needed to go on as if nothing had happened."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch

from .codec_net import CodecNet
from .config import Config
from .optimizer import Optimizer

#: Settings that a checkpoint is tied to; the others (rates, budget, crops) may change when training goes on.
FIXED = ("seed", "base_channels", "levels", "encoder_widths", "encoder_blocks", "encoder_middles")
FIXED += ("decoder_widths", "decoder_blocks", "decoder_middles")


def _fixed(config: Config) -> dict[str, Any]:
    return {name: list(v) if isinstance(v := getattr(config, name), tuple) else v for name in FIXED}


def save(path: Path, net: CodecNet, optimizer: Optimizer, config: Config, **progress: Any) -> None:
    """Write a checkpoint so that it is there whole or not at all."""
    masks = {name: mask.to(torch.uint8) for name, mask in net.context.named_buffers()}
    state = {"fixed": _fixed(config), "optimizer": optimizer.state(), "masks": masks, "progress": progress}
    part = path.with_name(path.name + ".part")
    torch.save(_on_cpu(state, _unused(net)), part)
    os.replace(part, path)


def load(path: Path, net: CodecNet, optimizer: Optimizer, config: Config) -> dict[str, Any]:
    """Go on from a checkpoint; returns the progress that was saved."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    if state["fixed"] != _fixed(config):
        different = [name for name, value in _fixed(config).items() if state["fixed"].get(name) != value]
        raise SystemExit(f"train: {path} was made with other settings ({', '.join(different)}): use another folder")
    optimizer.restore(state["optimizer"])
    with torch.no_grad():
        for name, mask in net.context.named_buffers():
            mask.copy_(state["masks"][name])
    return state["progress"]


def _unused(net: CodecNet) -> dict[str, torch.Tensor]:
    """Masks of parameters that are cut down to some taps: what is masked is saved as 0, which packs well."""
    return {"context." + n.removeprefix("mask_"): m.cpu() for n, m in net.context.named_buffers()}


def _on_cpu(value: Any, masks: dict[str, torch.Tensor], name: str = "") -> Any:
    """A copy of nested dictionaries with their tensors on the CPU."""
    if isinstance(value, dict):
        return {key: _on_cpu(inner, masks, key) for key, inner in value.items()}
    if isinstance(value, torch.Tensor):
        tensor = value.detach().cpu().contiguous()
        return tensor * masks[name] if name in masks else tensor
    return value
