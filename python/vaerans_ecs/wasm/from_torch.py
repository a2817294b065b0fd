"""PyTorch modules as ONNX models, by PyTorch's own exporter."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from ..errors import ModelError, ParamError, UnavailableError

EXTRA = "pip install 'vaerans_ecs[torch,export]' onnxscript"


def to_onnx(module: Any, example: Any = None) -> tuple[Any, dict[str, int]]:
    """The module as an ONNX model, its sizes open where the exporter can leave them so, and the sizes of the example.

    Parameters
    ----------
    module
        A ``torch.nn.Module``, in whatever mode; it is exported in evaluation mode and left as it was. Or a
        ``torch.export.ExportedProgram``.
    example
        A tensor, or a tuple of them, that `module` takes; None guesses one from its first layer.

    Raises
    ------
    UnavailableError
        ``unavailable.feature``: PyTorch or its exporter is missing.
    ModelError
        ``model.invalid``: the exporter cannot take it.
    """
    torch = _torch()
    if type(module).__name__ == "ExportedProgram":
        return _exported(torch, module, None, {}), {}
    args = _arguments(torch, module, example)
    was_training = module.training
    module.eval()
    try:
        made = _exported(torch, module, args, _open_dims(torch, module, args))
    finally:
        module.train(was_training)
    return made, _sizes(made, args)


def _sizes(proto: Any, args: tuple[Any, ...]) -> dict[str, int]:
    """The example's extents by the names of symbols."""
    sizes = {}
    for value, tensor in zip(proto.graph.input, args, strict=False):
        for dim, extent in zip(value.type.tensor_type.shape.dim, tensor.shape, strict=False):
            if dim.dim_param:
                sizes[dim.dim_param] = int(extent)
    return sizes


def _torch() -> Any:
    try:
        import onnxscript  # type: ignore[import-not-found, unused-ignore]  # noqa: F401
        import torch
    except ImportError as error:
        text = f"exporting a module of PyTorch needs torch and onnxscript ({error}): {EXTRA}"
        raise UnavailableError("unavailable.feature", text) from None
    return torch


def _exported(torch: Any, module: Any, args: Any, dims: Mapping[str, Any]) -> Any:
    tries = [{"dynamic_shapes": dict(dims)}, {}] if dims else [{}]
    for i, extra in enumerate(tries):
        try:
            program = torch.onnx.export(module, args, dynamo=True, verbose=False, **extra)
        except Exception as error:
            # Where extents are not as open as was hoped, the module is exported with those of the example.
            if i == len(tries) - 1:
                raise ModelError("model.invalid", f"PyTorch's exporter cannot take the module: {error}") from error
        else:
            return _named(program.model_proto)
    return None


def _named(proto: Any) -> Any:
    """The symbols of inputs by what they are: batch, height and width, or length."""
    new: dict[str, str] = {}
    for value in proto.graph.input:
        dims = value.type.tensor_type.shape.dim
        names = {4: ["batch", "channels", "height", "width"], 3: ["batch", "length", "length"]}
        for i, dim in enumerate(dims):
            if dim.dim_param and dim.dim_param not in new:
                name = (names.get(len(dims)) or ["batch", "length", *(f"extent{k}" for k in range(2, len(dims)))])[i]
                new[dim.dim_param] = name if name not in new.values() else f"{name}{len(new)}"
            if dim.dim_param:
                dim.dim_param = new[dim.dim_param]
    return proto


def _arguments(torch: Any, module: Any, example: Any) -> tuple[Any, ...]:
    if example is None:
        example = _guess(torch, module)
    given = tuple(example) if isinstance(example, (tuple, list)) else (example,)
    return tuple(one if isinstance(one, torch.Tensor) else torch.as_tensor(one) for one in given)


def _guess(torch: Any, module: Any) -> Any:
    """An input for the first layer that says what it takes."""
    for layer in module.modules():
        if isinstance(layer, torch.nn.Linear):
            return torch.zeros(2, layer.in_features)
        for n, cls in ((1, torch.nn.Conv1d), (2, torch.nn.Conv2d)):
            if isinstance(layer, cls):
                return torch.zeros(2, layer.in_channels, *([64] * n))
    raise ParamError(
        "param.type", "what the module takes cannot be guessed: pass example=, a tensor or a tuple of them"
    )


def _open_dims(torch: Any, module: Any, args: tuple[Any, ...]) -> dict[str, Any]:
    """All extents: PyTorch finds those out that weights decide."""
    names = [p.name for p in inspect.signature(module.forward).parameters.values()]
    auto = torch.export.Dim.AUTO
    dims = {}
    for name, tensor in zip(names, args, strict=False):
        dims[name] = {i: auto for i in range(tensor.dim())}
    return dims if len(dims) == len(args) else {}
