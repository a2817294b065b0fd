"""Settings, which stages are finished, curves and their comparison: what needs no PyTorch."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from tools.train import bd_rate, cli, schedule
from tools.train.config import PRESETS, STAGES, Config
from tools.train.run import Run

import vaerans_ecs.functional as F

ROOT = Path(__file__).resolve().parents[2]


def test_every_setting_belongs_to_a_stage():
    assert {f.metadata["stage"] for f in fields(Config)} <= set(STAGES)


def test_settings_are_read_in_the_type_they_have():
    config = Config().with_values({"batch": "8", "qualities": "0,24", "muon_rate": "1e-2", "sets_left_out": "a,b"})
    assert (config.batch, config.qualities, config.muon_rate) == (8, (0, 24), 0.01)
    assert config.sets_left_out == ("a", "b")
    with pytest.raises(ValueError, match="no setting colour"):
        Config().with_values({"colour": "red"})


def test_the_defaults_are_those_that_the_recorded_run_taught():
    config = PRESETS["full"]
    assert config.base_channels == 256 and config.second_channels == 192
    assert config.gain_floor > -2 and config.gain_rate < 1 and config.spread_weight > 0 and config.cheap_rate_share > 0
    assert config.muon_rate < 2.5e-3 and config.pattern_share == 0.02
    assert min(config.blurred_share, config.grainy_share, config.enlarged_share) > 0


def test_a_setting_runs_its_stage_and_those_after_it_again(tmp_path):
    run = Run(Config(), tmp_path)
    for stage in STAGES:
        run.finish(stage, fact=stage)
    assert all(run.is_finished(stage) for stage in STAGES)
    changed = replace(run, config=replace(run.config, layer2_photos=7))
    assert [changed.is_finished(s) for s in STAGES[:4]] == [True, True, True, False]
    changed.finish("layer2", fact="anew")
    assert not changed.is_finished("tables") and changed.is_finished("prune")


def test_a_stage_that_began_is_not_finished(tmp_path):
    run = Run(Config(), tmp_path)
    run.finish("data")
    run.begin("data")
    assert not run.is_finished("data")
    with pytest.raises(SystemExit, match="'data' has not been finished"):
        run.require("data")


def test_the_learning_rate_rises_holds_and_falls():
    config = Config()
    assert schedule.learning_rate(config, 0, 0.0) < 0.01
    assert schedule.learning_rate(config, 5000, 0.2) == 1
    assert schedule.learning_rate(config, 5000, 0.9) < 0.2
    assert schedule.learning_rate(config, 5000, 1.0) == 0
    assert schedule.cheapness(config, 0.0) == 8 and schedule.cheapness(config, 0.5) == 1
    assert schedule.share_over(replace(config, steps=100), 5, 10, 80) == 0.8


def test_bd_rate_is_that_of_the_product():
    rates = np.geomspace(0.1, 2, 9)
    anchor = [(float(r), 35 + 9 * float(np.log10(r)) + 0.3 * (i % 2)) for i, r in enumerate(rates)]
    test = [(float(r) * 0.9, q + 0.05 * i) for i, (r, q) in enumerate(anchor)]
    assert bd_rate.bd_rate(anchor, anchor) == pytest.approx(0, abs=1e-9)
    assert bd_rate.bd_rate(anchor, [(r * 1.1, q) for r, q in anchor]) == pytest.approx(10, abs=1e-6)
    assert bd_rate.bd_rate(anchor, test) == pytest.approx(F.bd_rate(anchor, test, window=None), abs=0.02)
    assert np.isnan(bd_rate.bd_rate(anchor, [(0.1, 10.0), (0.2, 20.0)]))


def test_recorded_curves_give_the_recorded_bd_rates(shared):
    folder = shared / "models" / "vae1" / "rd"
    if not folder.is_dir():
        pytest.skip("no recorded curves in the shared folder")
    ours = bd_rate.read(folder / "vae1_val.csv")["vae1"]
    peers = bd_rate.read(folder / "peers_val.csv")
    assert bd_rate.compare(peers["avif-aom-s6"], ours) == pytest.approx((-14.3, -29.2), abs=0.06)
    assert bd_rate.compare(peers["webp-m6"], ours) == pytest.approx((-24.1, -46.8), abs=0.06)


def test_the_command_line_sets_what_it_is_told(tmp_path):
    options = cli.parser().parse_args(
        ["network", "--preset", "smoke", "--steps", "7", "--set", "batch=2", "--work", str(tmp_path), "--device", "cpu"]
    )
    run = cli.run_of(options)
    assert (run.config.steps, run.config.batch, run.device, run.may_resume) == (7, 2, "cpu", False)


@pytest.mark.parametrize("start", (["-m", "tools.train"], ["tools/train"]))
def test_it_starts_as_a_module_and_as_a_path(start):
    done = subprocess.run([sys.executable, *start, "--help"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "--resume" in done.stdout


def test_facts_are_kept_as_json(tmp_path):
    run = Run(Config(), tmp_path)
    run.finish("prune", channels=3)
    assert json.loads((tmp_path / "prune" / "done.json").read_text())["channels"] == 3
