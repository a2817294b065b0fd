"""Where networks run."""

from __future__ import annotations

from typing import Any

from . import _arguments as arguments
from .errors import ParamError

__all__ = ["checked", "providers"]

#: Where networks run -> ONNX Runtime's provider.
_PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "rocm": "ROCMExecutionProvider",
    "directml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
}


def checked(device: Any) -> str:
    """A name of the table, with a number behind a colon where there are several."""
    name, _, number = arguments.text("device", device).partition(":")
    if name not in _PROVIDERS and not name.endswith("ExecutionProvider"):
        raise ParamError(
            "param.unknown", f"device={device!r}; one of {', '.join(_PROVIDERS)}, or a provider of ONNX Runtime"
        )
    if ":" in device and not (number.isascii() and number.isdigit()):
        raise ParamError("param.unknown", f"device={device!r}; a number expected behind the colon, as in {name}:0")
    return str(device)


def providers(device: str) -> list[Any] | None:
    """ONNX Runtime's providers for a device, best first; None: its own choice for the CPU."""
    name, _, number = device.partition(":")
    if name == "cpu":
        return None
    wanted = _PROVIDERS.get(name, name)
    return [(wanted, {"device_id": number}) if number else wanted, "CPUExecutionProvider"]
