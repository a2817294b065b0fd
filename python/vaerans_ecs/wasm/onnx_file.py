"""ONNX models from files, bytes and objects: whole, of one namespace, and with no file read from elsewhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import _arguments as arguments
from .._files import read_bytes
from ..errors import ModelError, UnavailableError
from ..models.external import parts

if TYPE_CHECKING:
    import onnx

#: What reads ONNX files; both are pure Python or have wheels everywhere.
EXTRA = "pip install 'vaerans_ecs[export]'"


def onnx_module() -> Any:
    """The ``onnx`` package, imported on first use.

    Raises
    ------
    UnavailableError
        ``unavailable.feature`` without it.
    """
    try:
        import onnx
    except ImportError:
        raise UnavailableError(
            "unavailable.feature", f"compiling ONNX models needs the onnx package: {EXTRA}"
        ) from None
    return onnx


def load(source: str | os.PathLike[str] | bytes | onnx.ModelProto) -> onnx.ModelProto:
    """A model with its weights, its functions put where they are called.

    Parameters
    ----------
    source
        Path of an ONNX file, whose external data has to lie in its folder; the file's bytes; or a model.

    Raises
    ------
    ModelError
        ``model.invalid`` for what is no ONNX model, or keeps weights outside its folder; ``model.missing_file``.
    """
    package = onnx_module()
    model: onnx.ModelProto
    if isinstance(source, package.ModelProto):
        model = package.ModelProto()
        model.CopyFrom(source)
        name = "the model"
    elif isinstance(source, (bytes, bytearray, memoryview)):
        model, name = _parsed(bytes(source), "the model"), "the model"
    else:
        path = Path(arguments.path("model", source))
        model, name = _from_file(path), str(path)
    _refuse_external(model, name)
    if not model.graph.output:
        raise ModelError("model.invalid", f"{name}: a network without outputs, or no ONNX model: export it again")
    if model.functions:
        from onnx import inliner

        inlined: onnx.ModelProto = inliner.inline_local_functions(model)
        return inlined
    return model


def _parsed(blob: bytes, name: str) -> onnx.ModelProto:
    package = onnx_module()
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped, unused-ignore]

    if blob[:2] in (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05") or blob[:4] == b"PK\x03\x04":
        text = f"{name} looks like a pickle of PyTorch, which could run any code: not opened"
        raise ModelError("model.invalid", f"{text}; build the module, load its state_dict with weights_only, pass that")
    model: onnx.ModelProto = package.ModelProto()
    try:
        model.ParseFromString(blob)
    except DecodeError as error:
        raise ModelError("model.invalid", f"{name} is no ONNX model ({error}): export it again") from None
    return model


def _from_file(path: Path) -> onnx.ModelProto:
    from onnx import external_data_helper

    blob = read_bytes(path)
    model = _parsed(blob, str(path))
    # Ours first: it says which file, and follows links.
    if parts(path, blob):
        try:
            external_data_helper.load_external_data_for_model(model, str(path.parent.resolve()))
        except Exception as error:  # a damaged offset or length, of whatever kind the helper raises
            raise ModelError("model.invalid", f"{path}: its external weights cannot be read: {error}") from None
    return model


def _refuse_external(model: onnx.ModelProto, name: str) -> None:
    """Weights that still lie elsewhere: there is no folder that they could belong to."""
    from onnx import external_data_helper

    for tensor in external_data_helper._get_all_tensors(model):
        if external_data_helper.uses_external_data(tensor):
            text = f"{name} keeps {tensor.name!r} in another file, and has no folder: pass its path"
            raise ModelError("model.invalid", text)
