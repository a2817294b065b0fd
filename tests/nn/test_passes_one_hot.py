"""Rows of a single 1 times a table are looked up in it."""

from __future__ import annotations

import numpy as np
import pytest
from nn_graphs import Made, ops, same, through

from vaerans_ecs.wasm.graph import Graph


def one_hot(
    numbers: np.ndarray, dtype: str = "int32", dims: list[int | str] | None = None, swapped: bool = False
) -> Graph:
    net = Made(x=(dtype, dims or ["n", 5, 1]))
    numbers = numbers.astype(dtype)
    equal = net("Equal", numbers, "x") if swapped else net("Equal", "x", numbers)
    return net.gives(net("MatMul", net("Cast", equal, type="float32"), net.noise(7, 3)))


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("dtype", ["int32", "int64"])
@pytest.mark.parametrize("shape", [(7,), (1, 1, 7)])
def test_they_are_looked_up(shape: tuple[int, ...], dtype: str, swapped: bool) -> None:
    before = one_hot(np.arange(7).reshape(shape), dtype, swapped=swapped)
    after = through("one-hot", before)
    assert ops(after) == ["Squeeze", "Clip", "Add", "Gather"]
    # Numbers that are none of the table's give zeros.
    same(before, after, x=np.array([0, 6, 3, 2, 2, -1, 7, 5, -(2**31), 2**31 - 1]).astype(dtype).reshape(2, 5, 1))


def test_other_rows_stay() -> None:
    for graph in (
        one_hot(np.arange(7)[::-1].copy()),
        one_hot(np.array([0, 1, 2, 3, 4, 5, 7])),
        one_hot(np.arange(7).reshape(7, 1), dims=["n", 7, 7]),
        one_hot(np.arange(7), dims=["n", 5, 7]),
    ):
        assert "Gather" not in ops(through("one-hot", graph))
