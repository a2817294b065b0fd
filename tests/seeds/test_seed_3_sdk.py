"""The third source document (the SDK): its examples as they stand there, and each of its public names used once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vaerans_ecs import functional

ROOT = Path(__file__).resolve().parents[2]

# The quick start word for word, but for ANSDecode, which its import forgot.
QUICK_START = """
from vaerans_ecs import World
from vaerans_ecs.systems import OnnxVAEEncode, OnnxVAEDecode, Hadamard4, WaveletCDF53, QuantizeU8, ANSEncode, ANSDecode

# create a world with a 512 MB arena
w = World(arena_bytes=512<<20)

# ingest an RGB image (H×W×3 uint8) into the world and get an entity id
entity = w.spawn_image(img)

# build a pipeline with chained systems
bitstream = (
    w.pipe(entity)
     .to(OnnxVAEEncode(model='sdxl-vae'))
     .to(Hadamard4())
     .to(WaveletCDF53(levels=4))
     .to(QuantizeU8(per_band=True))
     .to(ANSEncode())
     .out('Bitstream')
)

# decode
decoded = (
    w.pipe(entity)
     .use('Bitstream')
     .to(ANSDecode())
     .to(QuantizeU8.dequantize())
     .to(WaveletCDF53.inverse(levels=4))
     .to(Hadamard4.inverse())
     .to(OnnxVAEDecode(model='sdxl-vae'))
     .out('ReconRGB')
)
"""

# The optional operations word for word; "encode as above" is the quick start.
OPTIONAL = """
p = w.pipe(entity)
# encode as above …

# decode to reconstruction
p.select('Latent4').to(OnnxVAEDecode(), out='ReconRGB')

# blur reconstruction
p.select('ReconRGB').to(GaussianBlur(sigma=1.5), out='BlurRGB')

