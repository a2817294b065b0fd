"""The ``vae`` profile. The codec that ships, and any other in layers, is the core's. Of other models the core says
which pipes to run and what the file holds; ONNX Runtime's networks run here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import _core
from .errors import LimitError, ParamError
from .pipe import Pipe
from .systems import OnnxVAEDecode, OnnxVAEEncode, PILVAEDecode, PILVAEEncode, System
from .systems.learned import NATIVE, engine_for
from .world import World

if TYPE_CHECKING:
    from .models.layered import LayeredCodec

__all__ = ["compress_vae"]


def compress_vae(
    image: np.ndarray,
    options: dict[str, Any],
    threads: int | None,
    model: Any,
    engine: str | None,
    metadata: dict[str, Any],
    limits: dict[str, int | None],
) -> bytes:
    """A whole file of ``image`` (H, W, C); ``options`` are those of the profile."""
    if (codec := _codec(model, engine)) is not None:
        return _core.compress_layered(image, options, codec.core, threads, metadata, limits)
    # A picture, its latent in float32 at up to 4 channels a pixel, two trials, and what comes back; pages are touched
    # only when they are used.
    wanted, most = 96 * image.nbytes + (64 << 20), limits.get("max_bytes")
    arena_bytes = wanted if most is None else max(1, min(wanted, most))
    world = World._to("compress the picture", arena_bytes, threads=threads)
    encoder, decoder, systems = _steps(world, model, engine_for(engine, model))
    try:
        encoding = _core.Encoding(world._core, image, options, encoder, decoder, metadata, limits)
        while (core := encoding.next()) is not None:
            Pipe._of(world, core, systems).run()
        return encoding.finish()
    except LimitError as error:
        if error.code != "limit.arena":
            raise
        why = "raise max_bytes" if arena_bytes < wanted else "the model makes more of it than any is expected to"
        raise LimitError("limit.memory", f"{arena_bytes} bytes do not do to compress the picture ({why})") from error


def _codec(model: Any, engine: str | None) -> LayeredCodec | None:
    """The codec in layers that is meant, if one is."""
    from .models import native

    codec = native.maybe_layered(model)
    if codec is not None and engine not in (None, NATIVE):
        text = f'engine={engine!r}: a codec in layers runs on the core\'s engine; name another model (model="pil")'
        raise ParamError("param.range", text)
    return codec


def _steps(world: World, model: Any, engine: str) -> tuple[Any, Any, list[System]]:
    """What makes the latent, what undoes it where the core does not, and the systems that run here."""
    from .models.loading import is_shipped

    if engine == NATIVE:
        from .models.native import native

        made = native(model)
        world._core.give(made.core.sha256, made.core)
        return ("VAEEncode", made.params()), None, []
    systems: list[System] = (
        [PILVAEEncode(), PILVAEDecode()] if is_shipped(model) else [OnnxVAEEncode(model), OnnxVAEDecode(model)]
    )
    encoder, decoder = (system._spec(i) for i, system in enumerate(systems))
    return encoder, decoder, systems
