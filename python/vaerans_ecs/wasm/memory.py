"""What a network takes in a page, worked out before it runs."""

from __future__ import annotations

import math

import numpy as np

from .. import _core
from .emit import graphs, skeleton
from .graph import Graph
from .trial import blanks

#: Bytes by which the memory of an instance grows.
PAGE = 1 << 16
#: Bytes of the stack of one thread; of an instance that holds no network yet: stack, tables, room for a
#: supplement, what the heap begins with.
STACK, INSTANCE = 1 << 20, 22 * PAGE + 60_000
#: Bytes that are kept for each step: its name, its shapes, its places.
STEP = 1300
#: Kernels whose panels are as wide as those of the modules for the web.
KERNELS = "reference"


def in_a_page(graph: Graph, sizes: dict[str, int]) -> dict[str, int]:
    """Bytes in a page with one thread and such sizes, by the names of ``getMemoryStats()`` of ``vaerans/nn``.

    ``stack``, ``parameters`` (weights as they lie in memory), ``activations`` (what steps make, and their own memory),
    ``scratch`` (the instance's copies of inputs and outputs): exact. ``wasmBytes`` (all memory of the instance, which
    grows by pages): within 5 %.

    Raises
    ------
    ModelError
        As `vaerans_ecs.wasm.emit.emit`; ``model.shape``: sizes that do not fit.
    """
    plan, weights = skeleton(graph)
    network = _core.Network(plan, weights, 1, "strict", KERNELS)
    given = blanks(graph, sizes)
    outputs = network.prepare(given)
    parameters, activations = network.memory()
    scratch = sum(array.nbytes for _, _, array in given) + sum(_size(*one) for one in outputs)
    steps = sum(len(part.nodes) for part in graphs(graph))
    pages = math.ceil((INSTANCE + parameters + activations + scratch + steps * STEP) / PAGE)
    parts = {"stack": STACK, "parameters": parameters, "activations": activations, "scratch": scratch}
    return parts | {"wasmBytes": pages * PAGE}


def _size(dtype: str, dims: list[int]) -> int:
    return math.prod(dims) * np.dtype(dtype).itemsize
