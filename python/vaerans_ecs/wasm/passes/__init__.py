"""The passes, in the order in which they run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import (
    activation,
    chains,
    common,
    constants,
    dead_code,
    elementwise,
    identities,
    layout,
    narrow,
    norm,
    one_hot,
    packing,
    padding,
    scale,
    shapes,
    shuffle,
    subpixel,
    upsample,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..graph import Graph
    from ..trial import Trials


@dataclass(frozen=True)
class Pass:
    """A change of a graph of the engine's operators that leaves what it computes as it was.

    ``run`` changes the graph in place and says whether it did; extents and types of values are those before it.
    """

    name: str
    summary: str
    run: Callable[[Graph, Trials], bool]
    #: Whether it runs again until nothing changes.
    repeats: bool = True


PASSES: tuple[Pass, ...] = (
    Pass("dead-code", "what leads to no output goes", dead_code.run),
    Pass("constants", "what no input changes is worked out now", constants.run),
    Pass("identities", "nodes that hand on what they are given go", identities.run),
    Pass("shapes", "shapes that are worked out at each size become numbers and what is left", shapes.run),
    Pass("common", "what is worked out twice alike is worked out once", common.run),
    Pass("elementwise", "chains of small nodes that are an activation become that", elementwise.run),
    Pass("one-hot", "numbers that are written out as rows of a single 1 are looked up", one_hot.run),
    Pass("norm", "chains of means and powers become normalisations", norm.run),
    Pass("layout", "channels stay last from the first convolution to the last", layout.run, repeats=False),
    Pass("shuffle", "blocks of channels become blocks of a picture in one step", shuffle.run),
    Pass("padding", "zeros around a convolution's input become its padding", padding.run),
    Pass("scale", "batch normalisation and the like go into weights and bias", scale.run),
    Pass("activation", "residuals and activations go into the step in front of them", activation.run),
    Pass("upsample", "repeated pixels are read where they are repeated from", upsample.run),
    Pass("subpixel", "transposed convolutions of known weights are plain ones", subpixel.run),
    Pass("narrow", "pictures that are one pixel wide are convolved as sequences", narrow.run),
    Pass("chains", "functions of each element behind one another are one step", chains.run),
    Pass("packing", "weights of products are packed once, at load", packing.run, repeats=False),
    Pass("winograd", "3x3 convolutions of many channels by Winograd's F(4x4, 3x3)", packing.winograd, repeats=False),
)

__all__ = ["PASSES", "Pass"]
