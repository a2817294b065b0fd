"""A graph as one page of HTML that needs nothing else: boxes in layers, and lines between them."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

#: Size of a box, and the room between boxes and between layers.
WIDTH, HEIGHT, GAP, RISE = 168, 34, 22, 34
#: Most boxes that are drawn; more of them nobody could look at.
MOST = 4000

Row = Mapping[str, Any]

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
  body {{ font: 14px/1.4 system-ui, sans-serif; margin: 1.5rem; color-scheme: light dark }}
  pre {{ white-space: pre-wrap }}
  svg {{ display: block; max-width: none }}
  svg text {{ font: 12px system-ui, sans-serif; fill: CanvasText; text-anchor: middle }}
  svg .what {{ font-size: 10px; opacity: .7 }}
  rect {{ fill: Canvas; stroke: GrayText; rx: 5 }}
  .end rect {{ stroke: #2a7; stroke-width: 2 }} .product rect {{ stroke: #c52; stroke-width: 2 }}
  path {{ fill: none; stroke: GrayText; opacity: .6 }}
</style>
<h1>{title}</h1>
<pre>{about}</pre>
{picture}
</html>
"""


def page(title: str, about: str, nodes: Sequence[Row], inputs: Sequence[str], outputs: Sequence[str]) -> str:
    """The page.

    Parameters
    ----------
    title, about
        What stands above the picture.
    nodes
        Rows with ``op``, ``name``, ``inputs``, ``outputs`` (names of values), ``attributes`` and perhaps ``shape`` (of
        the first output).
    inputs, outputs
        Names of what the caller gives and gets.
    """
    if len(nodes) > MOST:
        picture = f"<p>{len(nodes)} nodes are too many to draw.</p>"
    else:
        picture = _Picture(nodes, inputs, outputs).svg()
    return _PAGE.format(title=html.escape(title), about=html.escape(about), picture=picture)


class _Picture:
    """Places of boxes: each below everything that it reads."""

    def __init__(self, nodes: Sequence[Row], inputs: Sequence[str], outputs: Sequence[str]) -> None:
        self.boxes: list[Row] = [{"op": name, "inputs": [], "outputs": [name], "kind": "end"} for name in inputs]
        self.boxes += nodes
        self.boxes += [{"op": name, "inputs": [name], "outputs": [], "kind": "end"} for name in outputs]
        maker = {name: i for i, box in enumerate(self.boxes) for name in box["outputs"] if name}
        self.edges = sorted(
            {(maker[name], i) for i, box in enumerate(self.boxes) for name in box["inputs"] if maker.get(name, i) < i}
        )
        self.layer = self._layers()
        self.place = self._places()

    def _layers(self) -> list[int]:
        layer = [0] * len(self.boxes)
        for a, b in sorted(self.edges, key=lambda edge: edge[1]):
            layer[b] = max(layer[b], layer[a] + 1)
        return layer

    def _places(self) -> dict[int, tuple[float, float]]:
        """Boxes of a layer in the order of the mean of what they read."""
        rows: dict[int, list[int]] = {}
        for i, layer in enumerate(self.layer):
            rows.setdefault(layer, []).append(i)
        reads: dict[int, list[int]] = {}
        for a, b in self.edges:
            reads.setdefault(b, []).append(a)
        place: dict[int, tuple[float, float]] = {}
        for layer in sorted(rows):

            def mean(i: int) -> float:
                xs = [place[a][0] for a in reads.get(i, []) if a in place]
                return sum(xs) / len(xs) if xs else 0.0

            wanted = sorted((mean(i), i) for i in rows[layer])
            x = -1e9
            for want, i in wanted:
                x = max(want, x + WIDTH + GAP)
                place[i] = (x, layer * (HEIGHT + RISE))
        left = min((x for x, _ in place.values()), default=0)
        return {i: (x - left + GAP, y + GAP) for i, (x, y) in place.items()}

    def svg(self) -> str:
        wide = max((x for x, _ in self.place.values()), default=0) + WIDTH + GAP
        high = max((y for _, y in self.place.values()), default=0) + HEIGHT + GAP
        lines = "".join(self._line(a, b) for a, b in self.edges)
        boxes = "".join(self._box(i, box) for i, box in enumerate(self.boxes))
        size = f'width="{wide:.0f}" height="{high:.0f}" viewBox="0 0 {wide:.0f} {high:.0f}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{lines}{boxes}</svg>'

    def _line(self, a: int, b: int) -> str:
        (x0, y0), (x1, y1) = self.place[a], self.place[b]
        x0, y0, x1 = x0 + WIDTH / 2, y0 + HEIGHT, x1 + WIDTH / 2
        bend = max(RISE / 2, (y1 - y0) / 2)
        return f'<path d="M{x0:.0f} {y0:.0f}C{x0:.0f} {y0 + bend:.0f} {x1:.0f} {y1 - bend:.0f} {x1:.0f} {y1:.0f}"/>'

    def _box(self, i: int, box: Row) -> str:
        x, y = self.place[i]
        kind = box.get("kind") or ("product" if box["op"] in ("Conv", "ConvTranspose", "MatMul") else "node")
        about = [str(box.get("name", "")), *(f"{k} = {v}" for k, v in dict(box.get("attributes", {})).items())]
        tip = html.escape("\n".join(line for line in about if line))
        shape = box.get("shape")
        what = (
            f'<text class="what" x="{x + WIDTH / 2:.0f}" y="{y + 28:.0f}">{html.escape(str(shape))}</text>'
            if shape
            else ""
        )
        word = html.escape(_short(str(box["op"])))
        label = f'<text x="{x + WIDTH / 2:.0f}" y="{y + (15 if shape else 21):.0f}">{word}</text>'
        rect = f'<rect x="{x:.0f}" y="{y:.0f}" width="{WIDTH}" height="{HEIGHT}"/>'
        return f'<g class="{kind}"><title>{tip}</title>{rect}{label}{what}</g>'


def _short(text: str) -> str:
    return text if len(text) <= 24 else f"{text[:11]}…{text[-11:]}"
