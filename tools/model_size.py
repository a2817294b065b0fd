"""What the model of the profile `vae` adds to a wheel: printed, and 7 MB at most.

    python tools/model_size.py WHEEL [SDIST]

fails too where a file of the model is missing, in the wheel or in the source distribution.
"""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "python"
DATA = "vaerans_ecs/data/vae"
MOST = 7_000_000


def expected() -> dict[str, int]:
    """Names and sizes of the model's files, with the list of its photos."""
    paths = [*(ROOT / DATA).rglob("*.bin"), ROOT / f"{DATA}_photos.tsv"]
    return {path.relative_to(ROOT).as_posix(): path.stat().st_size for path in paths}


def in_wheel(path: Path) -> int:
    """Bytes that the model takes in a wheel, compressed."""
    with zipfile.ZipFile(path) as wheel:
        there = {info.filename: info for info in wheel.infolist()}
    lacking = [name for name, size in expected().items() if name not in there or there[name].file_size != size]
    if lacking:
        raise SystemExit(f"{path.name} lacks {', '.join(lacking)}")
    adds = sum(info.compress_size for name, info in there.items() if name.startswith(DATA))
    raw = sum(info.file_size for name, info in there.items() if name.startswith(DATA))
    print(f"the model adds {adds} bytes to the wheel ({raw} unpacked), of {MOST}; the wheel has {path.stat().st_size}")
    return adds


def in_sdist(path: Path) -> None:
    """Fails unless a source distribution has the model's files."""
    with tarfile.open(path) as sdist:
        there = {member.name.partition("/python/")[2]: member.size for member in sdist if member.isfile()}
    lacking = [name for name, size in expected().items() if there.get(name) != size]
    if lacking:
        raise SystemExit(f"{path.name} lacks {', '.join(lacking)}")


def main() -> int:
    wheel, *sdists = map(Path, sys.argv[1:])
    adds = in_wheel(wheel)
    for sdist in sdists:
        in_sdist(sdist)
    if adds > MOST:
        print(f"model_size: {adds - MOST} bytes too many", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
