"""onnxslim as a pass: folding, shape inference and clean-up of ONNX graphs, which it does well."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from typing import TYPE_CHECKING

from .onnx_file import EXTRA

if TYPE_CHECKING:
    import onnx


def simplify(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model simplified; as it is where onnxslim is missing or breaks it (which is told), or fails."""
    try:
        import onnxslim  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        warnings.warn(f"onnxslim is missing, so the network stays larger than need be: {EXTRA}", stacklevel=2)
        return model
    with _silent():
        try:
            slim: onnx.ModelProto | None = onnxslim.slim(model)
        except Exception:  # whatever it raises (old versions of ONNX): our own passes go on with what there is
            return model
    if slim is None or [v.name for v in slim.graph.output] != [v.name for v in model.graph.output]:
        return model
    _keep_inputs(model, slim)
    lost = _undefined(slim.graph, set())
    if lost:
        # Of a known `If`, for one, it puts the branch in place, and forgets readers of its outputs.
        warnings.warn(f"onnxslim leaves {lost!r} undefined, so the network is compiled without it", stacklevel=2)
        return model
    return slim


def _undefined(graph: onnx.GraphProto, outer: set[str]) -> str | None:
    """A value that is read before it is there, in the graph or a branch; none in a sound one."""
    known = outer | {"", *(v.name for v in graph.input), *(t.name for t in graph.initializer)}
    known |= {t.values.name for t in graph.sparse_initializer}
    for node in graph.node:
        branches = [g for a in node.attribute for g in ([a.g] if a.HasField("g") else a.graphs)]
        lost = next((name for name in node.input if name not in known), None)
        lost = lost or next((name for g in branches if (name := _undefined(g, known))), None)
        if lost:
            return lost
        known |= set(node.output)
    return next((v.name for v in graph.output if v.name not in known), None)


def _keep_inputs(model: onnx.ModelProto, slim: onnx.ModelProto) -> None:
    """Callers give what they gave, read or not, as the model says it."""
    del slim.graph.input[:]
    slim.graph.input.extend(model.graph.input)


@contextlib.contextmanager
def _silent():  # type: ignore[no-untyped-def]
    """It logs to standard error and prints to standard output."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        logging.disable(before)
