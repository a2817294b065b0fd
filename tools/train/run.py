"""The folder of one run: what each stage wrote, whether it is finished, and the log."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .config import STAGES, Config


@dataclass
class Run:
    """A run in a folder, one sub-folder a stage.

    Attributes
    ----------
    config : Config
    folder : Path
        Where stages write; a stage's folder holds ``done.json`` once it is finished.
    photos : Path or None
        Folder of photos with ``train/manifest.tsv`` (and ``val/``, ``kodak/`` to evaluate on).
    device : str
        ``cpu`` or ``cuda``.
    """

    config: Config
    folder: Path
    photos: Path | None = None
    device: str = "cpu"
    result: Path | None = None
    finish_within: float = 0.0
    pause_after: float = 0.0
    may_resume: bool = False
    started: float = field(default_factory=time.monotonic)

    def of(self, stage: str) -> Path:
        """The folder of a stage, made where it is missing."""
        path = self.folder / stage
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def export_folder(self) -> Path:
        """Where the result goes."""
        return self.result or self.of("export")

    def seconds(self) -> float:
        """Since this process began."""
        return time.monotonic() - self.started

    def log(self, text: str) -> None:
        """One line on the screen and in ``log.txt``."""
        line = f"[{self.seconds():7.1f}] {text}"
        print(line, flush=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "log.txt", "a", encoding="utf-8") as file:
            file.write(line + "\n")

    # ---- which stages are finished

    def _done(self, stage: str) -> Path:
        return self.folder / stage / "done.json"

    def digest(self, stage: str) -> str:
        """What ``done.json`` of this stage has to name, given the settings and how the stage before it ended."""
        at = STAGES.index(stage)
        before = self._done(STAGES[at - 1]) if at else None
        return self.config.digest(stage, before.read_text("utf-8") if before and before.is_file() else "")

    def is_finished(self, stage: str) -> bool:
        """Whether a stage has run to its end with these settings, on what the stages before it have now."""
        return self.facts(stage).get("digest") == self.digest(stage)

    def facts(self, stage: str) -> dict[str, Any]:
        """What a finished stage said of itself; empty where it has not run."""
        path = self._done(stage)
        return json.loads(path.read_text("utf-8")) if path.is_file() else {}

    def begin(self, stage: str) -> None:
        """A stage begins: what it said before no longer holds."""
        self._done(stage).unlink(missing_ok=True)

    def finish(self, stage: str, **facts: Any) -> None:
        """A stage has ended; ``facts`` go to the model card."""
        text = json.dumps({"digest": self.digest(stage), **facts}, indent=1)
        write_atomic(self.of(stage) / "done.json", text.encode())

    def require(self, stage: str) -> None:
        """Refuse to go on where a stage has not been finished."""
        if not self.facts(stage):
            sys.exit(f"train: the stage '{stage}' has not been finished in {self.folder}: run it first, or 'all'")


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    os.replace(part, path)
