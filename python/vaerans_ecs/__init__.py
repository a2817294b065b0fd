"""vaerans_ecs: an image and latent codec with an entity-component-system pipeline.

>>> import numpy as np, vaerans_ecs as ve
>>> img = np.zeros((32, 48, 3), np.uint8)
>>> data = ve.compress(img, quality=80)
>>> ve.decompress(data).shape
(32, 48, 3)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from . import errors

if TYPE_CHECKING:
    from . import components, core, eval, functional, images, models, nn, pillow, systems, viz, wasm
    from .api import Info, compress, decompress, imread, imwrite, info
    from .arena import Arena, TensorRef
    from .pil import PILVAE, PILVAEDecoder
    from .pillow import register_pillow
    from .pipe import Pipe, Pipeline
    from .systems import System, register_system
    from .world import World

__version__ = "0.3.0"

#: Names that are imported when they are first used, and where from.
_LAZY = {
    "Arena": ".arena",
    "Info": ".api",
    "PILVAE": ".pil",
    "PILVAEDecoder": ".pil",
    "Pipe": ".pipe",
    "Pipeline": ".pipe",
    "System": ".systems",
    "TensorRef": ".arena",
    "World": ".world",
    "compress": ".api",
    "decompress": ".api",
    "imread": ".api",
    "imwrite": ".api",
    "info": ".api",
    "register_pillow": ".pillow",
    "register_system": ".systems",
}
_MODULES = ("components", "core", "eval", "functional", "images", "models", "nn", "pillow", "systems", "viz", "wasm")

__all__ = [
    "PILVAE",
    "Arena",
    "Info",
    "PILVAEDecoder",
    "Pipe",
    "Pipeline",
    "System",
    "TensorRef",
    "World",
    "__version__",
    "components",
    "compress",
    "core",
    "decompress",
    "errors",
    "eval",
    "functional",
    "images",
    "imread",
    "imwrite",
    "info",
    "models",
    "nn",
    "pillow",
    "register_pillow",
    "register_system",
    "systems",
    "viz",
    "wasm",
]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        # All of the codec at once: a module whose import another thread has begun is never there in a forked child.
        importlib.import_module(".api", __name__)
        value = getattr(importlib.import_module(_LAZY[name], __name__), name)
    elif name in _MODULES:
        value = importlib.import_module(f".{name}", __name__)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
