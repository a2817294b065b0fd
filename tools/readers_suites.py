"""Real test pictures, in packages that ship theirs: fetched by pip into build/readers."""

from __future__ import annotations

import runpy
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

BUILD = Path(__file__).resolve().parent.parent / "build" / "readers"
#: Package, version, what of its source is read: pictures of Pillow, of a library for EXIF blocks and of a binding of
#: ImageMagick, and PngSuite, which pypng holds as a module.
SUITES = [
    ("pillow", "11.0.0", "Tests/images"),
    ("piexif", "1.1.3", "tests/images"),
    ("wand", "0.7.2", "tests/assets"),
    ("pypng", "0.20220715.0", "code/pngsuite.py"),
]


def folders() -> list[Path]:
    """A folder of pictures for each suite."""
    return [_folder(*suite) for suite in SUITES]


def _folder(package: str, version: str, wanted: str) -> Path:
    found = BUILD / f"{package}-{version}" / wanted
    if not found.exists():
        _unpack(_source(package, version), wanted)
    return _spread(found) if found.suffix == ".py" else found


def _source(package: str, version: str) -> Path:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    subprocess.run([*pip, "--dest", str(BUILD), f"{package}=={version}"], check=True)
    return next(path for path in BUILD.glob(f"{package}-{version}.*") if path.suffix in (".gz", ".zip"))


def _unpack(archive: Path, wanted: str) -> None:
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as source:
            source.extractall(BUILD, [name for name in source.namelist() if f"/{wanted}" in name])
        return
    with tarfile.open(archive) as source:
        source.extractall(BUILD, [member for member in source if f"/{wanted}" in member.name], filter="data")


def _spread(module: Path) -> Path:
    """PngSuite as files, out of the module that holds it."""
    folder = module.with_suffix("")
    folder.mkdir(exist_ok=True)
    for name, data in runpy.run_path(str(module))["png"].items():
        (folder / f"{name}.png").write_bytes(data)
    return folder
