"""Codes of models."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from raised.cases import GREY, Cases

from vaerans_ecs import _core, models
from vaerans_ecs.models import hub
from vaerans_ecs.models.safetensors import read_safetensors
from vaerans_ecs.models.spec import ModelSpec, write_model_folder
from vaerans_ecs.systems import OnnxVAEEncode

CASES = Cases()
raises = CASES.raises


def folder(path: Path, encoder: bytes = b"junk", decoder: bytes = b"junk", **fields: object) -> Path:
    """A model folder around these networks."""
    write_model_folder(path, ModelSpec(name="m", downscale=2, latent_channels=4, **fields), encoder, decoder)
    return path


raises("model.not_found")(lambda tmp_path: OnnxVAEEncode(tmp_path / "nowhere"))
raises("model.run")(lambda tmp_path: models.load(folder(tmp_path / "m")).encode_batch([GREY]))
raises("model.sampling")(lambda tmp_path: models.load(folder(tmp_path / "m", b"RandomNormal")).encode_batch([GREY]))
raises("model.weights")(lambda tmp_path: read_safetensors((tmp_path / "w").write_bytes(b"x") and tmp_path / "w"))


NOTHING = list(hashlib.sha256(b"").digest())
raises("model.plan")(lambda tmp_path: _core.Network(b"no plan", np.empty(0, np.uint8), 1))
raises("model.operator")(
    lambda tmp_path: _core.nn_write_plan([], [], [], [], [("Unheard", [], [], {}, [], "")], [], b"", NOTHING)
)


@raises("model.unknown_values")
def shape_of_data(tmp_path):
    """A shape of so many numbers that it is taken for data."""
    inputs = [("x", 0, "float32", [(False, 1)]), ("s", 1, "int64", [(False, 20)])]
    steps = [("Reshape", [0, 1], [2], {}, [], "r")]
    plan = _core.nn_write_plan([], [None] * 3, inputs, [("y", 2)], steps, [], b"", NOTHING)
    network = _core.Network(plan, np.empty(0, np.uint8), 1)
    return network.prepare([("float32", [1], np.zeros(4, np.uint8)), ("int64", [20], np.ones(160, np.uint8))])


@raises("model.missing_file")
def _(tmp_path):
    path = folder(tmp_path / "m")
    (path / "encoder.onnx").unlink()
    models.load(path).encode_batch([GREY])


@raises("model.invalid")
def _(tmp_path):
    path = folder(tmp_path / "m") / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"downscale": -1}))
    models.load(path.parent)


@raises("model.checksum")
def _(tmp_path):
    path = folder(tmp_path / "m")
    (path / "encoder.onnx").write_bytes(b"other")
    models.load(path).encode_batch([GREY])


@raises("model.shape")
def _(tmp_path):
    pytest.importorskip("onnx")
    models.load("pil").to_onnx(tmp_path / "m")
    path = tmp_path / "m/model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"latent_channels": 5}))
    models.load(path.parent).encode_batch([GREY])


@raises("model.download")
def _(tmp_path):
    def broken(repo, file):
        raise RuntimeError("404")

    hub.fetch("taesd", tmp_path / "m", broken)
