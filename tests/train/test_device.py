"""What `tools/train/device.sh` leaves to go on from, with a Python that trains nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not all(map(shutil.which, ("bash", "tar", "split"))), reason="a POSIX system")

#: Says what it was asked for, and leaves what the stages leave.
STAND_IN = """#!/usr/bin/env bash
shift 2
echo "asked: $*"
while [ $# -gt 0 ]; do [ "$1" != --work ] || work=$2; shift; done
mkdir -p "$work/network" "$work/data"
touch "$work"/{config.json,log.txt,network/checkpoint.pt} "$work"/data/{photos.u8,photos.tsv,photos.json,done.json}
"""


def device(tmp_path: Path, work: str, **given: str) -> list[str]:
    """What the stages were asked for."""
    python = tmp_path / "python"
    python.write_text(STAND_IN)
    python.chmod(0o755)
    own = ("SECONDS_ALL", "TRAIN_ARGS", "PHOTOS", "BUDGET", "RESERVE", "PAUSE")
    env = {name: value for name, value in os.environ.items() if name not in own}
    folders = {"OUT": str(tmp_path / f"{work} out"), "WORK": str(tmp_path / work), "PYTHON": str(python)}
    command = ["bash", str(ROOT / "tools/train/device.sh")]
    env |= {**folders, "ONLY_NETWORK": "1", **given}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True)
    return [line.removeprefix("asked: ") for line in done.stdout.splitlines() if line.startswith("asked: ")]


def test_a_run_goes_on_elsewhere_with_the_settings_that_it_was_begun_with(tmp_path):
    first = device(tmp_path, "here", SECONDS_ALL="90", TRAIN_ARGS="--set batch=32")
    assert [line.split()[0] for line in first] == ["data", "network"]
    assert all("--seconds 90 --set batch=32" in line for line in first)
    (tmp_path / "there").mkdir()
    (part,) = (tmp_path / "here out").glob("run.tgz.*")
    with tarfile.open(part) as tar:
        tar.extractall(tmp_path / "there", filter="data")
    assert {"config.json", "go_on.txt"} <= {path.name for path in (tmp_path / "there").iterdir()}
    data, network = device(tmp_path, "there")
    assert all("--seconds 90 --set batch=32" in line for line in (data, network))
    assert "--if-needed" not in data, "the photos did not travel"
    assert "--if-needed" in device(tmp_path, "there")[0]
    assert "--seconds 200" in device(tmp_path, "there", SECONDS_ALL="200")[1]


def test_a_new_run_trains_for_what_its_call_has(tmp_path):
    assert all("--seconds 0" in line for line in device(tmp_path, "new"))
