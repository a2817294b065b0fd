"""Layers one behind another, to be compiled or run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ParamError
from .layers import Layer, loaded
from .model import ArrayLike, Model

if TYPE_CHECKING:
    from ..wasm.source import Source


class Sequential:
    """Layers one behind another. Names of its tensors are PyTorch's: ``"0.weight"``, ``"2.bias"``.

    Parameters
    ----------
    layers
        Layers of this package, or other ``Sequential``.

    >>> net = Sequential(Linear(10, 20), ReLU(), Linear(20, 5))  # doctest: +SKIP
    >>> net.forward(np.zeros((1, 10), np.float32)).shape  # doctest: +SKIP
    (1, 5)
    """

    def __init__(self, *layers: Layer | Sequential) -> None:
        if not layers or not all(isinstance(one, (Layer, Sequential)) for one in layers):
            raise ParamError("param.type", "Sequential takes layers of vaerans_ecs.nn, one at least")
        self.layers = list(layers)
        self._model: Model | None = None

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.layers))})"

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, i: int) -> Layer | Sequential:
        return self.layers[i]

    def named_layers(self, prefix: str = "") -> Iterator[tuple[str, Layer]]:
        """Every layer, with what its tensors' names begin with."""
        for i, layer in enumerate(self.layers):
            if isinstance(layer, Sequential):
                yield from layer.named_layers(f"{prefix}{i}.")
            else:
                yield f"{prefix}{i}.", layer

    def state_dict(self) -> dict[str, np.ndarray]:
        """Copies of all tensors by name."""
        return {p + name: array.copy() for p, layer in self.named_layers() for name, array in layer.tensors.items()}

    def load_state_dict(self, state: Mapping[str, Any] | str | os.PathLike[str], strict: bool = True) -> Sequential:
        """Takes tensors by name: NumPy's or PyTorch's arrays, or the path of a safetensors or ``.npz`` file.

        Parameters
        ----------
        state
            Tensors. A path of PyTorch's own format is opened with ``weights_only``, so that it can hold nothing else.
        strict
            Whether a name that is missing, or one too many, is refused; counts of batches never are.

        Raises
        ------
        ParamError
            ``param.shape``, ``param.unknown``.
        """
        given = state if isinstance(state, Mapping) else _file(Path(os.fspath(state)))
        mine = {p + name: (layer, name) for p, layer in self.named_layers() for name in layer.tensors}
        extra = [name for name in given if name not in mine and not name.endswith("num_batches_tracked")]
        missing = [name for name in mine if name not in given]
        if strict and (extra or missing):
            raise ParamError(
                "param.unknown", f"the state has no {missing} and one too many: {extra}; names are {list(mine)}"
            )
        new = {name: loaded(name, mine[name][0].tensors[mine[name][1]], given) for name in mine if name in given}
        for name, array in new.items():
            layer, short = mine[name]
            layer.tensors[short] = array
        self._model = None
        return self

    def forward(self, x: ArrayLike) -> np.ndarray:
        """What the layers make of an array (batch first), by the engine."""
        if self._model is None:
            from ..wasm.exporter import ModelExporter

            self._model = ModelExporter(self).optimize_for_wasm().compile()
        return self._model.forward(x)["output"]

    __call__ = forward

    def as_source(self) -> Source:
        """The network as the compiler takes it: one input, ``input``, and one output, ``output``."""
        from ..wasm.graph import Graph, Node, Port, Shapes
        from ..wasm.source import Source

        dims = _input_dims([layer for _, layer in self.named_layers()])
        graph = Graph([], [Port("input", "float32", dims)], ["output"], {})
        shapes = Shapes({"input": [d if isinstance(d, int) else 0 for d in dims]}, {"input": "float32"})
        at = "input"
        for prefix, layer in self.named_layers():
            rank = len(shapes.dims[at])
            if layer.rank is not None and rank != layer.rank:
                raise ParamError(
                    "param.shape", f"layer {prefix[:-1]} takes {layer.rank} dimensions, and is given {rank}"
                )
            for name, array in layer.tensors.items():
                graph.weights[prefix + name] = array
            if layer.rank is None and "weight" in layer.tensors and layer.input_shape():
                graph.weights[prefix + "weight.T"] = np.ascontiguousarray(layer.tensors["weight"].T)
            for i, (op, inputs, attributes) in enumerate(layer.describe()):
                made = f"{prefix}{op}.{i}"
                read = [at if name == "" else prefix + name for name in inputs]
                graph.nodes.append(Node(op, read, [made], dict(attributes), [], prefix[:-1]))
                shapes.dims[made], shapes.dtypes[made] = [0] * layer.rank_after(rank), "float32"
                at = made
        graph.nodes.append(Node("Identity", [at], ["output"], {}, [], "output"))
        return Source(graph, shapes)


def _input_dims(layers: list[Layer]) -> list[int | str]:
    """What the first layer that says so takes."""
    for layer in layers:
        shape = layer.input_shape()
        if shape is not None:
            return shape
    raise ParamError("param.shape", "no layer says what the network takes: one has to be Linear or a convolution")


def _file(path: Path) -> Mapping[str, Any]:
    if path.suffix == ".safetensors":
        from ..models.safetensors import read_safetensors

        return read_safetensors(path)
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as file:
            return dict(file)
    from ..errors import UnavailableError

    try:
        import torch
    except ImportError:
        text = (
            f"{path}: a file of PyTorch needs that; save it as safetensors or .npz, or pip install 'vaerans_ecs[torch]'"
        )
        raise UnavailableError("unavailable.feature", text) from None
    state: Mapping[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state
