"""Powers of which base and exponent have different types. The reference of onnx is the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from nn.build import model, node
from nn.cases import Case
from nn.engine import MODES, compare, compiled, optimized, plain, run
from onnx.reference import ReferenceEvaluator

BASES = {
    "float32": np.array([-2.5, 0, 1.5, 3, 1e-3], np.float32),
    "int32": np.array([3, -3, 7, 0, 2], np.int32),
    "int64": np.array([3, -3, 7, 0, 10], np.int64),
}
#: Base, exponents, and the types that these may have.
ROWS = [
    ("float32", np.array([3, 0, -2, 7, 2]), ["int32", "int64"]),
    ("float32", np.array([3, 0, 2, 7, 2]), ["uint8", "int8"]),
    ("float32", np.array(-3), ["int64"]),
    ("int32", np.array([5, 7, 8, 0, 20]), ["float32", "int64", "uint8"]),
    ("int64", np.array([20, 21, 10, 0, 12]), ["int32", "int8"]),
    ("int64", np.array([0.5, 3, 1.5, 1, -1]), ["float32"]),
    ("int32", np.array([[2.0], [3.0]]), ["float32"]),
]
#: Results of over 24 bits, which the engine's floats do not hold.
LARGE = [("int64", np.array([20, 21, 10, 0, 12])), ("int32", np.array([19, 19, 10, 0, 30]))]


def check(base: np.ndarray, exponent: np.ndarray, known: bool) -> list[str]:
    """With and without the passes; gives back the operators that there are without."""
    feeds = {"a": base} if known else {"a": base, "b": exponent}
    made = model([node("Pow", ["a", "b"], ["y"])], feeds, ["y"], {"b": exponent} if known else {}, 15)
    wanted = ReferenceEvaluator(made).run(None, feeds)
    case = Case("power", made, list(feeds.values()), wanted)
    for compiler in (plain, optimized):
        for mode in MODES:
            compare(run(compiled(case, compiler), mode), wanted)
    return [each.op for each in plain(made).nodes]


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    ("base", "exponent", "dtype"), [(b, e, dtype) for b, e, dtypes in ROWS for dtype in dtypes], ids=str
)
def test_powers_of_two_types(base: str, exponent: np.ndarray, dtype: str, known: bool) -> None:
    ops = check(BASES[base], exponent.astype(dtype), known)
    assert ops == (["Cast", "Pow"] if base == "float32" and not known else ["Pow"])


@pytest.mark.parametrize(("base", "exponent"), LARGE, ids=str)
def test_whole_numbers_by_known_floats_are_exact(base: str, exponent: np.ndarray) -> None:
    check(BASES[base], exponent.astype(np.float32), True)
