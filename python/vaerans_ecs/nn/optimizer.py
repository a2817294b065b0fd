"""Which way to run a network is the fastest on this machine."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .. import __version__, _core
from .._cache import user_cache
from .._files import write_atomic
from ..errors import VaeransError
from .model import ArrayLike, Model, files

#: The processor's name, where the system says it.
CPUINFO = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Trial:
    """What was tried (``"isa avx2"``, ``"threads 1"``), seconds of a run, whether it is kept."""

    what: str
    seconds: float
    kept: bool


class Optimizer:
    """Tries the ways in which this machine may run a network, keeps the fastest, and remembers it.

    Ways are the instruction set and the number of threads; in ``"fast"`` mode also how each 3x3 convolution is worked
    out, and how large the parts are in which chains of local steps run. In ``"strict"`` mode every way gives the same
    bits.

    Parameters
    ----------
    source
        A compiled network, as for `load`.
    threads
        The most threads; None for ``VAERANS_THREADS``, else as many as cores.
    mode
        ``"fast"`` or ``"strict"``.
    cache
        Folder of the choices that were made before; None for the user's cache folder, False for none.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> from vaerans_ecs import nn
    >>> from vaerans_ecs.wasm import export_to_wasm
    >>> folder = export_to_wasm(nn.Sequential(nn.Linear(8, 4)), tempfile.mkdtemp(), runtime="npm")
    >>> optimizer = nn.Optimizer(folder, cache=False)
    >>> model = optimizer.optimize(np.zeros((1, 8), np.float32), seconds=0.01)
    >>> optimizer.trials[0].kept
    True
    """

    def __init__(
        self,
        source: str | os.PathLike[str] | bytes,
        *,
        threads: int | None = None,
        mode: str = "fast",
        cache: str | os.PathLike[str] | Literal[False] | None = None,
    ) -> None:
        self._plan, self._weights = files(source)
        self._mode, self._threads = mode, _core.resolve_threads(threads)
        self._core = _core.Optimizer(self._plan, self._weights, self._threads, mode)
        self._cache = _folder(cache)
        #: What was tried for the last inputs; nothing where the choice was remembered.
        self.trials: list[Trial] = []
        #: What was chosen for them.
        self.choice = ""

    def optimize(
        self,
        inputs: Mapping[str, ArrayLike] | ArrayLike,
        *,
        seconds: float = 0.25,
        progress: Callable[[Trial], object] | None = None,
    ) -> Model:
        """The network, run in the way that is fastest for such inputs.

        Parameters
        ----------
        inputs
            As for `Model.forward`. The shapes matter: the choice holds for others, but another may be faster there.
        seconds
            About so many for each way.
        progress
            Is called after each trial.

        Raises
        ------
        VaeransError
            What loading and running the network raises.
        """
        given = Model(self._plan, self._weights, self._threads, self._mode)._given(inputs)
        kept = self._cache / f"{self._key(given, seconds)}.txt" if self._cache else None
        self.trials = []
        model = self._remembered(kept)
        if model is None:
            self.choice = self._core.run(given, seconds, lambda *told: self._note(Trial(*told), progress))
            model = self._model(self.choice)
            _keep(kept, self.choice)
        return model

    def _note(self, trial: Trial, progress: Callable[[Trial], object] | None) -> None:
        self.trials.append(trial)
        if progress is not None:
            progress(trial)

    def _model(self, choice: str) -> Model:
        return Model(self._plan, self._weights, mode=self._mode, choice=choice)

    def _remembered(self, kept: Path | None) -> Model | None:
        """The network as it was chosen before; None where it was not, or what is kept is of no use."""
        try:
            choice = kept.read_text("utf-8") if kept else ""
            model = self._model(choice) if choice else None
        except (OSError, ValueError, VaeransError):
            return None
        self.choice = choice
        return model

    def _key(self, given: list[Any], seconds: float) -> str:
        """What the choice depends on, as a name."""
        parts = [__version__, _processor(), self._core.isa(), self._mode, self._threads, seconds]
        parts += [(dtype, tuple(shape)) for dtype, shape, _ in given]
        return hashlib.sha256(repr(parts).encode() + self._plan).hexdigest()


def _keep(path: Path | None, choice: str) -> None:
    """Remembers a choice; a folder that cannot be written costs the next search, no more."""
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, choice.encode())
    except (OSError, VaeransError):
        pass


def _folder(cache: str | os.PathLike[str] | Literal[False] | None) -> Path | None:
    """Where choices are kept; None for nowhere, also where the user has no home."""
    if cache is False:
        return None
    try:
        return user_cache("choices") if cache is None else Path(cache)
    except RuntimeError:
        return None


@functools.cache
def _processor() -> str:
    """The processor's name, and how many cores there are."""
    return f"{_named_by_system() or platform.processor() or platform.machine()}, {os.cpu_count()} cores"


def _named_by_system() -> str:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        if sys.platform == "darwin":
            command = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
            return subprocess.run(command, capture_output=True, text=True, check=True, timeout=5).stdout.strip()
        lines = CPUINFO.read_text("utf-8", "replace").splitlines()
        # x86 has a name; ARM numbers of who made it, and what.
        told = [line for line in lines if line.startswith(("model name", "CPU implementer", "CPU part", "CPU variant"))]
        return ", ".join(sorted({line.partition(":")[2].strip() for line in told}))
    return ""
