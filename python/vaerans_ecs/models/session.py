"""ONNX Runtime sessions: made once per (file, providers, options), with input and output bound to NumPy memory."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .. import _arguments as arguments
from ..errors import ModelError, ParamError, UnavailableError
from .external import digest_of, parts

MAX_CACHED = 8
_DTYPES: dict[str, np.dtype[Any]] = {"tensor(float)": np.dtype(np.float32), "tensor(float16)": np.dtype(np.float16)}
_SAMPLING = (b"RandomNormal", b"RandomUniform", b"Multinomial", b"Bernoulli")

Providers = Sequence[str | tuple[str, dict[str, Any]]]


def onnxruntime() -> Any:
    """The module, imported on first use; `UnavailableError("unavailable.feature")` without it."""
    try:
        import onnxruntime as ort  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        text = "running an ONNX model needs ONNX Runtime: pip install onnxruntime"
        raise UnavailableError("unavailable.feature", text) from None
    return ort


@dataclass(frozen=True)
class Port:
    """An input or output of a network: name, element type, shape with None for dynamic axes."""

    name: str
    dtype: np.dtype
    shape: tuple[int | None, ...]


class Network:
    """One ONNX file ready to run. Thread-safe: a session may run from many threads, bindings are made per call."""

    def __init__(self, path: Path, session: Any, sha256: str, external: Sequence[tuple[str, int, int]] = ()) -> None:
        self.path, self.session, self.sha256, self.external = path, session, sha256, external
        self.inputs = [self._port(v) for v in session.get_inputs()]
        self.outputs = [self._port(v, strict=False) for v in session.get_outputs()]
        if len(self.inputs) != 1:
            names = [p.name for p in self.inputs]
            raise ModelError("model.shape", f"{path}: expected a network with one input, got {names}")

    def _port(self, value: Any, strict: bool = True) -> Port:
        dtype = _DTYPES.get(value.type)
        if strict and (dtype is None or len(value.shape) != 4):
            got = f"{value.type} of shape {value.shape}"
            raise ModelError("model.shape", f"{self.path}: input '{value.name}': expected float (N,C,H,W), got {got}")
        shape = tuple(n if isinstance(n, int) else None for n in value.shape)
        return Port(value.name, dtype or np.dtype(np.float32), shape)

    def _fixed(self, shape: tuple[int, ...]) -> str | None:
        """What to do where the network states sizes that its input does not have; None where it states none."""
        stated = self.inputs[0].shape
        if all(n is None or n == have for n, have in zip(stated, shape, strict=True)):
            return None
        text = f"{self.path}: input '{self.inputs[0].name}' takes {_dims(stated)}, not {_dims(shape)}"
        if stated[0] not in (None, shape[0]):
            return f"{text}: pass max_batch={stated[0]}, or export it with a dynamic batch"
        return f"{text}: export it with dynamic height and width, or give it pictures of that size"

    def run(self, x: np.ndarray, output: Port, out: np.ndarray | None) -> np.ndarray:
        """Run on `x`, reading and writing in place: `x` and `out` are C-contiguous and stay where they are.

        `out=None` lets ONNX Runtime allocate the result (its shape is not known beforehand).
        """
        binding = self.session.io_binding()
        source = self.inputs[0]
        binding.bind_input(source.name, "cpu", 0, source.dtype.type, x.shape, x.ctypes.data)
        if out is None:
            binding.bind_output(output.name, "cpu")
        else:
            binding.bind_output(output.name, "cpu", 0, output.dtype.type, out.shape, out.ctypes.data)
        try:
            self.session.run_with_iobinding(binding)
        except Exception as error:
            if fixed := self._fixed(x.shape):
                raise ModelError("model.shape", fixed) from error
            what = f"{self.path.name} failed on input {x.shape}"
            raise ModelError("model.run", f"{what}: {error}; does model.json describe {self.path}?") from error
        return binding.copy_outputs_to_cpu()[0] if out is None else out


_lock = threading.Lock()
_cache: OrderedDict[tuple[Any, ...], tuple[Network, Any]] = OrderedDict()
_left: list[Any] = []


def _begin_anew() -> None:
    """After a fork: sessions have threads that the child does not have, and the lock may be held by one of them."""
    global _lock, _cache
    _left.append(_cache)  # dropping sessions would wait for their threads
    _lock, _cache = threading.Lock(), OrderedDict()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


def _dims(shape: Sequence[int | None]) -> str:
    return "x".join("any" if n is None else str(n) for n in shape)


def clear_session_cache() -> None:
    """Forget all sessions, giving their memory back when the last user is gone."""
    with _lock:
        _cache.clear()


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple(sorted((str(k), _frozen(v)) for k, v in value.items()))
    if isinstance(value, (list, tuple)):
        return tuple(_frozen(v) for v in value)
    return value if isinstance(value, (str, int, float, bool, type(None))) else ("object", id(value))


def _providers(ort: Any, providers: Providers | None) -> list[Any]:
    if providers is None:
        return ["CPUExecutionProvider"]
    listed = arguments.iterable("providers", providers, "a list of names, or of pairs (name, options),")
    have = ort.get_available_providers()
    names = [_provider_name(p) for p in listed]
    if missing := [name for name in names if name not in have]:
        text = f"execution provider {', '.join(missing)} is not in this ONNX Runtime {ort.__version__}; it has {have}"
        raise UnavailableError("unavailable.feature", f"{text}: install another build (e.g. onnxruntime-gpu)")
    return listed


def _provider_name(given: Any) -> str:
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], Mapping):
        given = given[0]
    return arguments.text("providers", given)


def _options(ort: Any, session_options: Any) -> Any:
    if isinstance(session_options, ort.SessionOptions):
        return session_options
    if session_options is not None:
        arguments.member("session_options", session_options, Mapping, "SessionOptions, or a dict of its attributes,")
    options = ort.SessionOptions()
    options.log_severity_level = 4  # what goes wrong is raised, not printed
    for name, value in (session_options or {}).items():
        if "." in arguments.text("session_options", name):
            options.add_session_config_entry(name, str(value))
        elif hasattr(options, name):
            try:
                setattr(options, name, value)
            except (TypeError, ValueError, AttributeError) as error:
                raise ParamError("param.type", f"session_options {name}={arguments.told(value)}: {error}") from None
        else:
            raise ParamError("param.unknown", f"onnxruntime.SessionOptions has no attribute {name!r}")
    return options


def _stamp(path: Path) -> tuple[str, int, int]:
    try:
        stat = path.stat()
    except OSError:
        raise ModelError("model.missing_file", f"model file {path} is missing: the folder is incomplete") from None
    return str(path.resolve()), stat.st_mtime_ns, stat.st_size


def _as_it_was(network: Network) -> bool:
    """Whether the files of weights beside an ONNX file are still those that were loaded."""
    try:
        return all(_stamp(Path(stamp[0])) == stamp for stamp in network.external)
    except ModelError:
        return False


def open_network(path: Path, sha256: str, providers: Providers | None, session_options: Any) -> Network:
    """The cached session of an ONNX file. `sha256` non-empty: what the file must have (`model.checksum` otherwise)."""
    ort = onnxruntime()
    key = (_stamp(path), sha256, _frozen(providers), _frozen(session_options))
    with _lock:
        if key in _cache and _as_it_was(_cache[key][0]):
            _cache.move_to_end(key)
            return _cache[key][0]
    network = _open(ort, path, sha256, providers, session_options)
    with _lock:
        # The options object stays alive with its entry: its id is part of the key.
        _cache[key] = (network, session_options)
        while len(_cache) > MAX_CACHED:
            _cache.popitem(last=False)
    return network


def _open(ort: Any, path: Path, sha256: str, providers: Providers | None, session_options: Any) -> Network:
    blob = path.read_bytes()
    external = parts(path, blob)
    digest = digest_of(path, blob)
    if sha256 and digest != sha256:
        text = f"{path} has SHA-256 {digest}, its model.json says {sha256}"
        raise ModelError(
            "model.checksum", f"{text}: fetch the file again, or fix model.json if it was changed on purpose"
        )
    if any(name in blob for name in _SAMPLING):
        text = f"{path} draws random numbers: export the mean of the latent (latent_dist.mean), not a sample"
        raise ModelError("model.sampling", text)
    try:
        # Weights in other files are found from the path alone.
        source = str(path.resolve()) if external else blob
        session = ort.InferenceSession(source, _options(ort, session_options), providers=_providers(ort, providers))
    except (ParamError, UnavailableError):
        raise
    except Exception as error:
        raise ModelError("model.run", f"ONNX Runtime cannot load {path}: {error}") from error
    return Network(path, session, digest, [_stamp(part) for part in external])
