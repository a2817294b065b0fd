"""Files in wheels of the package index: fetched once, nothing of them is installed."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from zoo.entry import Absent

#: Packages that have ONNX files in them.
WHEELS = {
    "rapidocr-onnxruntime": "1.4.4",
    "silero-vad": "6.2.3",
    "magika": "1.0.3",
    "chython-rxnmap": "2.0",
}


def member(package: str, end: str, cache: Path) -> bytes:
    """The one file of a wheel whose name ends so; the wheel is kept."""
    folder = cache / "wheels"
    stem = f"{package.replace('-', '_')}-{WHEELS[package]}"
    if not list(folder.glob(f"{stem}-*.whl")):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        done = subprocess.run(
            [*command, "--dest", folder, f"{package}=={WHEELS[package]}"], capture_output=True, text=True
        )
        if done.returncode:
            raise Absent(f"pip cannot fetch {package} {WHEELS[package]}: {done.stderr.strip().splitlines()[-1:]}")
    with zipfile.ZipFile(next(folder.glob(f"{stem}-*.whl"))) as wheel:
        [name] = [name for name in wheel.namelist() if name.endswith(end)]
        return wheel.read(name)
