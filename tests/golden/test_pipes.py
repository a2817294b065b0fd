"""pipes.json, to which the browser package is held, says what Python makes now. pipes.py writes it."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from vaerans_ecs import _core, systems

FOLDER = Path(__file__).resolve().parent
FILE = json.loads((FOLDER / "pipes.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pipes():
    spec = importlib.util.spec_from_file_location("golden_pipes", FOLDER / "pipes.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_file_has_all_cases_as_they_are_now(pipes):
    assert pipes.cases() == FILE


def test_every_system_that_needs_no_model_is_in_a_case(pipes):
    used = {step[0] for case in FILE["cases"].values() for step in case["steps"]}
    native = [row for row in _core.registry() if row["is_native"] and row["name"] not in pipes.LEFT_OUT]
    names = {name for row in native for name in (row["name"], row["inverse_name"]) if name}
    assert used == names
    assert names <= set(systems.__all__)
