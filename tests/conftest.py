"""Fixtures: the shared folder with photos and models, where there is one."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]

# What a shell runs in the background ignores Ctrl-C, and so does all that it starts: tests send Ctrl-C to such.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# What ``nohup`` starts ignores a hangup: a handler that does nothing is not inherited, and this process still goes on.
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda *_: None)


def shared_folder() -> Path | None:
    """The folder with photos and models: ``$VAERANS_SHARED``, or ``shared`` beside the repository."""
    named = os.environ.get("VAERANS_SHARED")
    candidates = [Path(named)] if named else [p / "shared" for p in ROOT.parents]
    return next((c for c in candidates if (c / "data").is_dir()), None)


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = shared_folder()
    if folder is None:
        pytest.skip("no shared data folder (set VAERANS_SHARED to one that holds data/kodak, data/models, ...)")
    return folder


@pytest.fixture
def photo() -> np.ndarray:
    """A real photo (H, W, 3) uint8: scikit-image's bundled astronaut."""
    data = pytest.importorskip("skimage.data")
    return np.ascontiguousarray(data.astronaut())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Figures that tests recorded (property ``figure``), at the end of the run."""
    reports = [r for rows in terminalreporter.stats.values() for r in rows if isinstance(r, pytest.TestReport)]
    for report in reports:
        for name, value in report.user_properties:
            if name == "figure" and report.when == "call":
                terminalreporter.write_line(str(value))
