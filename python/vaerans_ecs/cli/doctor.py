"""``doctor``: what this installation can do, and what is missing."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
from typing import Any

from ..errors import VaeransError
from .batch import core_count
from .output import say, say_json, table

#: Distribution -> what it is needed for.
_PARTS = {
    "numpy": "required",
    "onnxruntime": "vae models",
    "typer": "this command",
    "rich": "this command",
    "Pillow": "Pillow plugin, peers of the report",
    "imagecodecs": "peers of the report",
    "scikit-image": "tests",
    "matplotlib": "plots in notebooks",
    "constriction": "second entropy coder as a check",
    "torch": "exporting models",
}
_SETTINGS = ("VAERANS_ISA", "VAERANS_THREADS", "VAERANS_MODEL_DIR", "OMP_NUM_THREADS", "RAYON_NUM_THREADS")


def package_version() -> str:
    """The version of the installed package."""
    try:
        return importlib.metadata.version("vaerans_ecs")
    except importlib.metadata.PackageNotFoundError:
        import vaerans_ecs

        return str(getattr(vaerans_ecs, "__version__", "unknown"))


def show_doctor(as_json: bool) -> None:
    """Print the findings; problems are told in words at the end."""
    findings = examine()
    if as_json:
        say_json(findings)
        return
    for title, rows in findings.items():
        if title == "problems":
            continue
        table((title, ""), [(name, _lines(value)) for name, value in rows.items()], right=False)
    for problem in findings["problems"]:
        say(f"problem: {problem}")
    if not findings["problems"]:
        say("problems: none found")


def examine() -> dict[str, Any]:
    """Everything ``doctor`` shows, as JSON-ready values."""
    problems: list[str] = []
    return {
        "vaerans": _core(problems),
        "machine": {
            "system": platform.platform(),
            "processor": platform.machine(),
            "cores of this process": core_count(),
            "python": platform.python_version(),
        },
        "parts": {name: _part(name, use) for name, use in _PARTS.items()},
        "onnx": _onnx(problems),
        "models": _models(problems),
        "settings": {name: os.environ.get(name) for name in _SETTINGS},
        "problems": problems,
    }


def _core(problems: list[str]) -> dict[str, Any]:
    out: dict[str, Any] = {"version": package_version()}
    try:
        from .. import _core
    except ImportError as error:
        problems.append(f"the native module does not load: {error}; install the package again")
        return out
    try:
        out.update(_core.build_info())
    except VaeransError as error:
        problems.append(str(error))
        return out
    asked = os.environ.get("VAERANS_ISA")
    if asked and out.get("isa") != asked:
        problems.append(f"VAERANS_ISA={asked} is set, but {out.get('isa')} is used: see the levels above")
    return out


def _part(name: str, use: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return f"not installed ({use})"


def _onnx(problems: list[str]) -> dict[str, Any]:
    if importlib.util.find_spec("onnxruntime") is None:
        problems.append("onnxruntime is not installed: the vae profile needs it (pip install onnxruntime)")
        return {"providers": []}
    try:
        onnxruntime = importlib.import_module("onnxruntime")
        return {"providers": list(onnxruntime.get_available_providers())}
    except Exception as error:  # a broken installation fails in many ways
        problems.append(f"onnxruntime does not load: {type(error).__name__}: {error}")
        return {"providers": []}


def _models(problems: list[str]) -> dict[str, Any]:
    try:
        from ..models.lookup import available_models, model_dirs
    except ImportError as error:
        problems.append(f"models cannot be looked up: {error}")
        return {"folders": [], "found": {}}
    folders = model_dirs()
    listed = [p for p in os.environ.get("VAERANS_MODEL_DIR", "").split(os.pathsep) if p]
    for folder in listed:
        if not os.path.isdir(os.path.expanduser(folder)):
            problems.append(f"VAERANS_MODEL_DIR names {folder}, which is no folder")
    return {
        "folders": [f"{folder}{'' if folder.is_dir() else ' (not there)'}" for folder in folders],
        "found": {name: str(path) for name, path in available_models().items()},
    }


def _lines(value: Any) -> list[str]:
    if value is None or value == [] or value == {}:
        return ["-"]
    if isinstance(value, dict):
        return [f"{key}: {item}" for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return [str(item) for item in value]
    return [str(value)]
