"""The fastest way to run a network: tried, kept, remembered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from nn_models import conv_net, noise

from vaerans_ecs import nn
from vaerans_ecs.errors import ModelError, ParamError
from vaerans_ecs.wasm import ModelExporter


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(ModelExporter(conv_net()).optimize_for_wasm().compile_to_wasm(tmp_path / "net", runtime="npm"))


@pytest.mark.parametrize("mode", ["fast", "strict"])
def test_the_fastest_way_gives_the_same(folder: Path, tmp_path: Path, mode: str) -> None:
    x = noise(1, 3, 24, 24)
    optimizer = nn.Optimizer(folder, mode=mode, threads=2, cache=tmp_path / "cache")
    model = optimizer.optimize(x, seconds=0.0)
    want = nn.load(folder, mode=mode).forward(x)["y"]
    got = model.forward(x)["y"]
    if mode == "strict":
        assert got.tobytes() == want.tobytes()
    assert np.abs(got - want).max() <= 1e-4 * np.abs(want).max()
    assert optimizer.trials[0].kept and "threads 1" in [trial.what for trial in optimizer.trials]


def test_a_choice_is_remembered(folder: Path, tmp_path: Path) -> None:
    x = noise(1, 3, 8, 8)
    first = nn.Optimizer(folder, cache=tmp_path)
    seen: list[nn.Trial] = []
    first.optimize(x, seconds=0.0, progress=seen.append)
    assert seen == first.trials != []
    second = nn.Optimizer(folder, cache=tmp_path)
    model = second.optimize(x, seconds=0.0)
    assert second.trials == [] and second.choice == first.choice
    assert model.forward(x)["y"].shape == (1, 16, 8, 8)
    # Of other shapes another may be the fastest.
    second.optimize(noise(1, 3, 9, 8), seconds=0.0)
    assert second.trials


@pytest.mark.parametrize("text", ["isa mmx\n", "winograd 99\n", "", "\xff"])
def test_what_is_damaged_is_made_again(folder: Path, tmp_path: Path, text: str) -> None:
    x = noise(1, 3, 8, 8)
    nn.Optimizer(folder, cache=tmp_path / "cache").optimize(x, seconds=0.0)
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_bytes(text.encode("latin-1"))
    again = nn.Optimizer(folder, cache=tmp_path / "cache")
    again.optimize(x, seconds=0.0)
    assert again.trials and again.choice


def test_the_cache_is_the_users(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    nn.Optimizer(folder).optimize(noise(1, 3, 8, 8), seconds=0.0)
    assert list(tmp_path.rglob("choices/*.txt"))
    blocked = tmp_path / "file"
    blocked.touch()
    nn.Optimizer(folder, cache=blocked).optimize(noise(1, 3, 8, 8), seconds=0.0)


def test_what_progress_raises_ends_it(folder: Path) -> None:
    def stop(_: nn.Trial) -> None:
        raise KeyboardInterrupt

    optimizer = nn.Optimizer(folder, cache=False)
    with pytest.raises(KeyboardInterrupt):
        optimizer.optimize(noise(1, 3, 8, 8), seconds=0.0, progress=stop)
    assert len(optimizer.trials) == 1


def test_a_choice_of_another_network_is_refused(folder: Path) -> None:
    plan, weights = (folder / "plan.bin").read_bytes(), (folder / "weights.bin").read_bytes()
    with pytest.raises(ModelError, match="of another plan"):
        nn.Model(plan, weights, choice="isa reference\nwinograd 0\n")
    with pytest.raises(ParamError, match="instruction set"):
        nn.Model(plan, weights, choice="threads 2\n")
    with pytest.raises(ParamError):
        nn.Optimizer(folder, mode="slow")
