"""Functions of each element behind one another are one step: what lies between them is never in memory."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..support import operators
from ..view import View, rewrite
from .elementwise import limits_of

if TYPE_CHECKING:
    from ..graph import Graph, Node
    from ..trial import Trials

OP = "Elementwise"
#: Most functions of one step.
MOST_STEPS = 16
#: Functions of two operands, by their numbers in plans.
TWO = {"Add": 0, "Sub": 1, "Mul": 2, "Div": 3, "Min": 4, "Max": 5, "PRelu": 6}
#: Functions of one operand that take no numbers.
ONE = {"Sigmoid": 20, "Tanh": 21, "HardSwish": 23, "Exp": 32, "Log": 33, "Sqrt": 34, "Reciprocal": 35, "Neg": 36}
ONE |= {"Abs": 37, "Erf": 38, "Softplus": 42, "Mish": 43}

#: A function, its registers (operands first, then results), and two numbers.
Step = tuple[int, int, int, float, float]


@dataclass
class Program:
    """Functions over operands."""

    operands: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def fits(self) -> bool:
        """Whether the engine takes it."""
        most: int = operators()[OP]["inputs"][1]
        return len(self.operands) <= most and len(self.steps) <= MOST_STEPS


def run(graph: Graph, trials: Trials) -> bool:
    """Puts a function into the step of the one in front of it, where nobody else reads that."""
    return rewrite(graph, trials, _rule) if OP in operators() else False


def _rule(view: View, node: Node) -> list[Node] | None:
    mine = program_of(view, node)
    if mine is None or node.op == OP:
        return None
    before: dict[str, Program] = {}
    for name in dict.fromkeys(node.inputs):
        maker = view.maker.get(name)
        inner = program_of(view, maker) if maker is not None and _is_taken(view, node, name) else None
        if inner is not None and _joined(mine, before | {name: inner}).fits():
            before[name] = inner
    if not before:
        return None
    whole = _first_like(view, _joined(mine, before), node.outputs[0])
    steps = [number for step in whole.steps for number in step[:3]]
    numbers = [number for step in whole.steps for number in step[3:]]
    return [view.node(OP, whole.operands, node, steps=steps, numbers=numbers)]


def _is_taken(view: View, node: Node, name: str) -> bool:
    """Whether the value is for this node alone, and as large as what it makes."""
    alone = view.uses[name] == node.inputs.count(name) and name not in view.graph.outputs
    return alone and view.trials.same(name, node.outputs[0])


def program_of(view: View, node: Node) -> Program | None:
    """A node as a program; None for what is none, or not of floats."""
    if any(view.trials.dtypes.get(name) != "float32" for name in [*node.inputs, *node.outputs] if name):
        return None
    if node.op == OP:
        given, numbers = node.attributes["steps"], node.attributes["numbers"]
        steps = [(*given[3 * i : 3 * i + 3], *numbers[2 * i : 2 * i + 2]) for i in range(len(given) // 3)]
        return Program(list(node.inputs), steps)
    if node.attributes.get("activation", "none") != "none":
        return None
    if node.op in TWO:
        a, b = node.inputs
        return Program([a] if a == b else [a, b], [(TWO[node.op], 0, 0 if a == b else 1, 0.0, 0.0)])
    function = _function(view, node)
    return Program(node.inputs[:1], [(function[0], 0, 0, *function[1:])]) if function else None


def _function(view: View, node: Node) -> tuple[int, float, float] | None:
    attributes = node.attributes
    match node.op:
        case "Relu":
            return 17, 0.0, math.inf
        case "Clip":
            low, high = limits_of(view, node)
            return None if low is None or high is None else (17, low, high)
        case "LeakyRelu":
            return 18, float(attributes.get("alpha", 0.01)), 0.0
        case "Swish" if attributes.get("alpha", 1.0) == 1.0:
            return 19, 0.0, 0.0
        case "Gelu":
            return (22 if attributes.get("approximate", "none") == "none" else 39), 0.0, 0.0
        case "Elu":
            return 40, float(attributes.get("alpha", 1.0)), 0.0
        case "HardSigmoid":
            return 41, float(attributes.get("alpha", 0.2)), float(attributes.get("beta", 0.5))
    return (ONE[node.op], 0.0, 0.0) if node.op in ONE else None


def _joined(outer: Program, inner: dict[str, Program]) -> Program:
    """`outer` with programs in place of some of its operands."""
    operands = [name for program in inner.values() for name in program.operands]
    operands += [name for name in outer.operands if name not in inner]
    whole = Program(list(dict.fromkeys(operands)))
    place = {name: i for i, name in enumerate(whole.operands)}
    for name, program in inner.items():
        place[name] = _append(whole, program, place)
    _append(whole, outer, place)
    return whole


def _append(whole: Program, program: Program, place: dict[str, int]) -> int:
    """Adds a program's steps, operands where `place` says; the register of its result."""
    count, begin = len(program.operands), len(whole.steps)

    def register(r: int) -> int:
        return place[program.operands[r]] if r < count else len(whole.operands) + begin + r - count

    whole.steps += [(f, register(a), register(b), p, q) for f, a, b, p, q in program.steps]
    return len(whole.operands) + len(whole.steps) - 1


def _first_like(view: View, program: Program, result: str) -> Program:
    """The same, with an operand in front that is as large as the result: it may be written over."""
    alike = [name for name in program.operands if view.trials.same(name, result) and view.known(name) is None]
    last = sorted(alike, key=lambda name: view.uses[name])
    if not last:
        return program
    order = [last[0], *(name for name in program.operands if name != last[0])]
    place = {name: i for i, name in enumerate(order)}
    whole = Program(order)
    _append(whole, program, place)
    return whole
