"""Stage ``prune``: cut the channels that are dead, and round the weights of the networks as they will be stored."""

from __future__ import annotations

import torch
from torch import Tensor

from . import codec_net, floors, manifest, pack
from .codec_net import CodecNet
from .run import Run


def stage(run: Run) -> None:
    """Write ``network.safetensors`` with the channels that are left."""
    run.require("network")
    run.begin("prune")
    net, _ = codec_net.load(run.of("network") / "network.safetensors", run.config, run.device)
    kept = alive_channels(run, net)
    smaller = cut(run, net, kept)
    round_weights(smaller)
    codec_net.save(run.of("prune") / "network.safetensors", smaller, kept=kept)
    run.log(f"prune: {len(kept)} of {run.config.base_channels} channels are left")
    run.finish("prune", channels=len(kept), dead=run.config.base_channels - len(kept))


@torch.no_grad()
def alive_channels(run: Run, net: CodecNet) -> Tensor:
    """Indices of channels that are not 0 now and then at the finest level, over some photos."""
    photos = pack.read(run.of("data"))
    chosen = manifest.evenly(range(len(photos)), run.config.prune_photos)
    shares = [
        floors.alive_shares(net.context, net.encoder(codec_net.photo_tensor(photos.photo(i), run.device)))
        for i in chosen
    ]
    mean = torch.stack(shares).mean(0)
    kept = torch.nonzero(mean >= run.config.alive_share)[:, 0].cpu()
    return kept if len(kept) else mean.argmax()[None].cpu()


def cut(run: Run, net: CodecNet, kept: Tensor) -> CodecNet:
    """The same model with some of its channels."""
    smaller = CodecNet(run.config, len(kept))
    state = {name: part(name, value.cpu(), kept) for name, value in net.state_dict().items()}
    smaller.load_state_dict(state)
    return smaller


def part(name: str, value: Tensor, kept: Tensor) -> Tensor:
    """What of a tensor belongs to some channels."""
    if name.startswith("encoder.head."):
        return value[kept]
    if name == "decoder.body.0.weight":
        return value[:, kept]
    if not name.startswith("context.") or name.startswith("context.shape_"):
        return value
    if "cross_" in name:
        return value[kept][:, kept]
    by_level = (name.startswith("context.log_") and value.ndim == 2) or name.endswith("_amplitude")
    return value[:, kept] if by_level else value[kept]


@torch.no_grad()
def round_weights(net: CodecNet) -> None:
    """Round the weights of both networks to 16 bits, so that what follows is fitted to what is stored."""
    for network in (net.encoder, net.decoder):
        for parameter in network.parameters():
            parameter.copy_(parameter.half().float())
