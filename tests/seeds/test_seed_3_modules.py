"""The third source document (the SDK): its file tree. Every module imports, first of all or later, with its names."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import vaerans_ecs

#: Module -> names that the document puts there. The root is the package itself.
MODULES = {
    "": ["World", "components", "core", "eval", "systems", "viz"],
    "api": ["Pipe", "compress", "decompress"],
    "core.arena": ["Arena", "TensorRef"],
    "core.world": ["World", "Entity", "ComponentStore"],
    "core.pipeline": ["Pipe", "Pipeline"],
    "core.context": ["Trace"],
    "components.image": ["RGB", "ReconRGB", "BlurRGB"],
    "components.latent": ["Latent4", "YUVW4"],
    "components.wavelet": ["WaveletPyr", "band_table"],
    "components.quant": ["SymbolsU8", "QuantParams"],
    "components.entropy": ["ANSBitstream"],
    "components.residual": ["Residual"],
    "systems.vae": ["OnnxVAEEncode", "OnnxVAEDecode"],
    "systems.hadamard": ["Hadamard4", "Hadamard4Inverse"],
    "systems.wavelet": ["WaveletCDF53", "WaveletCDF53Inverse", "WaveletHaar"],
    "systems.quantize": ["QuantizeU8", "Dequantize"],
    "systems.ans": ["ANSEncode", "ANSDecode"],
    "systems.blur": ["GaussianBlur"],
    "systems.residual": ["Residual", "AddResidual"],
    "systems.metrics": ["MetricPSNR", "MetricSSIM", "MetricMSSSIM"],
    "eval.report": ["Report", "report"],
    "viz.plots": ["rd_curve", "band_histogram", "residual_map"],
}

#: Where a name is looked for first: it must be the same object in the document's module.
HOMES = {
    "core": ["vaerans_ecs", "vaerans_ecs.core", "vaerans_ecs.components"],
    "components": ["vaerans_ecs.components"],
    "systems": ["vaerans_ecs.systems"],
    "eval": ["vaerans_ecs.eval"],
    "viz": ["vaerans_ecs.viz"],
}


def path(module: str) -> str:
    """The dotted name under the package."""
    return f"vaerans_ecs.{module}".rstrip(".")


def test_these_are_all():
    assert len(MODULES) == 1 + 21


@pytest.mark.parametrize("module", MODULES)
def test_the_module_has_its_names(module):
    found = importlib.import_module(path(module))
    assert found.__doc__ and found.__name__ == path(module)
    for name in MODULES[module]:
        value = getattr(found, name)
        assert module == "" or name in getattr(found, "__all__", [name])
        for home in HOMES.get(module.partition(".")[0], []):
            of_home = importlib.import_module(home)
            if name in of_home.__all__:
                assert getattr(of_home, name) is value
    assert set(getattr(found, "__all__", [])) <= set(dir(found))


def test_every_module_can_be_the_first_that_is_imported():
    """In a new process; the native module is kept, since it starts once per process."""
    code = """
import importlib, sys
for name in sys.argv[1:]:
    for loaded in [m for m in sys.modules if m.startswith("vaerans_ecs") and m != "vaerans_ecs._core"]:
        del sys.modules[loaded]
    importlib.import_module(name)
"""
    subprocess.run([sys.executable, "-c", code, *map(path, MODULES)], check=True)


def test_modules_are_attributes_of_their_packages():
    """As in ``import vaerans_ecs``, then ``vaerans_ecs.core.arena.Arena``; nothing of it is loaded before."""
    code = """
import sys, vaerans_ecs
early = [m for m in sys.modules if m.startswith(("vaerans_ecs.core", "vaerans_ecs.components", "vaerans_ecs.systems"))]
assert not early, early
assert vaerans_ecs.core.arena.Arena is vaerans_ecs.Arena
assert vaerans_ecs.core.pipeline.Pipe is vaerans_ecs.Pipe
assert vaerans_ecs.components.image.RGB is vaerans_ecs.components.RGB
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_entity_is_a_number():
    from vaerans_ecs.core.world import Entity

    assert isinstance(vaerans_ecs.World(1 << 20).new_entity(), Entity)
