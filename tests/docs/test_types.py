"""What the pages and source documents show, and what users write beside it, passes ``mypy --strict``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from docs.test_examples import blocks
from seeds.test_seed_3_sdk import OPTIONAL, QUICK_START

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

#: What a page takes for granted: its blocks go on from one another.
GIVEN = "import numpy as np\nphoto = np.zeros((16, 16, 3), np.uint8)\n"
#: The source document begins with an image that is there.
SEED = "import numpy as np\nimg = np.zeros((16, 16, 3), np.uint8)\n"
MORE = "from vaerans_ecs.systems import GaussianBlur, Residual\n"

BESIDE = """
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

import vaerans_ecs as ve
from vaerans_ecs import Pipe, System, TensorRef, World
from vaerans_ecs.components import ComponentStore, Latent4, QuantParams, Tensor
from vaerans_ecs.errors import LimitError, VaeransError
from vaerans_ecs.pipe import Handle
from vaerans_ecs.systems import ANSDecode, ANSEncode, Hadamard4, QuantizeU8, TensorType, WaveletCDF53, register_system

w = World(arena_bytes=1 << 20, device="cpu", threads=None, seed=1)
e = w.spawn_image(np.zeros((8, 8, 3), np.uint8))
pix: TensorRef = w.rgb[e].pix
space: str = w.rgb[e].colourspace
w.latent[e] = Latent4(w.put(np.zeros((4, 8, 8), np.float32)))
z: TensorRef = w.latent[e].z
missing: Latent4 | None = w.latent.get(99)
shapes: list[tuple[int, ...]] = [latent.z.shape for latent in w.latent.values()]
store: ComponentStore = w.store("Latent4")
pipe = w.pipe(e) | Hadamard4() | WaveletCDF53(levels=2) | QuantizeU8(per_band=True) | ANSEncode()
one: Handle = pipe.out("Bitstream")
one.save(Path("a.vrn"), icc=None)
step: QuantParams = w.symbols[e].qp
levels: int = w.wavelet[e].levels
index: TensorRef = w.wavelet[e].index
words: TensorRef = w.bitstream[e].words_u32
many: list[Handle] = (w.pipe([e]) | Hadamard4()).out("YUVW4")
several: list[Handle] = (w.pipe(e, e).use("Latent4") | Hadamard4()).out()
sums: list[float] = [float(h.numpy().sum()) for h in many]
values: npt.NDArray[np.float32] = np.asarray(one.numpy(), np.float32)
rows: int = len(w.trace)
system: str = w.trace[0]["system"]


def decode(pipe: Pipe) -> Handle:
    return pipe.use("Bitstream").to(ANSDecode()).to(QuantizeU8.dequantize()).to(WaveletCDF53.inverse(levels=2)).out()


class Double(System):
    requires = ("Latent4",)
    produces = ("Double",)

    def __init__(self, gain: float = 2.0) -> None:
        self.gain = gain

    def params(self) -> dict[str, float]:
        return {"gain": self.gain}

    def infer(self, inputs: list[TensorType]) -> TensorType | None:
        return inputs[0]

    def run(self, world: World, eids: list[int]) -> None:
        for eid in eids:
            (latent,) = world.inputs(eid)
            world.attach(eid, world.output_key(eid), Tensor(world.put(world.view(latent.ref) * self.gain)))


register_system(0x8123, Double)

picture = Image.new("P", (8, 8))
file: bytes = ve.compress(picture, quality=80, max_error=2)
file = ve.compress(np.zeros((8, 8), np.uint16), "photo", lossless=True, icc=b"", tile=64)
back = ve.decompress(memoryview(file), scale=1 / 2, region=(0, 0, 4, 4), model=None)
shape: tuple[int, ...] = ve.info(file).shape
ve.imwrite("a.png", ve.imread(Path("a.vrn")))
symbols, params = ve.functional.quantize(np.zeros((2, 2), np.float32), per="tensor")
again: npt.NDArray[np.int16] = ve.functional.rans_decode(ve.functional.rans_encode(symbols))
try:
    ve.World(1 << 10).put(np.zeros(10_000))
except LimitError as error:
    code: str = error.code
except VaeransError:
    raise
model = ve.PILVAE.fit([np.zeros((64, 64, 3), np.uint8)], samples=10)
w.pipe(e).to(ve.systems.PILVAEEncode(max_batch=1, providers=["CPUExecutionProvider"])).run()
eids: list[int] = w.spawn_files("a.png") + w.spawn_files([Path("a.png")])
"""

WRONG = """
import vaerans_ecs as ve
w = ve.World()
w.rgbb[0]
w.rgb[0].z
w.latent[0] = w.rgb[0]
w.pipe(1).out("RGB")[0]
w.pipe([1]).out("RGB").save("a")
"""


def checked(tmp_path: Path, **sources: str) -> list[str]:
    """Lines that mypy says of these modules."""
    for name, source in sources.items():
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    # What has no types of its own is none of ours.
    settings = "[mypy]\nstrict = true\nuntyped_calls_exclude = skimage\n" + "".join(
        f"[mypy-{name}.*]\nignore_missing_imports = true\n"
        for name in ("skimage", "scipy", "onnx", "huggingface_hub", "torch")
    )
    (tmp_path / "mypy.ini").write_text(settings, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file",
        "mypy.ini",
        "--cache-dir",
        str(ROOT / ".mypy_cache/pages"),
    ]
    done = subprocess.run(
        [*command, *(f"{name}.py" for name in sources)], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PATH": "", "MYPYPATH": str(ROOT / "python")},
    )  # fmt: skip
    assert not done.stderr, done.stderr
    return [line for line in done.stdout.splitlines() if ": error:" in line]


def test_what_pages_and_source_documents_show_has_its_types(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    pages = {
        f"page_{page.stem.replace('-', '_').lower()}_{i}": GIVEN + block
        for page in PAGES
        for i, block in enumerate(blocks(page))
    }
    assert {"page_readme_1", "page_contributing_0", "page_models_0"} <= set(pages)
    seed = SEED + QUICK_START + MORE + OPTIONAL
    found = checked(tmp_path, **pages, seed=seed, beside=BESIDE)
    assert not found, "\n".join(found)


def test_what_has_other_types_is_found(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    lines = [int(line.split(":")[1]) for line in checked(tmp_path, wrong=WRONG)]
    assert sorted(set(lines)) == [4, 5, 6, 7, 8]
