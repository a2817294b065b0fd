"""OnnxVAEEncode and OnnxVAEDecode in a world: batches, shapes, history, memory. Models are tiny and made here."""

from __future__ import annotations

import numpy as np
import pytest

from vaerans_ecs import World, models
from vaerans_ecs.components import Latent4
from vaerans_ecs.errors import BitstreamError, DataError, LimitError, ModelError, ParamError, UnavailableError
from vaerans_ecs.models import loading
from vaerans_ecs.models.session import Network
from vaerans_ecs.models.spec import ModelSpec, write_model_folder
from vaerans_ecs.systems import OnnxVAEDecode, OnnxVAEEncode, PILVAEDecode, PILVAEEncode

onnx = pytest.importorskip("onnx", reason="the tests make tiny ONNX models")
helper, numpy_helper, TensorProto = onnx.helper, onnx.numpy_helper, onnx.TensorProto

DOWN = 4


def graph(nodes, source, result, weights=(), dtype=TensorProto.FLOAT) -> bytes:
    values = [helper.make_tensor_value_info(name, dtype, shape) for name, shape in (source, *result)]
    stored = [numpy_helper.from_array(array, name) for name, array in weights]
    body = helper.make_graph(nodes, "g", values[:1], values[1:], stored)
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model.SerializeToString()


def space_to_depth_pair(dtype=TensorProto.FLOAT) -> tuple[bytes, bytes]:
    """A lossless model: 4x4 blocks of the picture as 48 latent channels, and back."""
    encoder = graph(
        [helper.make_node("SpaceToDepth", ["image"], ["latent_mean"], blocksize=DOWN)],
        ("image", ["N", 3, "H", "W"]), [("latent_mean", ["N", 48, "h", "w"])], dtype=dtype,
    )  # fmt: skip
    decoder = graph(
        [helper.make_node("DepthToSpace", ["latent"], ["image"], blocksize=DOWN, mode="DCR")],
        ("latent", ["N", 48, "h", "w"]), [("image", ["N", 3, "H", "W"])], dtype=dtype,
    )  # fmt: skip
    return encoder, decoder


def make_model(folder, name="tiny", dtype=TensorProto.FLOAT, **fields):
    spec = ModelSpec(name=name, downscale=DOWN, latent_channels=48, **fields)
    write_model_folder(folder, spec, *space_to_depth_pair(dtype))
    return folder


@pytest.fixture
def tiny(tmp_path):
    return make_model(tmp_path / "tiny")


@pytest.fixture
def runs(monkeypatch):
    """Shapes that networks were run on."""
    seen = []
    original = Network.run

    def run(self, x, output, out):
        seen.append((self.path.name, x.shape))
        return original(self, x, output, out)

    monkeypatch.setattr(Network, "run", run)
    return seen


