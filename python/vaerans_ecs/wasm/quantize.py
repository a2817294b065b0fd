"""Fewer bits: weights stored as 8-bit numbers or 16-bit floats, and ONNX Runtime's 8-bit quantisation."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ParamError
from ..models.session import onnxruntime
from .emit import graphs
from .graph import Graph

if TYPE_CHECKING:
    import onnx

#: Ways to use fewer bits.
MODES = ("int8", "int8-weights", "fp16-weights")
#: Weights of fewer elements stay as they are: biases, scales.
LEAST = 1 << 8

Inputs = Mapping[str, np.ndarray]


def check_mode(mode: str, modes: Sequence[str] = MODES) -> None:
    """Refuses what is no mode: ``param.range``."""
    if mode not in modes:
        raise ParamError("param.range", f"mode is {mode!r}; it is one of {', '.join(modes)}")


def store_weights(graph: Graph, mode: str) -> None:
    """Says how weights are stored, in place: what is computed stays in 32 bits.

    Raises
    ------
    ParamError
        ``param.range``: a mode other than ``int8-weights`` and ``fp16-weights``.
    """
    check_mode(mode, MODES[1:])
    reads: dict[str, str] = {}
    for node in (node for part in graphs(graph) for node in part.nodes):
        for i, name in enumerate(node.inputs):
            reads[name] = node.op if i == 1 else reads.get(name, "")
    _store(graph, mode, reads)


def _store(graph: Graph, mode: str, reads: Mapping[str, str]) -> None:
    for name, array in graph.weights.items():
        if array.dtype != np.float32 or array.size < LEAST or array.ndim < 2:
            continue
        if mode == "fp16-weights":
            if np.abs(array).max() < 65504:
                graph.storages[name] = ("half", 0)
        else:
            # A scale for each output of a product, for each row of a table.
            graph.storages[name] = ("int8", 0 if reads.get(name) in ("", "Gather") else array.ndim - 1)
    for node in graph.nodes:
        for branch in node.graphs:
            _store(branch, mode, reads)


def analyze_activations(model: Any, calibration_data: Iterable[Inputs]) -> dict[str, tuple[float, float]]:
    """Least and greatest of every value that the model makes of such inputs.

    Parameters
    ----------
    model
        An ONNX model, or what `ModelExporter` takes.
    calibration_data
        Inputs by name, one dict a run.

    Raises
    ------
    ParamError
        ``param.range``: no data.
    """
    from .source import as_onnx

    proto = as_onnx(model)
    ranges: dict[str, tuple[float, float]] = {}
    session, names = _with_all_outputs(proto)
    for inputs in calibration_data:
        given = {name: np.asarray(array) for name, array in inputs.items()}
        made = dict(zip(names, session.run(names, given), strict=True)) | given
        for name, array in made.items():
            if array.dtype == np.float32 and array.size:
                low, high = ranges.get(name, (np.inf, -np.inf))
                ranges[name] = (min(low, float(array.min())), max(high, float(array.max())))
    if not ranges:
        raise ParamError("param.range", "calibration_data is empty: give a few inputs such as the network will see")
    return ranges


def _with_all_outputs(proto: onnx.ModelProto) -> tuple[Any, list[str]]:
    import onnx

    wide = onnx.ModelProto()
    wide.CopyFrom(proto)
    names = [name for node in wide.graph.node for name in node.output if name]
    there = {v.name for v in wide.graph.output}
    wide.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in there)
    return _session(wide), names


def _session(proto: onnx.ModelProto) -> Any:
    ort = onnxruntime()
    options = ort.SessionOptions()
    options.log_severity_level = 3
    return ort.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"])


@dataclass(frozen=True)
class QParams:
    """Real value = scale (stored - zero point)."""

    scale: float
    zero_point: int


def compute_qparams(ranges: Mapping[str, tuple[float, float]], symmetric: bool = False) -> dict[str, QParams]:
    """Scale and zero point of 8 bits for each range; 0 is always one of the values.

    Parameters
    ----------
    ranges
        Least and greatest by name, as `analyze_activations` gives them.
    symmetric
        Signed numbers about 0 (-127 to 127) in place of 0 to 255.

    Raises
    ------
    ParamError
        ``param.range``: a range that is not finite, or ends before it begins.
    """
    found = {}
    for name, (low, high) in ranges.items():
        if not (np.isfinite([low, high]).all() and low <= high):
            raise ParamError("param.range", f"the range of {name} is {low} to {high}")
        low, high = min(low, 0.0), max(high, 0.0)
        if symmetric:
            found[name] = QParams((max(-low, high) / 127) or 1.0, 0)
        else:
            scale = ((high - low) / 255) or 1.0
            found[name] = QParams(scale, int(np.clip(round(-low / scale), 0, 255)))
    return found


def replace_ops_with_quantized(
    model: Any, qparams: Mapping[str, QParams], ops: Sequence[str] = ("Conv", "Gemm", "MatMul")
) -> onnx.ModelProto:
    """The model with operands of its products rounded to 8 bits, by ONNX Runtime's tools.

    Parameters
    ----------
    model
        An ONNX model, or what `ModelExporter` takes.
    qparams
        As `compute_qparams` gives them, for values between 0 and 255.
    ops
        Operators whose operands are rounded.

    Returns
    -------
    onnx.ModelProto
        With QuantizeLinear and DequantizeLinear around them.
    """
    onnxruntime()
    import onnx
    from onnxruntime.quantization import QuantType  # type: ignore[import-untyped, unused-ignore]
    from onnxruntime.quantization.calibrate import CalibrationMethod, TensorData, TensorsData  # type: ignore[import-untyped, unused-ignore]
    from onnxruntime.quantization.qdq_quantizer import QDQQuantizer  # type: ignore[import-untyped, unused-ignore]

    from .source import as_onnx

    proto = _inferred(as_onnx(model))
    data = {
        name: TensorData(lowest=np.float32(-q.zero_point * q.scale), highest=np.float32((255 - q.zero_point) * q.scale))
        for name, q in qparams.items()
    }
    quantizer = QDQQuantizer(
        proto,
        per_channel=True,
        reduce_range=False,
        weight_qType=QuantType.QInt8,
        activation_qType=QuantType.QUInt8,
        tensors_range=TensorsData(CalibrationMethod.MinMax, data),
        nodes_to_quantize=[],
        nodes_to_exclude=[],
        op_types_to_quantize=list(ops),
        extra_options={"WeightSymmetric": True, "ActivationSymmetric": False},
    )
    quantizer.quantize_model()
    made = quantizer.model.model
    return made if isinstance(made, onnx.ModelProto) else onnx.load_from_string(made.SerializeToString())


def _inferred(proto: onnx.ModelProto) -> onnx.ModelProto:
    """Shapes, folded constants and newest names of nodes, as the tools want them."""
    import onnx
    from onnxruntime.quantization.shape_inference import quant_pre_process  # type: ignore[import-untyped, unused-ignore]

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.onnx", Path(folder) / "out.onnx"
        onnx.save(proto, source)
        quant_pre_process(source, target, skip_symbolic_shape=True)
        return onnx.load(target)


@dataclass
class AccuracyReport:
    """What fewer bits cost: bytes before and after, and by output the difference to the network of 32 bits."""

    mode: str
    bytes_before: int
    bytes_after: int
    #: Greatest difference over the greatest value, by output.
    largest: dict[str, float] = field(default_factory=dict)
    #: Signal to noise in dB, by output.
    snr: dict[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        lines = [f"{self.mode}: {self.bytes_before} bytes before, {self.bytes_after} after"]
        lines += [
            f"{n}: largest difference {e:.2e} of the largest value, {self.snr[n]:.1f} dB"
            for n, e in self.largest.items()
        ]
        return "\n".join(lines)


@dataclass
class Quantized:
    """A network in fewer bits."""

    #: What `ModelExporter` compiles: an ONNX model for ``int8``, else the model that was given.
    model: Any
    mode: str
    report: AccuracyReport

    def exporter(self, **options: Any) -> Any:
        """A `ModelExporter` of it, optimised, whose weights are stored in fewer bits."""
        from .exporter import ModelExporter

        made = ModelExporter(self.model, **options).optimize_for_wasm()
        return made.quantize_weights("int8-weights" if self.mode == "int8" else self.mode)


def quantize_model(model: Any, calibration_data: Iterable[Inputs], mode: str = "int8") -> Quantized:
    """A network in fewer bits, and what that costs on the data that is given.

    Parameters
    ----------
    model
        What `ModelExporter` takes; for ``int8`` an ONNX model or a module of PyTorch.
    calibration_data
        Inputs by name, one dict a run: a few such as the network will see.
    mode
        ``int8`` rounds operands of products to 8 bits, ranges as the data has them; ``int8-weights`` and
        ``fp16-weights`` store weights in fewer bits and leave what is computed as it is.

    Raises
    ------
    ParamError
        ``param.range``: no such mode, or no data.
    """
    from .exporter import ModelExporter

    check_mode(mode)
    data = [dict(one) for one in calibration_data]
    if not data:
        raise ParamError("param.range", "calibration_data is empty: give a few inputs such as the network will see")
    before = ModelExporter(model).optimize_for_wasm()
    if mode == "int8":
        ranges = analyze_activations(model, data)
        quantized = replace_ops_with_quantized(model, compute_qparams(ranges))
        made = Quantized(quantized, mode, AccuracyReport(mode, 0, 0))
    else:
        made = Quantized(model, mode, AccuracyReport(mode, 0, 0))
    _compare(made, before, made.exporter(), data)
    return made


def _compare(made: Quantized, before: Any, after: Any, data: Sequence[Inputs]) -> None:
    from .emit import emit

    made.report.bytes_before, made.report.bytes_after = (sum(map(len, emit(e.graph))) for e in (before, after))
    plain, rounded = before.compile(), after.compile()
    found: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
    for inputs in data:
        want, have = plain.forward(inputs), rounded.forward(inputs)
        for name, array in want.items():
            found.setdefault(name, []).append((array.astype(np.float64), have[name].astype(np.float64)))
    for name, pairs in found.items():
        want = np.concatenate([a.reshape(-1) for a, _ in pairs])
        noise = np.concatenate([b.reshape(-1) for _, b in pairs]) - want
        most = np.abs(want).max(initial=0)
        made.report.largest[name] = float(np.abs(noise).max(initial=0) / most) if most else 0.0
        power = float((noise**2).sum())
        made.report.snr[name] = float(10 * np.log10((want**2).sum() / power)) if power and most else float("inf")
