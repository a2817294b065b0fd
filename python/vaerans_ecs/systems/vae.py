"""Learned analysis and synthesis as systems: pictures to latents and back, one run per group of one shape.

`OnnxVAEEncode`/`OnnxVAEDecode` take any model of `vaerans_ecs.models`; `PILVAEEncode`/`PILVAEDecode` are the same with
the model that ships. A latent's history carries the SHA-256 of the decoder's weights, so that a reader finds the model
by what it is; the name beside it is only for people (and never a path).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .. import _arguments as arguments
from .. import _devices as devices
from .. import models
from ..components import Component, Latent4, ReconRGB
from ..errors import BitstreamError, ModelError
from .base import System, TensorType, _register

if TYPE_CHECKING:
    import os

    from ..models import ImageModel
    from ..models.session import Providers
    from ..world import World

__all__ = ["OnnxVAEDecode", "OnnxVAEEncode", "PILVAEDecode", "PILVAEEncode"]


class _Learned(System):
    """What the two directions share: which model, and how ONNX Runtime is set up for a world."""

    def __init__(
        self,
        model: str | os.PathLike[str] | ImageModel | None = None,
        providers: Providers | None = None,
        session_options: Any = None,
        *,
        max_batch: int | None = None,
        name: str | None = None,
    ) -> None:
        max_batch, name = arguments.maybe_whole("max_batch", max_batch, 1), arguments.maybe_text("name", name)
        self._model, self._providers, self._session_options = model, providers, session_options
        self._max_batch, self._name = max_batch, name

    def _settings(self, world: World) -> dict[str, Any]:
        """Providers and session options as given, else what the world's device and threads ask for."""
        providers, options = self._providers, self._session_options
        if providers is None:
            providers = devices.providers(world.device)
        if options is None:
            options = {"intra_op_num_threads": world.threads}
        return {"providers": providers, "session_options": options}

    def _batches(self, eids: list[int]) -> list[list[int]]:
        size = self._max_batch or len(eids)
        return [eids[i : i + size] for i in range(0, len(eids), size)]


class OnnxVAEEncode(_Learned):
    """Encodes pictures with a learned model: RGB -> Latent4, the mean of the latent (no sampling).

    Parameters
    ----------
    model : str, path or model, optional
        A name (``"taesd"``, ``"sdxl-vae"``, your own), a model folder or a model object; None is the model that ships.
    providers : list, optional
        ONNX Runtime execution providers, best first; without it those of the world's device.
    session_options : SessionOptions or dict, optional
        Passed to ONNX Runtime; without it only the world's number of threads is set.
    max_batch : int, optional
        Most pictures per run; without it one run per group of pictures of one shape.

    Raises
    ------
    ModelError
        ``model.not_found`` says what to put where.
    ParamError
        A picture with alpha, or of a type other than uint8 and uint16.

    Notes
    -----
    Pictures are edge-padded to the model's multiple; the decoder crops. Grey pictures are repeated to three channels.
    """

    requires: ClassVar = ("RGB",)
    produces: ClassVar = ("Latent4",)

    def __init__(self, model: Any = None, providers: Any = None, session_options: Any = None, **options: Any) -> None:
        super().__init__(model, providers, session_options, **options)
        self._found = models.load(model, providers, session_options)

    def params(self) -> dict[str, Any]:
        return {"name": self._found.name}

    @classmethod
    def inverse(cls, model: Any = None, **options: Any) -> OnnxVAEDecode:
        """The decoder; without a model the one that made the latent."""
        return OnnxVAEDecode(model, **options)

    def infer(self, inputs: list[TensorType]) -> TensorType | None:
        """The latent of a picture of this size."""
        shape = inputs[0].shape
        latent = None if shape is None or len(shape) != 3 else self._found.latent_shape(shape[0], shape[1])
        return TensorType("float32", latent)

    def run(self, world: World, eids: list[int]) -> None:
        model = models.load(self._model, **self._settings(world))
        for batch in self._batches(eids):
            self._run_batch(world, model, batch)
        models.remember(model)

    def _run_batch(self, world: World, model: ImageModel, eids: list[int]) -> None:
        pictures = [world.view(world.inputs(eid)[0].ref) for eid in eids]
        height, width = pictures[0].shape[:2]
        ref = world.arena.alloc_tensor((len(eids), *model.latent_shape(height, width)))
        scratch = _scratch(world, model, len(eids), height, width)
        model.encode_batch(pictures, out=world.view(ref), scratch=scratch)
        side = bytes.fromhex(model.sha256)
        for i, eid in enumerate(eids):
            latent = Latent4(world.arena.subref_axis0(ref, i), side=side)
            world.attach(eid, world.output_key(eid), latent)


