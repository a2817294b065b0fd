"""Exporting into a folder that holds an earlier export: what of it goes, and what stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nn_models import agrees, conv_net, noise

from vaerans_ecs import nn
from vaerans_ecs.wasm import earlier, engine_files, export_to_wasm

#: Files of the stand-in for the engine (conftest.py) with every variant, and those of a network.
ENGINE = {"nn.js", "nn-worker.js", "nn-worker-threads.js"} | {
    f"wasm/engine-{v}.wasm" for v in ("base", "simd", "threads")
}
NETWORK = {"plan.bin", "weights.bin", "graph.json", "index.html", "model.js"}
#: What a user may have put beside them.
OWN = [
    "mine.js",
    "index.css",
    "nn-notes.txt",
    "nn-photo-ABCD1234.png",
    "assets/nn-rare-ABCDEFGH.js",
    "wasm/own.wasm",
    "my-nn-x.js",
]


def holds(folder: str | Path) -> set[str]:
    """All files of a folder."""
    return {path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file()}


def release(runtime: Path, *chunks: str) -> None:
    """The engine with these chunks, in place of those that it had."""
    manifest = runtime / "manifest.json"
    rows = [row for row in json.loads(manifest.read_text())["files"] if "-ch" not in row["name"]]
    for name in chunks:
        (runtime / name).write_text("export {};\n")
    manifest.write_text(json.dumps({"files": rows + [{"name": name, "variant": "all"} for name in chunks]}))


def forget(out: str, **changes: object) -> None:
    """Changes the record that an export left."""
    path = Path(out) / "graph.json"
    told = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({key: value for key, value in told.items() if value is not None}))


def test_chunks_of_an_earlier_release_go_and_what_is_not_ours_stays(tmp_path: Path, runtime: Path) -> None:
    release(runtime, "nn-ch-AAAAAAAA.js", "nn-ch-two-AAAAAAAA.js")
    out = export_to_wasm(conv_net(), tmp_path / "out")
    for name in OWN:
        (tmp_path / "out" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "out" / name).write_text("mine")
    assert holds(out) == ENGINE | NETWORK | {*OWN, "nn-ch-AAAAAAAA.js", "nn-ch-two-AAAAAAAA.js"}
    release(runtime, "nn-ch-BBBBBBBB.js")
    export_to_wasm(conv_net(), out)
    assert holds(out) == ENGINE | NETWORK | {*OWN, "nn-ch-BBBBBBBB.js"}
    assert all((tmp_path / "out" / name).read_text() == "mine" for name in OWN)
    assert json.loads((tmp_path / "out/graph.json").read_text())["engine"] == engine_files.files()
    agrees(nn.load(out), conv_net(), x=noise(1, 3, 4, 5))


def test_variants_that_are_not_wanted_any_more_go(tmp_path: Path, runtime: Path) -> None:
    out = export_to_wasm(conv_net(), tmp_path / "out")
    export_to_wasm(conv_net(), out, threads=False)
    assert holds(out) == NETWORK | ENGINE - {"nn-worker-threads.js", "wasm/engine-threads.wasm"}
    export_to_wasm(conv_net(), out, runtime="npm")
    assert holds(out) == NETWORK and not (tmp_path / "out" / "wasm").exists()
    export_to_wasm(conv_net(), out)
    assert holds(out) == NETWORK | ENGINE


def test_a_folder_of_a_version_that_kept_no_record(tmp_path: Path, runtime: Path) -> None:
    """Scripts with a hash in their names go with the engine that they belong to; without a new one nothing does."""
    release(runtime, "nn-ch-AAAAAAAA.js")
    out = export_to_wasm(conv_net(), tmp_path / "out")
    forget(out, engine=None)
    release(runtime, "nn-ch-BBBBBBBB.js")
    export_to_wasm(conv_net(), out, runtime="npm")
    assert holds(out) == NETWORK | ENGINE | {"nn-ch-AAAAAAAA.js"}
    forget(out, engine=None)
    export_to_wasm(conv_net(), out)
    assert holds(out) == NETWORK | ENGINE | {"nn-ch-BBBBBBBB.js"}


@pytest.mark.parametrize("text", ["", "{", "[]", "\xff", '{"engine": ["nn-old.js"]}', "[" * 100_000])
def test_a_graph_json_that_is_not_ours_says_nothing(tmp_path: Path, runtime: Path, text: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in ("nn-old.js", "nn-old-AAAAAAAA.js"):
        (out / name).write_text("mine")
    (out / "graph.json").write_bytes(text.encode("latin-1"))
    export_to_wasm(conv_net(), out)
    assert holds(out) == NETWORK | ENGINE | {"nn-old.js", "nn-old-AAAAAAAA.js"}


def test_a_record_names_no_other_file(tmp_path: Path, runtime: Path) -> None:
    out = export_to_wasm(conv_net(), tmp_path / "out")
    others = [
        "../mine.js",
        "mine.js",
        "nn-../mine.js",
        "wasm/../nn-x.js",
        str(tmp_path / "nn-y.js"),
        "sub/nn-z.js",
        "nn-",
    ]
    for name in ("mine.js", "nn-x.js", "nn-y.js", "out/mine.js", "out/nn-x.js"):
        (tmp_path / name).write_text("mine")
    (tmp_path / "out/nn-folder.js").mkdir()
    before = holds(tmp_path)
    forget(out, engine=[*others, 7, None, "nn-gone.js", "nn-folder.js"])
    export_to_wasm(conv_net(), out)
    assert holds(tmp_path) == before and (tmp_path / "out/nn-folder.js").is_dir()


def test_a_script_that_has_the_name_of_an_old_chunk_stays(tmp_path: Path, runtime: Path) -> None:
    release(runtime, "nn-ch-AAAAAAAA.js")
    out = export_to_wasm(conv_net(), tmp_path / "out")
    release(runtime)
    export_to_wasm(conv_net(), out, "nn-ch-AAAAAAAA")
    assert holds(out) == NETWORK | ENGINE | {"nn-ch-AAAAAAAA.js"}


def test_what_the_engine_is_made_of_may_be_removed_again() -> None:
    """By the names that a record may have."""
    if not (engine_files.FOLDER / engine_files.MANIFEST).is_file():
        pytest.skip("no engine for the web here")
    assert [name for name in engine_files.files() if not earlier._ENGINES.fullmatch(name)] == []
