"""The engine on the node tests of the `onnx` package, whose outputs are those of onnx's reference evaluator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

import onnx
import pytest
from nn.cases import SKIPS, cases, skips
from nn.engine import optimized, outcome

from vaerans_ecs.wasm.support import operators

#: Most of the cases that may be skipped.
MAX_SKIPPED = 0.15


@dataclass
class Outcomes:
    """What became of every case."""

    passed: set[str] = field(default_factory=set)
    #: Names with the reason.
    failed: dict[str, str] = field(default_factory=dict)
    #: Passed with inputs fixed at export.
    fixed: int = 0
    #: Operators of the engine in what passed.
    operators: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def outcomes() -> Outcomes:
    found = Outcomes()
    for case in cases():
        result = outcome(case)
        if result.why:
            found.failed[case.name] = result.why
        else:
            found.passed.add(case.name)
            found.fixed += result.fixed
            found.operators |= result.operators
    return found


#: Of the cases that are no bodies of functions so many are compiled with all passes too.
EVERY = 4


def test_the_passes_keep_what_cases_give() -> None:
    chosen = [case for case in cases() if not matches(case.name) and not case.name.endswith("_expanded")][::EVERY]
    failed = {case.name: why for case in chosen if (why := outcome(case, optimized).why)}
    assert len(chosen) > 200
    assert not failed, "\n".join(f"{name}: {' '.join(why.split())[:300]}" for name, why in failed.items())


def matches(name: str) -> list[str]:
    return [pattern for pattern, _ in skips() if fnmatchcase(name, pattern)]


def test_every_case_passes_or_has_a_reason(outcomes: Outcomes) -> None:
    failed = {name: why for name, why in outcomes.failed.items() if not matches(name)}
    lines = "\n".join(f"{name}: {' '.join(why.split())[:300]}" for name, why in failed.items())
    assert not failed, f"{len(failed)} cases fail and are not in {SKIPS.name}:\n{lines}"


def test_no_skip_is_out_of_date(outcomes: Outcomes) -> None:
    names = outcomes.passed | set(outcomes.failed)
    for pattern, why in skips():
        found = [name for name in names if fnmatchcase(name, pattern)]
        assert found, f"{pattern} is no case"
        assert not outcomes.passed.intersection(found), f"{pattern} passes now"
        assert why, f"{pattern} has no reason"


def test_every_operator_that_onnx_has_too_is_in_a_case(outcomes: Outcomes) -> None:
    shared = {name for name in operators() if onnx.defs.has(name)}
    assert len(shared) > 100
    assert not shared - outcomes.operators


def test_few_are_skipped(outcomes: Outcomes, record_property: Callable[[str, object], None]) -> None:
    count = len(outcomes.passed) + len(outcomes.failed)
    share = len(outcomes.failed) / count
    record_property(
        "figure",
        f"ONNX node tests: {len(outcomes.passed)} of {count} pass ({outcomes.fixed} with inputs fixed at export), "
        f"{len(outcomes.failed)} skipped = {share:.1%}; {MAX_SKIPPED:.0%} are allowed",
    )
    assert share <= MAX_SKIPPED
