"""Compiles the model that ships for the core's engine: python/vaerans_ecs/data/pil.npz -> python/vaerans_ecs/data/pil.

    python tools/compile_pil.py [FOLDER]

Files name a model by the SHA-256 of its decoder's plan: what is compiled anew has another name, and files of the old
one need the old folder. Only a new model, or a plan that no reader takes any more, is a reason to run it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from vaerans_ecs.models.compiled import write_folder
from vaerans_ecs.models.compiling import of_pil
from vaerans_ecs.models.native import BUILT_IN_FOLDER
from vaerans_ecs.pil import default_model


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else BUILT_IN_FOLDER
    model = of_pil(default_model())
    write_folder(folder, model)
    print(model.sha256)


if __name__ == "__main__":
    main()
