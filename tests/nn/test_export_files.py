"""Exporting: what is written, and what it runs like."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from nn_models import EMPTY, agrees, conv_net, noise

from vaerans_ecs import nn
from vaerans_ecs.errors import ModelError, ParamError, UnavailableError
from vaerans_ecs.wasm import engine_files, export_to_wasm
from vaerans_ecs.wasm.module import custom_sections, with_sections


@pytest.mark.parametrize("optimize", [True, False])
@pytest.mark.parametrize("mode", ["strict", "fast"])
def test_a_folder_runs_like_the_model_at_any_size(tmp_path: Path, optimize: bool, mode: str) -> None:
    out = export_to_wasm(conv_net(), tmp_path / "out", "net", optimize=optimize, runtime="npm")
    names = {path.name for path in Path(out).iterdir()}
    assert names == {"plan.bin", "weights.bin", "graph.json", "net.js", "index.html"}
    compiled = nn.load(out, mode=mode)
    for shape in ((1, 3, 8, 9), (2, 3, 33, 17), (3, 3, 1, 1)):
        agrees(compiled, conv_net(), x=noise(*shape))


def test_files_of_the_engine_and_its_variants(tmp_path: Path, runtime: Path) -> None:
    def engine(name: str, **options: bool) -> set[str]:
        out = Path(export_to_wasm(conv_net(), tmp_path / name, **options))
        files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
        return files - {"plan.bin", "weights.bin", "graph.json", "index.html", "model.js"}

    plain = {"nn.js", "nn-worker.js", "wasm/engine-base.wasm"}
    simd, threads = {"wasm/engine-simd.wasm"}, {"wasm/engine-threads.wasm", "nn-worker-threads.js"}
    assert engine("a") == plain | simd | threads
    assert engine("b", threads=False) == plain | simd
    assert engine("c", simd=False, threads=False) == plain
    assert engine("d", simd=False) == plain, "threads are a variant of SIMD"
    assert '"./nn.js"' in (tmp_path / "a" / "model.js").read_text()
    for name in ("nn", "NN-worker"):
        with pytest.raises(ParamError, match="file of the engine"):
            export_to_wasm(conv_net(), tmp_path / "e", name)


def test_the_file_for_people_is_json_as_browsers_read_it(tmp_path: Path) -> None:
    export_to_wasm(nn.Sequential(nn.Linear(4, 4), nn.ReLU()), tmp_path / "out", runtime="npm")

    def refuse(word: str) -> None:
        raise AssertionError(word)

    told = json.loads((tmp_path / "out" / "graph.json").read_text(), parse_constant=refuse)
    assert "inf" in json.dumps(told["nodes"])


def test_without_the_engine_npm_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_files, "FOLDER", tmp_path / "none")
    with pytest.raises(UnavailableError, match='runtime="npm"') as caught:
        export_to_wasm(conv_net(), tmp_path / "out")
    assert caught.value.code == "unavailable.feature" and not (tmp_path / "out").exists()
    out = Path(export_to_wasm(conv_net(), tmp_path / "out", runtime="npm"))
    assert 'from "vaerans/nn"' in (out / "model.js").read_text()


def test_one_wasm_file_holds_all(tmp_path: Path, runtime: Path) -> None:
    out = export_to_wasm(conv_net(), tmp_path / "net.wasm")
    blob = Path(out).read_bytes()
    assert blob.startswith(EMPTY) and set(custom_sections(blob)) == {"vaerans.plan", "vaerans.weights"}
    agrees(nn.load(out), conv_net(), x=noise(1, 3, 5, 6))
    agrees(nn.load(blob), conv_net(), x=noise(1, 3, 5, 6))
    # Once more in place of the old ones: no section twice.
    again = with_sections(blob, custom_sections(blob))
    assert again == blob


def test_sections_of_a_module_that_has_others() -> None:
    module = EMPTY + b"\x01\x04\x01\x60\0\0" + b"\0\x05\x03abcd"
    made = with_sections(module, {"x" * 200: b"y" * 300, "abc": b""})
    assert custom_sections(made) == {"x" * 200: b"y" * 300, "abc": b""}
    for cut in range(len(EMPTY) + 1, len(made)):
        try:
            custom_sections(made[:cut])
        except ModelError as error:
            assert error.code == "model.invalid"
    with pytest.raises(ModelError, match="no WebAssembly"):
        custom_sections(b"\x7fELF")
    with pytest.raises(ModelError, match="without a network"):
        nn.load(EMPTY)


@pytest.mark.parametrize("name", ["../x", "a b", "", "x" * 200, "a/b", "<b>"])
def test_names_that_are_no_file_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ParamError, match="model_name"):
        export_to_wasm(conv_net(), tmp_path / "out", name, runtime="npm")


def test_the_scripts_parse(tmp_path: Path) -> None:
    node = subprocess.run(["node", "--version"], capture_output=True, check=False)
    if node.returncode:
        pytest.skip("no Node")
    out = Path(export_to_wasm(conv_net(), tmp_path / "out", "net", runtime="npm"))
    page = (out / "index.html").read_text()
    script = page.partition('<script type="module">')[2].partition("</script>")[0]
    (out / "page.mjs").write_text(script)
    for name in ("net.js", "page.mjs"):
        target = out / name
        subprocess.run(["node", "--input-type=module", "--check"], input=target.read_bytes(), check=True)


def test_the_script_starts_the_engine_that_the_folder_holds(tmp_path: Path, runtime: Path) -> None:
    """By Node, with a class in place of the engine that says how it was started."""
    if subprocess.run(["node", "--version"], capture_output=True, check=False).returncode:
        pytest.skip("no Node")
    stand_in = "export class Engine { init(o) { this.o = o } loadModel(url) { return [String(url), this.o] } }\n"
    (runtime / "nn.js").write_text(stand_in)
    out = Path(export_to_wasm(conv_net(), tmp_path / "out", "net", simd=False))
    (tmp_path / "package.json").write_text('{"type": "module"}')
    both = "[await m.loadModel(), await m.loadModel('x/', {threads: 2})]"
    call = f"import('./net.js').then(async (m) => console.log(JSON.stringify({both})))"
    made = subprocess.run(["node", "-e", call], cwd=out, capture_output=True, check=True, text=True)
    (here, options), (there, given) = json.loads(made.stdout)
    assert here == out.as_uri() + "/" and there == "x/", "the engine knows what that is relative to"
    # What the folder does not hold is not asked for.
    assert options == {"threads": 1, "simd": False} and given == {"threads": 1, "simd": False}
    out = Path(export_to_wasm(conv_net(), tmp_path / "both", "net"))
    made = subprocess.run(["node", "-e", call], cwd=out, capture_output=True, check=True, text=True)
    assert [o for _, o in json.loads(made.stdout)] == [{"threads": 1}, {"threads": 2}]
