"""``vaerans export`` and ``vaerans inspect``, by a real run of the command."""

from __future__ import annotations

import json
import re
from pathlib import Path

import onnx
import pytest
from cli_stand_in import call
from nn_models import agrees, conv_net, noise

from vaerans_ecs import nn


@pytest.fixture
def model(tmp_path: Path) -> str:
    path = tmp_path / "net.onnx"
    onnx.save(conv_net(), path)
    return str(path)


def test_export_and_inspect_a_folder(model: str, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    told = call("export", model, out, "--runtime", "npm", "--name", "net", "--size", "h=16", "--size", "w=16")
    assert "weights.bin" in told.stdout and "multiply-adds" in told.stdout
    [page_line] = [line for line in told.stdout.splitlines() if line.startswith("in a page, one thread: ")]
    memory = json.loads((tmp_path / "out/graph.json").read_text())["memory"]
    assert re.findall(r"\d+", page_line) == [
        str(memory[k]) for k in ("wasmBytes", "stack", "parameters", "activations", "scratch")
    ]
    assert memory["scratch"] == 4 * 16 * 16 * 2 * (3 + 16)
    agrees(nn.load(out), conv_net(), x=noise(1, 3, 5, 6))
    told = call("inspect", out, "--run", "--html", str(tmp_path / "graph.html"), "-n", "1")
    assert "Conv" in told.stdout and "bytes of weights" in told.stdout and " ms" in told.stdout
    page = (tmp_path / "graph.html").read_text()
    assert page.count("<g class") == 6 and not re.search(r"(src|href)=|https?://(?!www\.w3\.org/2000/svg)", page)


def test_inspect_a_model_as_json(model: str) -> None:
    told = json.loads(call("inspect", model, "--json", "--run", "--size", "h=8", "--size", "w=12").stdout)
    assert told["sizes"]["h"] == 8 and told["sizes"]["w"] == 12
    assert [step["op"] for step in told["steps"]] == ["Transpose", "Conv", "Conv", "Transpose"]
    assert all(step["seconds"] >= 0 for step in told["steps"])
    plain = json.loads(call("inspect", model, "--json", "--no-optimize").stdout)
    assert len(plain["steps"]) > 4 and plain["steps"][0]["seconds"] is None


def test_quantised_and_without_passes(model: str, tmp_path: Path) -> None:
    plain = ["--disable", "scale", "--disable", "onnxslim", "--disable", "chains"]
    whole = json.loads(call("export", model, str(tmp_path / "a"), "--runtime", "npm", "--json", *plain).stdout)
    small = json.loads(
        call("export", model, str(tmp_path / "b"), "--runtime", "npm", "--json", "--quantize", "int8-weights").stdout
    )
    assert small["files"]["weights.bin"] < whole["files"]["weights.bin"] and whole["operators"]["Mul"] == 1


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["export", "none.onnx", "out"], "no such file"),
        (["export", "MODEL", "FULL"], "--force"),
        (["export", "MODEL", "MODEL"], "is a file"),
        (["export", "MODEL", "out", "--size", "h"], "NAME=NUMBER"),
        (["inspect", "none"], "no such file"),
        (["inspect", "MODEL", "--html", "MODEL"], "--force"),
    ],
)
def test_wrong_usage(model: str, tmp_path: Path, arguments: list[str], text: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    given = [{"MODEL": model, "FULL": str(tmp_path / "full")}.get(one, one) for one in arguments]
    assert text in call(*given, code=2).stderr


@pytest.mark.parametrize(
    "options", [["--disable", "everything"], ["--quantize", "int4"], ["--runtime", "cdn"], ["--name", "a/b"]]
)
def test_what_cannot_be_exported(model: str, tmp_path: Path, options: list[str]) -> None:
    assert "param.range" in call("export", model, str(tmp_path / "out"), "--runtime", "npm", *options, code=1).stderr


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "bad.onnx").write_bytes(b"\xff" * 40)
    assert "model.invalid" in call("inspect", str(tmp_path / "bad.onnx"), code=1).stderr
    (tmp_path / "bad").mkdir()
    assert "unavailable.file" in call("inspect", str(tmp_path / "bad"), code=1).stderr
