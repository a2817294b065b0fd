"""Angles and hyperbolic functions, in terms of sine, cosine, arc tangent, exponential and logarithm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .terms import Term, put, step, value, where

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..graph import Node
    from .context import Context, Lowering


def formula(f: Callable[[Term], Term]) -> Lowering:
    """An operator that is a formula of its one input."""

    def lower(context: Context, node: Node) -> None:
        """A formula of sine, cosine, arc tangent, exponential and logarithm."""
        put(context, node, f(value(node.inputs[0])), to=node.outputs[0])

    return lower


def one(x: Term) -> Term:
    """1 - x, or with `x` negated 1 + x."""
    return step("Sub", 1.0, x)


def log1p(u: Term) -> Term:
    """log(1 + u), exact for small u too (Kahan): what rounding took from 1 + u is put back as a factor."""
    w = u + 1.0
    ratio = u / (w - 1.0)
    ratio = where(step("IsNaN", ratio), 1.0, ratio)
    return where(step("Equal", w, 1.0), u, step("Log", w) * ratio)


def cosh(x: Term) -> Term:
    """(e^x + e^-x) / 2."""
    return (step("Exp", x) + step("Exp", step("Neg", x))) * 0.5


def asinh(x: Term) -> Term:
    """By magnitude; the square of a large number would overflow."""
    a = step("Abs", x)
    share = a / (step("Sqrt", a * a + 1.0) + 1.0)
    share = where(step("Greater", a, 1e9), 1.0, share)
    return step("Sign", x) * log1p(a + a * share)


def acosh(x: Term) -> Term:
    """log(x + sqrt(x^2 - 1)), in terms of x - 1."""
    t = x - 1.0
    return log1p(t + step("Sqrt", t) * step("Sqrt", t + 2.0))


LOWERINGS: dict[str, Lowering] = {
    "Tan": formula(lambda x: step("Sin", x) / step("Cos", x)),
    "Asin": formula(lambda x: step("Atan", x / (step("Sqrt", one(x * x)) + 1.0)) * 2.0),
    "Acos": formula(lambda x: step("Atan", step("Sqrt", one(x) / (x + 1.0))) * np.array(2, np.float32)),
    "Sinh": formula(lambda x: step("Tanh", x * 0.5) * (cosh(x) + 1.0)),
    "Cosh": formula(cosh),
    "Asinh": formula(asinh),
    "Acosh": formula(acosh),
    "Atanh": formula(lambda x: log1p(x * 2.0 / one(x)) * 0.5),
}