def picture(height=13, width=10, channels=3, dtype=np.uint8, seed=0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(0, np.iinfo(dtype).max + 1, (height, width, channels), dtype)


def test_a_group_of_one_shape_is_one_run(tiny, runs):
    world = World(8 << 20)
    shapes = [(13, 10), (8, 8), (13, 10), (13, 10), (8, 8), (1, 1)]
    pictures = [picture(*shape, seed=i) for i, shape in enumerate(shapes)]
    eids = [world.spawn_image(p) for p in pictures]
    results = (world.pipe(eids) | OnnxVAEEncode(tiny) | OnnxVAEDecode(tiny)).out("ReconRGB")
    assert runs == [
        ("encoder.onnx", (3, 3, 16, 12)), ("encoder.onnx", (2, 3, 8, 8)), ("encoder.onnx", (1, 3, 4, 4)),
        ("decoder.onnx", (3, 48, 4, 3)), ("decoder.onnx", (2, 48, 2, 2)), ("decoder.onnx", (1, 48, 1, 1)),
    ]  # fmt: skip
    for result, original in zip(results, pictures, strict=True):
        assert np.array_equal(result.numpy(), original)
    assert world.latent[eids[0]].z.shape == (48, 4, 3)


def test_max_batch_splits_a_group(tiny, runs):
    world = World(8 << 20)
    eids = [world.spawn_image(picture(8, 8, seed=i)) for i in range(5)]
    world.pipe(eids).to(OnnxVAEEncode(tiny, max_batch=2)).run()
    assert [shape[0] for _, shape in runs] == [2, 2, 1]
    with pytest.raises(ParamError):
        OnnxVAEEncode(tiny, max_batch=0)


def test_latents_of_a_batch_share_one_buffer_and_memory_stays_flat(tiny):
    world = World(8 << 20)
    eids = [world.spawn_image(picture(8, 8, seed=i)) for i in range(3)]
    world.pipe(eids).to(OnnxVAEEncode(tiny)).run()
    offsets = [world.latent[eid].z.offset for eid in eids]
    assert np.diff(offsets).tolist() == [48 * 4 * 4] * 2
    used = []
    for _ in range(3):
        eid = world.spawn_image(picture(32, 32))
        (world.pipe(eid) | OnnxVAEEncode(tiny) | OnnxVAEDecode(tiny)).run()
        world.despawn(eid)
        used.append(world.stats["arena"]["used"])
    assert used[0] == used[1] == used[2]


def test_the_network_reads_and_writes_arena_memory(tiny, monkeypatch):
    world = World(8 << 20)
    whole = world.arena.view(world.arena.alloc_tensor((1,), "uint8")).__array_interface__["data"][0]
    seen = []
    original = Network.run

    def run(self, x, output, out):
        seen.extend([x.ctypes.data, out.ctypes.data])
        return original(self, x, output, out)

    monkeypatch.setattr(Network, "run", run)
    eid = world.spawn_image(picture(8, 8))
    encoded = world.pipe(eid).to(OnnxVAEEncode(tiny)).out("Latent4")
    assert all(whole <= address < whole + (8 << 20) for address in seen)
    assert seen[1] == encoded.numpy().__array_interface__["data"][0]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
def test_dtype_and_channels_come_back(tiny, dtype, channels):
    world = World(8 << 20)
    original = picture(9, 7, channels, dtype)
    eid = world.spawn_image(original)
    back = (world.pipe(eid) | OnnxVAEEncode(tiny) | OnnxVAEDecode(tiny)).out("ReconRGB").numpy()
    assert back.dtype == dtype and back.shape == original.shape
    assert np.array_equal(back, original)


def test_alpha_is_refused_with_a_way_out(tiny):
    world = World(8 << 20)
    eid = world.spawn_image(picture(8, 8, 4))
    with pytest.raises(ParamError, match="alpha"):
        world.pipe(eid).to(OnnxVAEEncode(tiny)).run()


def test_half_precision_ranges_order_and_scaling(tmp_path):
    fields = {"input_range": (-1.0, 1.0), "output_range": (-1.0, 1.0), "channel_order": "BGR"}
    folder = make_model(tmp_path / "m", dtype=TensorProto.FLOAT16, scaling=0.25, shift=0.5, **fields)
    original = picture(8, 8)
    model = models.load(folder)
    z = model.encode_batch(original[None])
    first_pixel = (original[0, 0, ::-1] / 127.5 - 1 - 0.5) * 0.25
    np.testing.assert_allclose(z[0, :3, 0, 0], first_pixel, atol=1e-3)
    assert np.abs(model.decode_batch(z, (8, 8))[0].astype(int) - original).max() <= 1


def test_moments_output_gives_the_mean(tmp_path):
    nodes = [
        helper.make_node("SpaceToDepth", ["image"], ["mean"], blocksize=DOWN),
        helper.make_node("Neg", ["mean"], ["logvar"]),
        helper.make_node("Concat", ["mean", "logvar"], ["moments"], axis=1),
        helper.make_node("Relu", ["mean"], ["other"]),
    ]
    shapes = [("other", ["N", 48, "h", "w"]), ("moments", ["N", 96, "h", "w"])]
    encoder = graph(nodes, ("image", ["N", 3, "H", "W"]), shapes)
    decoder = space_to_depth_pair()[1]
    spec = {"name": "m", "downscale": DOWN, "latent_channels": 48}
    mean = ModelSpec(**spec, encoder_mean="moments", mean_channels=(0, 48))
    write_model_folder(tmp_path / "m", mean, encoder, decoder)
    original = picture(8, 8)
    model = models.load(tmp_path / "m")
    assert np.array_equal(model.decode_batch(model.encode_batch([original]), (8, 8))[0], original)
    logvar = ModelSpec(**spec, encoder_mean="moments", mean_channels=(48, 96))
    write_model_folder(tmp_path / "v", logvar, encoder, decoder)
    z = models.load(tmp_path / "v").encode_batch([original])
    assert (z <= 0).all() and z.min() < -0.5
    write_model_folder(tmp_path / "n", ModelSpec(**spec), encoder, decoder)
    with pytest.raises(ModelError) as info:
        models.load(tmp_path / "n").encode_batch([original])
    assert info.value.code == "model.shape" and "moments" in str(info.value)


def test_the_decoder_finds_the_model_that_made_the_latent(tiny, tmp_path, monkeypatch):
    world = World(8 << 20)
    eid = world.spawn_image(picture(8, 8))
    pipe = world.pipe(eid) | OnnxVAEEncode(tiny)
    pipe.run()
    step = world.latent[eid].lineage[-1]
    assert (step.number, step.params, step.side.hex()) == (64, {"name": "tiny"}, models.load(tiny).sha256)
    assert str(tmp_path) not in str(step.params)
    monkeypatch.setenv("VAERANS_MODEL_DIR", str(tiny.parent))
    monkeypatch.setattr(loading, "_remembered", {})
    back = pipe.fork().to(OnnxVAEDecode()).out("ReconRGB").numpy()
    assert np.array_equal(back, picture(8, 8))


def test_another_model_is_refused(tiny, tmp_path):
    other = tmp_path / "other"
    encoder, decoder = space_to_depth_pair()
    decoder = onnx.load_from_string(decoder)
    decoder.doc_string = "other bytes"
    write_model_folder(other, models.read_spec(tiny), encoder, decoder.SerializeToString())
    world = World(8 << 20)
    eid = world.spawn_image(picture(8, 8))
    with pytest.raises(ModelError) as info:
        (world.pipe(eid) | OnnxVAEEncode(tiny) | OnnxVAEDecode(other)).run()
    assert info.value.code == "model.checksum"


def test_a_latent_whose_model_is_gone_names_it(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("VAERANS_MODEL_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    world = World(8 << 20)
    eid = world.spawn_image(picture(8, 8))
    pipe = world.pipe(eid) | OnnxVAEEncode(tiny)
    pipe.run()
    monkeypatch.setattr(loading, "_remembered", {})
    with pytest.raises(ModelError, match="'tiny'") as info:
        pipe.to(OnnxVAEDecode(name="tiny")).run()
    assert info.value.code == "model.not_found" and models.load(tiny).sha256 in str(info.value)


def test_nan_latents_are_a_data_error(tiny):
    world = World(8 << 20)
    eid = world.spawn_image(picture(8, 8))
    pipe = world.pipe(eid) | OnnxVAEEncode(tiny)
    pipe.run()
    broken = world.view(world.latent[eid].z).copy()
    broken[0, 0, 0] = np.nan
    with pytest.raises(DataError) as info:
        models.load(tiny).decode_batch(broken[None], (8, 8))
    assert info.value.code == "data.not_finite"


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [((10**6, 10**6, 3), "uint8"), ((0, 8, 3), "uint8"), ((8, 8), "uint8"), ((8, 8, 4), "uint8"),
     ((8, 8, 3), "float32"), ((9, 8, 3), "uint8")],
)  # fmt: skip
def test_a_history_that_does_not_fit_its_latent_is_damage(tiny, monkeypatch, shape, dtype):
    world = World(8 << 20)
    pipe = world.pipe(world.spawn_image(picture(8, 8))) | OnnxVAEEncode(tiny)
    pipe.run()
    sha256 = models.load(tiny).sha256
    monkeypatch.setattr("vaerans_ecs.systems.vae._origin", lambda latent: (sha256, shape, dtype))
    with pytest.raises(BitstreamError) as info:
        pipe.to(OnnxVAEDecode()).run()
    assert info.value.code == "stream.invalid"


def test_a_small_arena_says_what_to_raise(tiny):
    world = World(20_000)
    eid = world.spawn_image(picture(32, 32))
    with pytest.raises(LimitError, match="arena_bytes"):
        world.pipe(eid).to(OnnxVAEEncode(tiny)).run()


def test_providers_and_options_are_passed_through(tiny):
    model = models.load(
        tiny, ["CPUExecutionProvider"], {"intra_op_num_threads": 1, "session.intra_op.allow_spinning": 0}
    )
    session = model.encoder.session
    assert session.get_providers() == ["CPUExecutionProvider"]
    assert session.get_session_options().intra_op_num_threads == 1
    again = models.load(
        tiny, ["CPUExecutionProvider"], {"session.intra_op.allow_spinning": 0, "intra_op_num_threads": 1}
    )
    assert again.encoder is model.encoder
    assert models.load(tiny).encoder is not model.encoder
    with pytest.raises(UnavailableError, match="NoSuchProvider"):
        _ = models.load(tiny, ["NoSuchProvider"]).encoder
    with pytest.raises(ParamError, match="no_such_option"):
        _ = models.load(tiny, None, {"no_such_option": 1}).encoder
    with pytest.raises(UnavailableError):
        world = (
            World(1 << 20, device="cuda") if "CUDAExecutionProvider" not in _providers() else World(1, device="none")
        )
        world.pipe(world.spawn_image(picture(8, 8))).to(OnnxVAEEncode(tiny)).run()


def _providers():
    import onnxruntime

    return onnxruntime.get_available_providers()


def test_threads_of_the_world_reach_the_session(tiny, monkeypatch):
    seen = []
    original = models.load
    monkeypatch.setattr(models, "load", lambda *a, **k: seen.append(k.get("session_options")) or original(*a, **k))
    world = World(8 << 20, threads=1)
    world.pipe(world.spawn_image(picture(8, 8))).to(OnnxVAEEncode(tiny)).run()
    assert {"intra_op_num_threads": 1} in seen


def test_the_default_is_the_model_that_ships():
    world = World(8 << 20)
    ramp = np.linspace(0, 255, 31 * 45 * 3).reshape(31, 45, 3).astype(np.uint8)
    for encode, decode, number in ((PILVAEEncode, PILVAEDecode, 65), (OnnxVAEEncode, OnnxVAEDecode, 64)):
        eid = world.spawn_image(ramp)
        back = (world.pipe(eid) | encode() | decode()).out("ReconRGB").numpy()
        assert world.latent[eid].lineage[-1].number == number
        assert back.shape == ramp.shape and np.abs(back.astype(int) - ramp).mean() < 2


def test_a_latent_of_the_users_own_needs_a_history(tiny):
    world = World(8 << 20)
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(np.zeros((48, 2, 2), np.float32)))
    with pytest.raises(Exception) as info:
        world.pipe(eid).to(OnnxVAEDecode(tiny)).run()
    assert getattr(info.value, "code", "").startswith("pipe.")


def test_taesd_in_a_world(shared, tmp_path, monkeypatch):
    from PIL import Image

    from vaerans_ecs.models.taesd import convert_taesd

    convert_taesd(shared / "data" / "models" / "taesd" / "taesdxl.fp8.safetensors", tmp_path / "sdxl-vae", "sdxl-vae")
    monkeypatch.setenv("VAERANS_MODEL_DIR", str(tmp_path))
    photo = np.asarray(Image.open(shared / "data" / "kodak" / "kodim23.png"))[:161, :250]
    world = World(128 << 20)
    eids = world.spawn_batch_rgb([photo, photo[::-1]])
    results = (world.pipe(eids) | OnnxVAEEncode(model="sdxl-vae") | OnnxVAEDecode(model="sdxl-vae")).out("ReconRGB")
    assert world.latent[eids[0]].z.shape == (4, 21, 32)
    error = np.mean((results[0].numpy().astype(float) - photo) ** 2)
    assert 10 * np.log10(255**2 / error) > 24