class OnnxVAEDecode(_Learned):
    """Decodes latents to pictures: Latent4 -> ReconRGB, of the shape and type of the picture that was encoded.

    Parameters
    ----------
    model : str, path or model, optional
        As for :class:`OnnxVAEEncode`; None is the model that made the latent, found by the SHA-256 of its weights.
    providers, session_options, max_batch
        As for :class:`OnnxVAEEncode`.
    name : str, optional
        What a file calls the model, for messages; nothing is looked up or downloaded by it.

    Raises
    ------
    ModelError
        ``model.not_found``, or ``model.checksum`` where the model is not the one that made the latent.
    DataError
        ``data.not_finite`` for a latent with NaN or infinity.
    """

    requires: ClassVar = ("Latent4",)
    produces: ClassVar = ("ReconRGB",)

    def __init__(self, model: Any = None, providers: Any = None, session_options: Any = None, **options: Any) -> None:
        super().__init__(model, providers, session_options, **options)
        if model is not None:
            self._name = models.load(model, providers, session_options).name

    def params(self) -> dict[str, Any]:
        return {} if self._name is None else {"name": self._name}

    def run(self, world: World, eids: list[int]) -> None:
        made_by: dict[tuple[str, tuple[int, ...], str], list[int]] = {}
        for eid in eids:
            made_by.setdefault(_origin(world.inputs(eid)[0]), []).append(eid)
        for (sha256, shape, dtype), members in made_by.items():
            model = self._load(world, sha256)
            for batch in self._batches(members):
                self._run_batch(world, model, batch, shape, dtype)

    def _load(self, world: World, sha256: str) -> ImageModel:
        settings = self._settings(world)
        if self._model is not None:
            return models.load(self._model, **settings, sha256=sha256)
        try:
            return models.load_by_sha256(sha256, **settings)
        except ModelError as error:
            called = f"the latent was made with the model {self._name!r}: " if self._name else ""
            raise ModelError(error.code, called + error.message) from None

    def _run_batch(self, world: World, model: ImageModel, eids: list[int], shape: tuple[int, ...], dtype: str) -> None:
        views = [world.view(world.inputs(eid)[0].ref) for eid in eids]
        latents = views[0][None] if len(views) == 1 else np.stack(views)
        shape = shape or (*(n * model.downscale for n in latents.shape[2:]), 3)
        _check_origin(model, latents.shape[1:], shape, dtype)
        height, width, channels = shape
        ref = world.arena.alloc_tensor((len(eids), height, width, channels), dtype)
        out = world.view(ref)
        scratch = _scratch(world, model, len(eids), height, width)
        if channels == 1:
            rgb = model.decode_batch(latents, (height, width), dtype=dtype, scratch=scratch)
            out[..., 0] = (rgb.sum(axis=3, dtype=np.uint32) + 1) // 3
        else:
            model.decode_batch(latents, (height, width), out=out, dtype=dtype, scratch=scratch)
        for i, eid in enumerate(eids):
            world.attach(eid, world.output_key(eid), ReconRGB(world.arena.subref_axis0(ref, i)))


def _origin(latent: Component) -> tuple[str, tuple[int, ...], str]:
    """(SHA-256 of the model, shape and dtype of the picture) that a latent's history tells."""
    if not latent.lineage:
        return "", (), "uint8"
    step = latent.lineage[-1]
    if len(step.side) != 32:
        text = f"the latent's history holds {len(step.side)} bytes for the model's SHA-256, not 32"
        raise ModelError("model.checksum", f"{text}: it was not made by OnnxVAEEncode")
    return step.side.hex(), step.shape, step.dtype


def _check_origin(model: ImageModel, latent: tuple[int, ...], shape: tuple[int, ...], dtype: str) -> None:
    """A file states the picture's shape: it must be what such a latent comes from, before memory is taken for it."""
    good = len(shape) == 3 and min(shape) > 0 and shape[2] in (1, 3) and dtype in ("uint8", "uint16")
    if not good or model.latent_shape(shape[0], shape[1]) != tuple(latent):
        text = (
            f"the history says a {dtype} picture {tuple(shape)}, the latent is {tuple(latent)} at 1/{model.downscale}"
        )
        raise BitstreamError("stream.invalid", f"{text}: they do not belong together; the data is damaged")


def _scratch(world: World, model: ImageModel, count: int, height: int, width: int) -> np.ndarray | None:
    """Arena memory for the planar pictures of a network, given back with the view; None if the model needs none."""
    if not isinstance(model, models.OnnxModel):
        return None
    return world.view(world.arena.alloc_tensor(model.input_shape(count, height, width)))


class PILVAEEncode(OnnxVAEEncode):
    """:class:`OnnxVAEEncode` with the closed-form model of ``vaerans_ecs.pil``: plain NumPy, no ONNX Runtime."""

    @classmethod
    def inverse(cls, model: Any = None, **options: Any) -> PILVAEDecode:
        """The decoder; without a model the one that made the latent."""
        return PILVAEDecode(model, **options)


class PILVAEDecode(OnnxVAEDecode):
    """Undoes :class:`PILVAEEncode`."""


_register(64, OnnxVAEEncode, OnnxVAEDecode)
_register(65, PILVAEEncode, PILVAEDecode)
