"""Entropy coding: the constriction package reads our second coder's streams; ours stays close to the entropy."""

from __future__ import annotations

import numpy as np
import pytest

from vaerans_ecs import errors, functional

RNG = np.random.default_rng(17)


def skewed(n: int, spread: float) -> np.ndarray:
    """Two-sided symbols around 128."""
    return np.clip(np.rint(RNG.laplace(128, spread, n)), 0, 255).astype(np.uint8)


def entropy_bytes(symbols: np.ndarray) -> float:
    counts = np.bincount(symbols, minlength=256)
    p = counts[counts > 0] / symbols.size
    return float(-(p * np.log2(p)).sum()) * symbols.size / 8


@pytest.mark.parametrize(
    "symbols",
    [np.zeros(0, np.uint8), np.full(9, 255, np.uint8), np.full(5000, 7, np.uint8), skewed(1, 3), skewed(40_000, 3)],
    ids=["none", "last", "constant", "one", "many"],
)
def test_constriction_reads_its_streams(symbols: np.ndarray) -> None:
    constriction = pytest.importorskip("constriction")
    data = functional.rans_encode(symbols, coder="constriction")
    np.testing.assert_array_equal(functional.rans_decode(data, coder="constriction"), symbols)
    head = functional.rans_encode(np.zeros(symbols.size, np.uint8))[: 2 + -(-max(symbols.size, 1).bit_length() // 7)]
    assert data.startswith(head)  # the type, the axes: the words stand behind them
    data = data[len(head) :]
    if symbols.size == 0:
        assert data == bytes(4)
        return
    # As documented in docs/format.md and codec/entropy/constriction.rs.
    n, m = np.frombuffer(data, "<u4", 2)
    first, last = data[8], data[9]
    frequencies = np.frombuffer(data, "<u2", last - first + 1, 10)
    words = np.frombuffer(data, "<u4", m, 10 + 2 * len(frequencies)).astype(np.uint32)
    assert n == symbols.size and len(data) == 10 + 2 * len(frequencies) + 4 * m
    model = constriction.stream.model.Categorical(frequencies / 65536, perfect=False)
    decoded = constriction.stream.stack.AnsCoder(words).decode(model, int(n)) + first
    np.testing.assert_array_equal(decoded, symbols)


@pytest.mark.parametrize(("setting", "over"), [("fast", 0.002), ("precise", 0.0005)])
@pytest.mark.parametrize("spread", [0.3, 2.0, 20.0])
def test_sizes_are_close_to_the_entropy(setting: str, over: float, spread: float) -> None:
    symbols = skewed(2_000_000, spread)
    size = len(functional.rans_encode(symbols, setting))
    assert size <= entropy_bytes(symbols) * (1 + over) + 100  # 100: the table


def test_a_latent_of_24576_symbols() -> None:
    symbols = skewed(24_576, 9.0)
    assert len(functional.rans_encode(symbols)) <= entropy_bytes(symbols) * 1.005 + 100  # 100: the table


def test_wide_symbols_with_both_coders() -> None:
    values = np.rint(RNG.laplace(0, 4, 30_000) ** 3).astype(np.int32)
    for coder in ("rans", "constriction"):
        data = functional.rans_encode(values, coder=coder)
        np.testing.assert_array_equal(functional.rans_decode(data, dtype=np.int32, coder=coder), values)


def test_damage_is_an_error() -> None:
    data = functional.rans_encode(skewed(5000, 3))
    with pytest.raises(errors.BitstreamError) as caught:
        functional.rans_decode(data[:-2])
    assert caught.value.code == "stream.truncated"
