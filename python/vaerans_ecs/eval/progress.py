"""A progress bar that costs nothing when nobody looks: rich is imported only to draw."""

from __future__ import annotations

import sys
from typing import Any, Self

from .._text import is_terminal, visible


class Progress:
    """``with Progress(total) as bar: bar.step("what")``. ``show=None``: only where stderr is a terminal."""

    def __init__(self, total: int, show: bool | None = None) -> None:
        self._total = total
        self._show = is_terminal(sys.stderr) if show is None else show and sys.stderr is not None
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        if self._show:
            try:
                from rich.console import Console
                from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
                from rich.progress import Progress as Rich
            except ImportError:
                return self
            self._bar = Rich(
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.description}"),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task("", total=self._total)
        return self

    def step(self, what: str) -> None:
        """One more point is done."""
        if self._bar is not None:
            from rich.markup import escape

            shown = visible(what, getattr(sys.stderr, "encoding", None) or "utf-8")
            self._bar.update(self._task, advance=1, description=escape(shown))

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
