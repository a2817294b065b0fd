"""What the documentation shows is run: README, CONTRIBUTING, docstrings, the notebook."""

from __future__ import annotations

import doctest
import importlib
import json
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest

import vaerans_ecs
from vaerans_ecs import World
from vaerans_ecs.components import Latent4
from vaerans_ecs.systems import ANSEncode, QuantizeU8

ROOT = Path(__file__).resolve().parents[2]


def blocks(path: Path, language: str = "python") -> list[str]:
    """The fenced blocks of a page, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), re.S | re.M)


def marked(path: Path, name: str) -> str:
    """The block behind ``<!-- example: name -->``."""
    found = re.search(rf"<!-- example: {name} -->\n```\w+\n(.*?)^```", path.read_text(encoding="utf-8"), re.S | re.M)
    assert found, f"{path.name} has no example {name}"
    return found[1]


def test_the_readme_runs_from_top_to_bottom(tmp_path, monkeypatch, capsys):
    pytest.importorskip("skimage")
    monkeypatch.chdir(tmp_path)
    found, names = blocks(ROOT / "README.md"), {}
    assert len(found) >= 2
    for i, block in enumerate(found):
        exec(compile(block, f"README.md, block {i + 1}", "exec"), names)
    assert capsys.readouterr().out
    assert names["back"].numpy().shape == names["latent"].shape
    assert vaerans_ecs.decompress((tmp_path / "latent.vrn").read_bytes()).shape == names["latent"].shape


def test_the_python_transform_of_contributing_works_in_files():
    pytest.importorskip("scipy")
    names: dict = {}
    exec(marked(ROOT / "CONTRIBUTING.md", "python-dct"), names)
    latent = np.random.default_rng(0).normal(size=(4, 12, 9)).astype(np.float32)
    world = World(4 << 20)
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(latent))
    pipe = world.pipe(eid) | names["DCTEncodeSys"]() | QuantizeU8(bits=12) | ANSEncode()
    file = pipe.out("Bitstream").tobytes()
    assert [step[1] for step in vaerans_ecs.info(file).steps] == ["DCTEncodeSys", "QuantizeU8", "ANSEncode"]
    back = vaerans_ecs.decompress(file)
    assert back.shape == latent.shape and 0 < np.abs(back - latent).max() < 0.01


def modules() -> list[str]:
    """Public modules whose docstrings hold an example."""
    found = []
    for info in pkgutil.walk_packages(vaerans_ecs.__path__, "vaerans_ecs."):
        path = Path(importlib.util.find_spec(info.name).origin)
        lines = path.read_text(encoding="utf-8").splitlines() if path.suffix == ".py" else []
        if any(">>> " in line and "doctest: +SKIP" not in line for line in lines):
            found.append(info.name)
    return ["vaerans_ecs", *found]


@pytest.mark.parametrize("name", modules())
def test_examples_in_docstrings(name):
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.attempted > 0 and result.failed == 0


def test_the_notebook_runs_and_is_kept_without_outputs(tmp_path):
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    pytest.importorskip("skimage")
    path = ROOT / "examples/quickstart.ipynb"
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert all(not c.get("outputs") and c.get("execution_count") is None for c in stored["cells"])
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    nbformat.validate(notebook)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    assert any("text/html" in o.get("data", {}) for o in outputs), "pipes and traces show themselves as tables"
    assert not any(o.output_type == "error" for o in outputs)


def test_the_network_of_the_examples_is_exported_and_runs(tmp_path, capsys):
    import runpy

    names = runpy.run_path(str(ROOT / "examples" / "webassembly_integration.py"))
    output = names["main"](str(tmp_path / "out"))
    assert output.shape == (1, 5) and (tmp_path / "out" / "my_model.js").is_file()
    assert "plan.bin" in capsys.readouterr().out