# compute residual between original and reconstruction
p.to(Residual(src='RGB', recon='ReconRGB', dtype='i16'), out='ResidualRGB')
"""


@pytest.fixture(scope="module")
def model_dir(shared, tmp_path_factory):
    """A local model folder with the TAESDXL pair under the name ``sdxl-vae``."""
    pytest.importorskip("onnx", reason="making the model folder needs onnx")
    weights = shared / "data/models/taesd/taesdxl.fp8.safetensors"
    if not weights.exists():
        pytest.skip(f"{weights} is not there")
    folder = tmp_path_factory.mktemp("models")
    tool = [sys.executable, ROOT / "tools/taesd_to_onnx.py", weights, folder / "sdxl-vae", "--name", "sdxl-vae"]
    subprocess.run(tool, check=True, capture_output=True)
    return folder


@pytest.fixture
def ran(model_dir, monkeypatch, photo):
    """What the quick start leaves: its names."""
    monkeypatch.setenv("VAERANS_MODEL_DIR", str(model_dir))
    names = {"img": np.ascontiguousarray(photo[:256, 100:340])}
    exec(QUICK_START, names)
    return names


def test_the_quick_start_runs_as_written(ran):
    img, decoded = ran["img"], ran["decoded"].numpy()
    assert decoded.shape == img.shape and decoded.dtype == np.uint8
    assert functional.psnr(img, decoded) > 20
    assert len(ran["bitstream"].tobytes()) < img.nbytes / 20


def test_the_optional_operations_run_as_written(ran):
    exec("from vaerans_ecs.systems import GaussianBlur, Residual", ran)
    exec(OPTIONAL, ran)
    p, img = ran["p"], ran["img"].astype(np.int16)
    recon, blur, residual = (p.out(key).numpy() for key in ("ReconRGB", "BlurRGB", "ResidualRGB"))
    assert residual.dtype == np.int16
    assert np.array_equal(residual, img - recon)
    assert np.array_equal(blur, functional.gaussian_blur(np.ascontiguousarray(recon), 1.5))


def test_the_residual_is_coded_as_a_second_stream_and_added_back(ran):
    from vaerans_ecs.systems import AddResidual, ANSDecode, ANSEncode, Residual

    w, entity = ran["w"], ran["entity"]
    w.pipe(entity).to(Residual(src="RGB", recon="ReconRGB"), out="ResidualRGB").to(ANSEncode(), out="Second").run()
    exact = w.pipe(entity).select("Second").to(ANSDecode()).to(AddResidual()).out("ReconRGB")
    assert np.array_equal(exact.numpy(), ran["img"])


def test_the_class_overview():
    """Every class, field and method of the document's overview, without a network."""
    from vaerans_ecs import Arena, Pipe, Pipeline, TensorRef, World
    from vaerans_ecs import components as c
    from vaerans_ecs import systems as s

    arena = Arena(1 << 20)
    ref = arena.alloc_tensor((3, 4), "float32")
    assert isinstance(ref, TensorRef) and (ref.offset, ref.shape, ref.dtype) == (0, (3, 4), "float32")
    assert ref.strides == (16, 4) and arena.view(arena.subref_axis0(ref, 1)).shape == (4,)

    w = World(arena_bytes=16 << 20)
    pixels = np.random.default_rng(0).integers(0, 256, (48, 40, 3), np.uint8)
    e, other = w.spawn_batch_rgb([pixels, pixels[::-1]])
    assert isinstance(e, int) and w.new_entity() not in (e, other)
    assert w.scratch("batch", (2, 3), "float32").shape == (2, 3)
    assert isinstance(w.rgb[e], c.RGB) and w.rgb[e].colourspace == "sRGB" and w.rgb[e].pix.shape == (48, 40, 3)

    w.latent[e] = c.Latent4(w.put(np.random.default_rng(1).normal(size=(4, 12, 10)).astype(np.float32)))
    p = w.pipe(e).select("Latent4").to(s.Hadamard4()) | s.WaveletCDF53(levels=2) | s.QuantizeU8(per_band=True)
    p.to(s.ANSEncode())
    assert Pipeline is Pipe and [type(x) for x in p.systems] == [
        s.Hadamard4, s.WaveletCDF53, s.QuantizeU8, s.ANSEncode,
    ]  # fmt: skip
    p.run()
    assert isinstance(w.latent[e].z, TensorRef) and isinstance(w.store("YUVW4")[e].t, TensorRef)
    pyramid, symbols, stream = w.wavelet[e], w.symbols[e], w.bitstream[e]
    assert (pyramid.levels, pyramid.wavelet) == (2, "cdf53") and pyramid.packed.shape == (4, 12, 10)
    assert isinstance(pyramid.index, TensorRef)
    assert (pyramid.index.shape, pyramid.index.dtype) == ((7, 6), "int32")
    assert isinstance(symbols.qp, c.QuantParams) and symbols.q.dtype == "uint8"
    assert symbols.qp.scale.shape == symbols.qp.zero.shape == (4 * 7,)
    assert isinstance(stream, c.ANSBitstream) and stream.n_symbols == 480
    assert isinstance(stream.words_u32, TensorRef) and stream.words_u32.dtype == "uint32"
    assert isinstance(stream.probs, np.ndarray) and stream.probs.shape[1] == 256
    assert (stream.probs.sum(axis=1) == 1).all() and (stream.probs >= 0).all()

    undo = w.pipe(e).use("Bitstream") | s.ANSDecode() | s.Dequantize() | s.WaveletCDF53Inverse(levels=2)
    undo.to(s.Hadamard4Inverse(), out="Back")
    bound = np.abs(w.view(w.latent[e].z)).max() / 10
    assert np.abs(undo.out("Back").numpy() - w.view(w.latent[e].z)).max() < bound

    w.recon[e] = c.ReconRGB(w.put(pixels ^ 1))
    side = w.pipe(e)
    values = {}
    for metric in (s.MetricPSNR(), s.MetricSSIM(), s.MetricMSSSIM(scales=2)):
        values[type(metric).__name__] = side.fork().to(metric).out().item()
    assert values["MetricPSNR"] == pytest.approx(48.13, abs=0.01)
    assert 0.99 < values["MetricSSIM"] < 1 and 0.99 < values["MetricMSSSIM"] < 1
    assert side.fork().to(s.GaussianBlur(sigma=1.0)).out("BlurRGB").numpy().shape == pixels.shape
    residual = side.fork().to(s.Residual(dtype="i16")).out("Residual")
    assert isinstance(w.residual[e], c.Residual) and np.abs(residual.numpy()).max() == 1
    assert np.array_equal(side.fork().select("Residual").to(s.AddResidual()).out("ReconRGB").numpy(), pixels)


def test_whole_pictures_and_plots(photo):
    from vaerans_ecs import compress, decompress

    crop = np.ascontiguousarray(photo[:64, :64])
    decoded = decompress(compress(crop))
    assert decoded.shape == crop.shape and functional.psnr(crop, decoded) > 30
    pytest.importorskip("matplotlib")
    from vaerans_ecs.viz import plots

    assert len(plots.residual_map(crop, decoded).axes) >= 1
