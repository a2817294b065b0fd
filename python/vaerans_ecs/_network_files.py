"""The files of a compiled network, wherever it is read."""

from __future__ import annotations

from .errors import ModelError

#: Names of the files of a compiled network.
PLAN, WEIGHTS = "plan.bin", "weights.bin"


def sections(blob: bytes, name: str) -> tuple[bytes, bytes]:
    """Plan and weights of a ``.wasm`` file, which messages call ``name``.

    Raises
    ------
    ModelError
        ``model.plan`` for a module without a network in it.
    """
    from .wasm.module import PLAN_SECTION, WEIGHTS_SECTION, custom_sections

    found = custom_sections(blob, name)
    if PLAN_SECTION not in found or WEIGHTS_SECTION not in found:
        raise ModelError("model.plan", f"{name}: a wasm module without a network in it: export the model again")
    return found[PLAN_SECTION], found[WEIGHTS_SECTION]
