"""Entry point: ``python -m tools.train`` or ``python tools/train``."""

import sys
from pathlib import Path

if not __package__:  # started as a path
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tools.train.cli import main

if __name__ == "__main__":
    sys.exit(main())
