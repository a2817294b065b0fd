"""How weights are packed when they are loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..emit import graphs
from ..forms import choose_forms

if TYPE_CHECKING:
    from ..graph import Graph
    from ..trial import Trials


def run(graph: Graph, trials: Trials) -> bool:
    """Weights that only products read are packed as those want them, once."""
    choose_forms(graph, winograd=False)
    return False


def winograd(graph: Graph, trials: Trials) -> bool:
    """Weights of 3x3 convolutions of many channels are turned for Winograd's F(4x4, 3x3)."""
    before = [dict(part.forms) for part in graphs(graph)]
    choose_forms(graph, winograd=True)
    for part, forms in zip(graphs(graph), before, strict=True):
        part.forms = forms | {name: form for name, form in part.forms.items() if form[0] == "winograd"}
    return False
