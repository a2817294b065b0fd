"""Learned analysis and synthesis by the engine that is chosen: the core's own, or ONNX Runtime.

The core's engine runs compiled networks in strict mode: a file has the same pixels on every machine, so that a residual
over them is exact everywhere, and Rust programs decode it without Python. ONNX Runtime needs nothing compiled, and
runs on other devices than the CPU.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from .. import _arguments as arguments
from ..errors import ParamError
from .base import NativeSystem, System
from .vae import OnnxVAEDecode, OnnxVAEEncode, PILVAEDecode, PILVAEEncode

if TYPE_CHECKING:
    from .. import _core
    from ..models import NativeModel

__all__ = ["ENGINES", "VAEDecode", "VAEEncode", "engine_for"]

NATIVE, ONNX = "native", "onnxruntime"
ENGINES = (NATIVE, ONNX)


def engine_for(engine: Any, model: Any) -> str:
    """The engine that is meant: without one the core's where the model is compiled already, else ONNX Runtime.

    Compiling takes seconds and a package of its own (``onnx``), and changes which models a reader needs: both are
    asked for, not done by the way.

    Raises
    ------
    ParamError
        ``param.range`` for any other name.
    """
    from ..models import NativeModel, loading, native

    if engine is None:
        if loading.is_shipped(model) or isinstance(model, NativeModel):
            return NATIVE
        is_name = isinstance(model, str) or hasattr(model, "__fspath__")
        return NATIVE if is_name and native.compiled_folder(model) is not None else ONNX
    name = arguments.text("engine", engine)
    if name not in ENGINES:
        raise ParamError("param.range", f"engine={name!r}; one of {', '.join(ENGINES)}")
    return name


class VAEEncode(NativeSystem):
    """Encodes pictures with a learned model: RGB -> Latent4, the mean of the latent (no sampling).

    Parameters
    ----------
    model : str, path or model, optional
        A name, a folder or a model object, as in :mod:`vaerans_ecs.models`; None is the model that ships. For the
        core's engine it is compiled, unless it is; compiled models are kept in the user's cache.
    engine : {"native", "onnxruntime"}, optional
        ``"native"`` is the core's own: strict, so that files have the same pixels everywhere. ``"onnxruntime"`` gives
        an :class:`OnnxVAEEncode`, which further options belong to. Without it: ``"native"`` for the model that ships
        and for compiled models, else ``"onnxruntime"``.

    Raises
    ------
    ModelError
        ``model.not_found`` says what to put where; ``model.operator``: what the engine cannot run.
    ParamError
        A picture with alpha, or of a type other than uint8 and uint16; an engine or option that there is not.

    Notes
    -----
    Pictures are edge-padded to the model's multiple; the decoder crops. Grey pictures are repeated to three channels.
    """

    requires: ClassVar = ("RGB",)
    produces: ClassVar = ("Latent4",)

    def __new__(cls, model: Any = None, engine: str | None = None, **options: Any) -> VAEEncode:
        if engine_for(engine, model) == ONNX:
            made: System = PILVAEEncode(**options) if model is None else OnnxVAEEncode(model, **options)
            return cast(VAEEncode, made)
        return super().__new__(cls)

    def __init__(self, model: Any = None, engine: str | None = None, **options: Any) -> None:
        _no_options("VAEEncode", options)
        self._model = _native(model)
        super().__init__(**self._model.params())

    def __repr__(self) -> str:
        return f"VAEEncode(name={self._model.name!r}, sha256={self._model.sha256[:12]})"

    @classmethod
    def inverse(cls, model: Any = None, **options: Any) -> VAEDecode:
        """The decoder; without a model the one that made the latent."""
        return VAEDecode(model, **options)

    def _append(self, pipe: _core.Pipe, handle: int, out: str | None) -> int:
        pipe.give(self._model.core)
        return pipe.to_native("VAEEncode", self._params, out)


class VAEDecode(NativeSystem):
    """Decodes latents to pictures: Latent4 -> ReconRGB, of the shape and type of the picture that was encoded.

    Parameters
    ----------
    model : str, path or model, optional
        As for :class:`VAEEncode`; None is the model that made the latent, found by the SHA-256 of its decoder's plan.
    engine : {"native", "onnxruntime"}, optional
        Who made the latent: ``"onnxruntime"`` gives an :class:`OnnxVAEDecode`. Without it as for :class:`VAEEncode`.

    Raises
    ------
    ModelError
        ``model.not_found``.
    PipeError
        ``pipe.wrong_inverse`` for a latent of another engine, or of another model than `model`.
    DataError
        ``data.not_finite`` for a latent with NaN or infinity.
    """

    requires: ClassVar = ("Latent4",)
    produces: ClassVar = ("ReconRGB",)
    is_inverse: ClassVar = True

    def __new__(cls, model: Any = None, engine: str | None = None, **options: Any) -> VAEDecode:
        if engine_for(engine, model) == ONNX:
            made: System = PILVAEDecode(**options) if model is None else OnnxVAEDecode(model, **options)
            return cast(VAEDecode, made)
        return super().__new__(cls)

    def __init__(self, model: Any = None, engine: str | None = None, **options: Any) -> None:
        _no_options("VAEDecode", options)
        self._model = None if model is None else _native(model)
        super().__init__(**({} if self._model is None else {"model": self._model.core.sha256}))

    def __repr__(self) -> str:
        return "VAEDecode()" if self._model is None else f"VAEDecode(name={self._model.name!r})"

    def _append(self, pipe: _core.Pipe, handle: int, out: str | None) -> int:
        if self._model is not None:
            pipe.give(self._model.core)
        return pipe.to_native("VAEDecode", self._params, out)


def _native(model: Any) -> NativeModel:
    from ..models import native

    return native.native(model)


def _no_options(name: str, options: dict[str, Any]) -> None:
    if options:
        text = f"{name} has no {', '.join(sorted(options))}"
        raise ParamError("param.unknown", f'{text}: they belong to engine="onnxruntime"')
