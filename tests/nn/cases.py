"""The node tests of the `onnx` package: those whose tensors are of the engine's element types."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from vaerans_ecs.wasm.from_onnx import DTYPES

SKIPS = Path(__file__).with_name("conformance_skips.txt")


@dataclass
class Case:
    """A model, inputs, and what onnx's reference evaluator makes of them."""

    name: str
    model: onnx.ModelProto
    inputs: list[Any]
    outputs: list[Any]


@cache
def cases() -> list[Case]:
    """Every case all of whose arrays, in sequences too, are of the engine's types."""
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = collect_testcases()
    made = [Case(c.name, c.model, list(ins), list(outs)) for c in found for ins, outs in c.data_sets]
    return [case for case in made if all(a.dtype.name in DTYPES for a in _arrays(case.inputs + case.outputs))]


def _arrays(values: Any) -> Iterator[np.ndarray]:
    """Arrays in lists and mappings, whatever their depth."""
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, (list, tuple)):
        for value in values:
            yield from _arrays(value)
    elif values is not None:
        yield np.asarray(values)


def skips() -> list[tuple[str, str]]:
    """Patterns of names, and why the engine does not run those cases."""
    lines = (line.strip() for line in SKIPS.read_text(encoding="utf-8").splitlines())
    return [(pattern, why.strip()) for pattern, _, why in (x.partition(" ") for x in lines if x and x[0] != "#")]
