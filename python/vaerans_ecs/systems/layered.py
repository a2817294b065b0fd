"""Learned codecs in layers, as systems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from .. import _arguments as arguments
from .base import NativeSystem

if TYPE_CHECKING:
    from .. import _core
    from ..models.layered import LayeredCodec

__all__ = ["LayeredVAEDecode", "LayeredVAEEncode"]


class LayeredVAEEncode(NativeSystem):
    """A picture to the integers of a learned codec: RGB -> SymbolsU8, int16 of shape (C, ceil(H / 16), ceil(W / 16)).
    Alpha is left out: decoded pixels are opaque.

    `PredictEncode` with the same ``model`` and ``step`` makes bytes of them.

    Parameters
    ----------
    step : int
        Quality, 0 the smallest; how many there are, the codec says (57 of the one that ships).
    codec : str, path or LayeredCodec, optional
        As for `vaerans_ecs.models.native.layered`; None is the one that ships.

    Raises
    ------
    ModelError
        ``model.not_found``; ``model.missing_file`` for a codec without its encoder.
    ParamError
        ``param.range``: a step that the codec does not have.
    """

    requires: ClassVar = ("RGB",)
    produces: ClassVar = ("SymbolsU8",)

    def __init__(self, step: int = 24, codec: Any = None) -> None:
        self._codec = _layered(codec)
        core = self._codec.core
        super().__init__(model=core.name_bytes, step=arguments.whole("step", step), name=core.name)

    def __repr__(self) -> str:
        return f"LayeredVAEEncode(step={self._params['step']}, codec={self._codec.core.name!r})"

    @classmethod
    def inverse(cls, codec: Any = None) -> LayeredVAEDecode:
        """The decoder; without a codec the one that made the integers."""
        return LayeredVAEDecode(codec)

    def _append(self, pipe: _core.Pipe, handle: int, out: str | None) -> int:
        pipe.give_layered(self._codec.core)
        return pipe.to_native("LayeredVAEEncode", self._params, out)


class LayeredVAEDecode(NativeSystem):
    """The integers of a learned codec to their picture: SymbolsU8 -> ReconRGB, of the shape and type that was encoded.

    Parameters
    ----------
    codec : str, path or LayeredCodec, optional
        As for :class:`LayeredVAEEncode`; None is the codec that made the integers.

    Raises
    ------
    ModelError
        ``model.not_found``; ``model.missing_file`` for a codec without a layer that is needed.
    PipeError
        ``pipe.wrong_inverse`` for integers of another codec.
    """

    requires: ClassVar = ("SymbolsU8",)
    produces: ClassVar = ("ReconRGB",)
    is_inverse: ClassVar = True

    def __init__(self, codec: Any = None) -> None:
        self._codec = None if codec is None else _layered(codec)
        super().__init__(**({} if self._codec is None else {"model": self._codec.core.name_bytes}))

    def __repr__(self) -> str:
        return "LayeredVAEDecode()" if self._codec is None else f"LayeredVAEDecode(codec={self._codec.core.name!r})"

    def _append(self, pipe: _core.Pipe, handle: int, out: str | None) -> int:
        if self._codec is not None:
            pipe.give_layered(self._codec.core)
        return pipe.to_native("LayeredVAEDecode", self._params, out)


def _layered(codec: Any) -> LayeredCodec:
    from ..models import native

    return native.layered(codec)
