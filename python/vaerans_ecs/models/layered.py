"""Folders of learned codecs in layers, which the core runs: networks, a predictor of integers, a head that names all.

head.bin                                     names the predictor and the networks that decode, by their SHA-256
predictor.bin                                how integers follow from one another
decoder/plan.bin, decoder/weights.bin        the base layer to a picture
enhancement/...                              the second layer to what is added to it; readers of the base do without
encoder/..., analysis/...                    the ways back; left out where nothing is encoded
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._files import file_errors, read_bytes, write_atomic
from .._network_files import PLAN, WEIGHTS
from ..errors import ModelError
from .reach import reach

if TYPE_CHECKING:
    from .. import _core
    from .compiled import Part

__all__ = ["HEAD", "LayeredCodec", "Networks", "Tables", "pack", "read_folder", "write_folder"]

HEAD, PREDICTOR = "head.bin", "predictor.bin"
#: Folders of the networks, layer by layer: what decodes, what encodes.
PARTS = (("decoder", "encoder"), ("enhancement", "analysis"))
#: Pixels to a sample along an axis.
DOWNSCALE = 16
#: The first quality of the second layer.
BASE_STEPS = 25


@dataclass(frozen=True)
class LayeredCodec:
    """A learned codec in memory, and its files."""

    head: bytes
    predictor: bytes
    parts: dict[str, Part]
    core: _core.LayeredCodec

    @classmethod
    def of(cls, head: bytes, predictor: bytes, parts: dict[str, Part]) -> LayeredCodec:
        """Of its files.

        Raises
        ------
        ModelError
            ``model.invalid``, ``model.checksum`` for files that do not belong together; ``model.plan``,
            ``model.weights``, ``model.operator``.
        """
        from .. import _core  # `vaerans doctor` looks models up where the native module does not load

        layers = [(parts.get(decodes), parts.get(encodes)) for decodes, encodes in PARTS]
        return cls(head, predictor, parts, _core.LayeredCodec(head, predictor, layers))


@dataclass(frozen=True)
class Networks:
    """The ONNX networks of a codec, (1, C, h, w) to (1, C, h, w)."""

    encoder: Any
    decoder: Any
    analysis: Any
    enhancement: Any

    def named(self) -> dict[str, Any]:
        """By the names of their folders."""
        return {name: getattr(self, name) for pair in PARTS for name in pair}


@dataclass(frozen=True)
class Tables:
    """The integers of a predictor, as `_core.Predictor.pack` takes them, and the scales of its integers."""

    layers: list[int]
    between: int
    anchors: list[list[int]]
    mean: list[list[tuple[int, int, int, int]]]
    scale: list[list[tuple[int, int, int, int]]]
    energy: list[list[int]]
    edge: list[int]
    energy_gain: list[int]
    frequencies: list[int]
    scales: list[float]


def pack(networks: Networks, tables: Tables, *, name: str) -> LayeredCodec:
    """A codec of trained networks, their weights in 16 bits.

    Parameters
    ----------
    networks
        ONNX models, which stay as they are, or their files.
    tables
        Their entropy model.
    name
        What people call it.

    Raises
    ------
    ModelError
        ``model.operator``, ``model.invalid``; ``model.shape`` for a network of other inputs and outputs than one each.
    """
    import hashlib

    from .. import _core

    parts = {key: _compiled(_channels_last(model, key)) for key, model in networks.named().items()}
    integers = {key: value for key, value in vars(tables).items() if key != "scales"}
    predictor = _core.Predictor.pack(**integers)
    plans = [hashlib.sha256(parts[decodes][0]).digest() for decodes, _ in PARTS]
    head = _core.LayeredCodec.head(
        name, hashlib.sha256(predictor).digest(), plans, DOWNSCALE, _reaches(networks), BASE_STEPS, tables.scales
    )
    return LayeredCodec.of(head, predictor, parts)


def _reaches(networks: Networks) -> list[int]:
    """Samples that the base's decoder, and its encoder, read around a block."""
    from ..wasm.onnx_file import load

    found = {
        name: reach(load(model), DOWNSCALE, encodes=name in ("encoder", "analysis"))
        for name, model in networks.named().items()
    }
    if wide := [name for name in PARTS[1] if found[name]]:
        text = f"a second layer codes each sample's {DOWNSCALE} x {DOWNSCALE} pixels by themselves"
        raise ModelError("model.operator", f"{' and '.join(wide)} read samples beside their own; {text}")
    return [found[name] for name in PARTS[0]]


def _compiled(model: Any) -> Part:
    """A network, compiled."""
    from ..wasm.emit import emit
    from ..wasm.exporter import ModelExporter
    from ..wasm.quantize import store_weights
    from .compiling import LEFT_OUT

    graph = ModelExporter(model, disable=LEFT_OUT).optimize_for_wasm().graph
    store_weights(graph, "fp16-weights")
    return emit(graph)


def _channels_last(network: Any, name: str) -> Any:
    """A copy of the model, its one input and its one output turned to (1, H, W, C)."""
    from onnx import TensorProto, helper

    from ..wasm.onnx_file import load

    model = load(network)
    graph = model.graph
    weights = {w.name for w in graph.initializer}
    inputs = [i for i in graph.input if i.name not in weights]
    if len(inputs) != 1 or len(graph.output) != 1 or len(inputs[0].type.tensor_type.shape.dim) != 4:
        names = [i.name for i in inputs], [o.name for o in graph.output]
        text = "expected a network of one input (1, C, H, W) and one output, got inputs {} and outputs {}"
        raise ModelError("model.shape", f"{name}: {text.format(*names)}")
    source, result = inputs[0], graph.output[0]
    channels = source.type.tensor_type.shape.dim[1].dim_value
    front = helper.make_node("Transpose", ["vaerans.in"], [source.name], perm=[0, 3, 1, 2])
    back = helper.make_node("Transpose", [result.name], ["vaerans.out"], perm=[0, 2, 3, 1])
    nodes = [front, *graph.node, back]
    kept = [i for i in graph.input if i.name in weights]
    del graph.node[:], graph.input[:], graph.output[:], graph.value_info[:]
    graph.node.extend(nodes)
    dims = [1, "height", "width", channels]
    graph.input.extend([helper.make_tensor_value_info("vaerans.in", TensorProto.FLOAT, dims), *kept])
    graph.output.append(helper.make_tensor_value_info("vaerans.out", TensorProto.FLOAT, [1, None, None, None]))
    return model


def read_folder(folder: Path) -> LayeredCodec:
    """The codec of a folder, with the networks that are there.

    Raises
    ------
    ModelError
        ``model.missing_file``; as `LayeredCodec.of`.
    """
    if not (folder / "decoder" / PLAN).is_file():
        raise ModelError("model.missing_file", f"{folder} has no decoder{'/' + PLAN}")
    parts = {}
    for name in (name for pair in PARTS for name in pair):
        if (folder / name / PLAN).is_file():
            parts[name] = read_bytes(folder / name / PLAN), read_bytes(folder / name / WEIGHTS)
    return LayeredCodec.of(read_bytes(folder / HEAD), read_bytes(folder / PREDICTOR), parts)


def write_folder(folder: Path, codec: LayeredCodec) -> None:
    """Writes a codec; ``head.bin`` last, so that it marks completeness."""
    for name, (plan, weights) in codec.parts.items():
        with file_errors(folder, "make the folder"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        write_atomic(folder / name / PLAN, plan)
        write_atomic(folder / name / WEIGHTS, weights)
    write_atomic(folder / PREDICTOR, codec.predictor)
    write_atomic(folder / HEAD, codec.head)
