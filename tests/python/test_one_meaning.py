"""What is given means one thing: arrays come back as they were, Pillow images by one table, stores are mappings."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import vaerans_ecs as ve
from vaerans_ecs import functional
from vaerans_ecs.components import ComponentStore, Latent4
from vaerans_ecs.errors import BitstreamError, ParamError, PipeError, VaeransError
from vaerans_ecs.systems import ANSDecode, ANSEncode, Hadamard4, Hadamard4Inverse, QuantizeU8, System, register_system

RGB = np.arange(300, dtype=np.uint8).reshape(10, 10, 3)


def code_of(call) -> str:
    with pytest.raises(VaeransError) as error:
        call()
    return error.value.code


# Streams --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("coder", ["rans", "constriction"])
@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "int32"])
@pytest.mark.parametrize("shape", [(), (0,), (7,), (3, 0, 2), (4, 5, 6)])
def test_symbols_come_back_with_type_and_shape(coder, dtype, shape) -> None:
    low = 0 if dtype[0] == "u" else -50
    symbols = np.random.default_rng(3).integers(low, 50, shape).astype(dtype)
    try:
        data = functional.rans_encode(symbols, coder=coder)
    except ve.errors.UnavailableError:
        pytest.skip("this build has no constriction coder")
    back = functional.rans_decode(data, coder=coder)
    assert (back.dtype, back.shape) == (symbols.dtype, symbols.shape) and np.array_equal(back, symbols)
    for wider in (symbols.dtype, np.int32, np.int64):
        out = np.empty(shape, wider)
        assert functional.rans_decode(data, out, coder=coder) is out and np.array_equal(out, symbols)
        assert functional.rans_decode(data, dtype=wider, coder=coder).dtype == wider
    if symbols.ndim == 3:
        out = np.empty(shape[::-1], dtype).T
        assert functional.rans_decode(data, out, coder=coder) is out and np.array_equal(out, symbols)


def test_symbols_go_into_what_holds_them() -> None:
    data = functional.rans_encode(np.array([-3, 5], np.int16))
    for narrow in (bool, np.uint8, np.int8, np.uint16, np.uint32, np.float32, np.float16):
        assert code_of(lambda t=narrow: functional.rans_decode(data, np.empty(2, t))) == "param.dtype"
        assert code_of(lambda t=narrow: functional.rans_decode(data, dtype=t)) == "param.dtype"
    assert code_of(lambda: functional.rans_decode(data, np.empty((2, 1), np.int16))) == "param.shape"


def test_a_few_bytes_decode_to_a_bounded_number_of_symbols() -> None:
    constant = functional.rans_encode(np.zeros(1 << 20, np.int32))
    assert len(constant) < 20 and functional.rans_decode(constant, max_elements=1 << 20).size == 1 << 20
    claim = bytes([6, 1]) + b"\x80\x80\x80\x80\x04" + constant[5:]
    for options in ({}, {"max_elements": 1 << 29}, {"max_bytes": 1 << 29}):
        code = code_of(lambda o=options: functional.rans_decode(claim, **o))
        assert code in ("limit.symbols", "limit.memory", "stream.invalid")
    assert code_of(lambda: functional.rans_decode(constant, max_elements=(1 << 20) - 1)) == "limit.symbols"
    assert code_of(lambda: functional.rans_decode(bytes([6, 2, 0]) + b"\xff" * 8 + b"\x7f")) == "stream.invalid"


# Arrays ---------------------------------------------------------------------------------------------

WIDE = """
import resource, numpy as np, vaerans_ecs as ve
one = np.zeros((1, 1, 3), np.uint8)
wide = np.broadcast_to(one, (20000, 20000, 3))
resource.setrlimit(resource.RLIMIT_AS, (1200 << 20,) * 2)
world = ve.World(1 << 20)
floats = np.broadcast_to(np.float32(0), (1 << 16, 1 << 16))
calls = [lambda: ve.compress(wide), lambda: ve.compress(wide, "vae"), lambda: ve.compress(wide[:, :, 0], lossless=True),
         lambda: world.spawn_image(wide), lambda: world.spawn_batch_rgb([wide]), lambda: world.put(wide),
         lambda: ve.functional.rans_encode(np.broadcast_to(np.uint8(1), (1 << 32,))),
         lambda: ve.functional.psnr(wide, one), lambda: ve.functional.ssim(wide, one)]
for call in calls:
    try:
        call()
    except ve.errors.VaeransError as error:
        print(error.code)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
def test_arrays_are_held_against_limits_before_they_are_copied() -> None:
    done = subprocess.run([sys.executable, "-c", WIDE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["limit.dimensions"] * 5 + ["limit.arena"] + ["limit.symbols"] + ["param.shape"] * 2


def test_views_of_what_was_released_are_errors() -> None:
    arena = ve.Arena(1 << 12)
    ref = arena.alloc_tensor((3,), "int16")
    arena.view(ref)[...] = [1, 2, 3]
    assert np.asarray(ref).tolist() == [1, 2, 3] and np.asarray(ref, np.float32).dtype == np.float32
    assert np.array(ref, copy=True).base is None
    assert ref in {ref} and {arena.subref_axis0(ref, 0), ref, ref} == {ref, arena.subref_axis0(ref, 0)}
    other = ve.Arena(1 << 12).alloc_tensor((3,), "int16")
    assert ref != other and len({ref, other}) == 2, "tensors of two arenas are two"
    arena.reset()
    for use in (np.asarray, np.array, arena.view, ve.TensorRef.buffer, lambda r: np.add(r, 1), list):
        with pytest.raises((ParamError, TypeError)) as error:
            use(ref)
        assert use is list or error.value.code == "param.stale_tensor"
    world = ve.World(1 << 16)
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(np.zeros((4, 2, 2), np.float32)))
    handle = (world.pipe(eid) | Hadamard4()).out()
    world.despawn(eid)
    assert code_of(lambda: np.asarray(handle)) == "pipe.unknown_entity"
    assert "gone" in repr(handle) and "gone" in handle._repr_html_()


# Worlds ---------------------------------------------------------------------------------------------


def test_stores_are_mappings() -> None:
    world = ve.World(1 << 16)
    first, second = world.new_entity(), world.new_entity()
    latent = Latent4(world.put(np.zeros((4, 2, 2), np.float32)))
    world.latent[first] = latent
    store = world.latent
    assert isinstance(store, ComponentStore) and store.get(second) is None and store.get(99, 5) == 5
    assert list(store) == list(store.keys()) == [first] and len(store) == 1
    assert first in store and second not in store and "x" not in store and -1 not in store
    assert [c.z.shape for c in store.values()] == [(4, 2, 2)] and dict(store.items()).keys() == {first}
    with pytest.raises(KeyError) as error:
        store[second]
    assert isinstance(error.value, PipeError) and str(error.value).startswith("[pipe.missing_component]")
    assert store.pop(second, None) is None and store.setdefault(second, latent).z.shape == (4, 2, 2)
    assert store.pop(second).z.shape == (4, 2, 2) and second not in store
    assert {"latent", "rgb", "bitstream", "store"} <= set(dir(world))
    with pytest.raises(ParamError, match=r"Latent4\(w.put\(array\)\)"):
        world.latent[first] = np.zeros((4, 2, 2), np.float32)  # type: ignore[assignment]


def test_the_types_that_checkers_see_are_those_of_the_core() -> None:
    declared = {n: a for n, a in ve.World.__annotations__.items()} if hasattr(ve.World, "__annotations__") else {}
    source = Path(ve.World.__init__.__code__.co_filename).read_text(encoding="utf-8")
    for _, _, store, cls in ve._core.store_keys():
        assert not store or f"        {store}: ComponentStore[{cls}]" in source
    assert not declared, "they are there for type checkers alone"


def test_a_pipe_of_one_entity_gives_a_handle_and_others_lists() -> None:
    world = ve.World(1 << 16)
    eids = []
    for _ in range(2):
        eids.append(world.new_entity())
        world.latent[eids[-1]] = Latent4(world.put(np.zeros((4, 2, 2), np.float32)))
    assert (world.pipe(eids[0]) | Hadamard4()).out().eid == eids[0]
    for pipe in (world.pipe(eids), world.pipe(*eids), world.pipe(eids[:1]), world.pipe([])):
        assert [h.eid for h in (pipe | Hadamard4()).out("YUVW4")] == pipe.entities


def test_the_trace_is_bounded() -> None:
    world = ve.World(1 << 20, threads=1)
    eid = world.new_entity()
    for _ in range(21_000):
        world.latent[eid] = Latent4(world.put(np.zeros((4, 1, 1), np.float32)))
        (world.pipe(eid) | Hadamard4()).run()
        world.despawn(eid)
        eid = world.new_entity()
    assert 10_000 <= len(world.trace) <= 20_000


@pytest.mark.parametrize("wrong", ["x", "0", "-1", "2.5", "5000"])
def test_a_variable_that_is_no_number_of_threads_is_an_error(monkeypatch, wrong) -> None:
    monkeypatch.setenv("VAERANS_THREADS", wrong)
    for call in (lambda: ve.compress(RGB), lambda: ve.World(1 << 16), lambda: functional.gaussian_blur(RGB, 1)):
        with pytest.raises(ParamError, match="VAERANS_THREADS") as error:
            call()
        assert error.value.code == "param.range"
    assert ve.compress(RGB, threads=1)
    monkeypatch.setenv("VAERANS_THREADS", "")
    assert ve.compress(RGB)


def test_devices_are_those_that_there_are() -> None:
    for device in ("foo", "", "CUDA", "cuda:x", "cuda:", "cpu:-1"):
        assert code_of(lambda d=device: ve.World(1 << 16, device=d)) == "param.unknown"
    assert ve.World(1 << 16, device="cuda:1").device == "cuda:1"


def test_what_is_no_pair_of_systems_is_not_registered() -> None:
    class Mine(System):
        produces = ("Mine",)

        def run(self, world: ve.World, eids: list[int]) -> None:
            raise NotImplementedError

    class Other(Mine):
        pass

    for forward, inverse in [
        (System, System), (Hadamard4, Hadamard4Inverse), (Mine, Hadamard4Inverse), (ve.systems.OnnxVAEEncode, None),
        (Mine(), None), ("Mine", None), (None, None), (Mine, Mine), (Mine, 3),
    ]:  # fmt: skip
        assert code_of(lambda f=forward, i=inverse: register_system(0x9001, f, i)) == "param.type"
    assert Hadamard4.number == 0 and System.number == 0
    register_system(0x9001, Mine, Other)
    register_system(0x9001, Mine, Other)
    assert code_of(lambda: register_system(0x9002, Mine)) == "param.taken"
    assert code_of(lambda: register_system(0x9002, Other)) == "param.taken"
    assert code_of(lambda: register_system(0x9001, Other, Mine)) == "param.taken"
    assert not Mine.is_inverse and Other.is_inverse


def test_files_are_named_one_or_many(tmp_path: Path) -> None:
    ve.imwrite(tmp_path / "a.png", RGB)
    world = ve.World(1 << 16)
    for paths in (tmp_path / "a.png", str(tmp_path / "a.png"), [tmp_path / "a.png"], iter([tmp_path / "a.png"])):
        (eid,) = world.spawn_files(paths)
        assert np.array_equal(world.view(world.rgb[eid].pix), RGB)
    with pytest.raises(FileNotFoundError) as error:
        ve.imread(tmp_path / "b.png")
    assert error.value.filename == str(tmp_path / "b.png") and error.value.errno == 2 and error.value.strerror


# Texts ----------------------------------------------------------------------------------------------


def test_a_path_in_the_place_of_a_picture_or_file_is_told(tmp_path: Path) -> None:
    for path in ("x.png", tmp_path / "x.png"):
        with pytest.raises(ParamError, match="imread"):
            ve.compress(path)  # type: ignore[arg-type]
    for path in ("x.vrn", tmp_path / "x.vrn"):
        for call in (ve.decompress, ve.info, functional.rans_decode, ve.World(1 << 16).spawn_bitstream):
            with pytest.raises(ParamError, match="read_bytes"):
                call(path)  # type: ignore[operator]


def test_notebooks_are_shown_what_is_there() -> None:
    world = ve.World(1 << 20)
    eid = world.spawn_image(RGB)
    picture = world.pipe(eid).out("RGB")
    assert '<img alt="RGB" src="data:image/png;base64,' in picture._repr_html_()
    file = ve.compress(RGB, icc=bytes(100_000), exif=b"II*\0" + bytes(1000))
    about = ve.info(file)
    assert len(repr(about)) < 2000 and "ICC 100000 bytes" in about._repr_html_()
    assert "PhotoEncode" in about._repr_html_() and "<script" not in about._repr_html_()


def test_metadata_goes_into_what_a_handle_saves(tmp_path: Path) -> None:
    profile = bytes(16) + b"RGB " + bytes(16) + b"acsp" + bytes(88)
    world = ve.World(1 << 20)
    pipe = world.pipe(world.spawn_image(RGB)) | ve.systems.YCoCgR() | ANSEncode()
    pipe.out("Bitstream").save(tmp_path / "a.vrn", icc=profile, orientation=6)
    about = ve.info((tmp_path / "a.vrn").read_bytes())
    assert (about.icc, about.orientation) == (profile, 6)
    picture = world.pipe(pipe.entities[0]).out("RGB")
    picture.save(tmp_path / "a.png", icc=profile)
    back = ve.images.read_picture(tmp_path / "a.png")
    assert back.icc == profile and np.array_equal(back.pixels, RGB)
    for path, handle in (("a.npy", picture), ("b.npy", pipe.out("Planes"))):
        assert code_of(lambda p=path, h=handle: h.save(tmp_path / p, icc=profile)) == "param.unknown"
    assert code_of(lambda: picture.tobytes(exif=b"x")) == "param.unknown"


def test_every_profile_bounds_its_error() -> None:
    y, x = np.mgrid[:33, :40]
    img = np.stack([128 + 90 * np.sin(x / 3), 128 + 90 * np.cos(y / 4), (3 * x + y) % 256], 2).astype(np.uint8)
    for profile in ("photo", "vae"):
        for bound in (0, 1, 4):
            back = ve.decompress(ve.compress(img, profile, quality=30, max_error=bound))
            assert abs(back.astype(int) - img).max() <= bound
    for shape in ((33, 40), (33, 40, 2), (33, 40, 4)):
        deep = np.random.default_rng(0).integers(0, 65536, shape, np.uint16)
        back = ve.decompress(ve.compress(deep, max_error=100)).reshape(shape)
        assert abs(back.astype(int) - deep).max() <= 100


def test_bands_of_ones_own_are_channels() -> None:
    """A block transform that gives each of its coefficients a channel has a step for each; unlike ones have tables."""
    y, x = np.mgrid[:64, :64]
    latent = np.stack([np.sin(x / (5 + c)) + 0.1 * np.cos(y * (1 + c)) for c in range(4)]).astype(np.float32)
    sizes = {}
    for per_channel in (False, True):
        world = ve.World(4 << 20)
        eid = world.new_entity()
        blocks = latent.reshape(4, 16, 4, 16, 4).transpose(0, 2, 4, 1, 3)
        basis = np.array(
            [[np.cos(np.pi * k * (2 * i + 1) / 8) * (0.5 if k else 0.25) ** 0.5 for i in range(4)] for k in range(4)]
        )
        coefficients = np.einsum("ki,lj,cijyx->cklyx", basis, basis, blocks).reshape(64, 16, 16)
        world.latent[eid] = Latent4(world.put(coefficients.astype(np.float32)))
        pipe = world.pipe(eid) | QuantizeU8(per_channel=per_channel, bits=6) | ANSEncode()
        sizes[per_channel] = pipe.out("Bitstream").component.probs.shape[0]
        scales = pipe.out("SymbolsU8").component.qp.scale
        assert scales.size == (64 if per_channel else 1)
    assert all(1 < rows < 64 for rows in sizes.values()), sizes
    assert (pipe | ANSDecode()).out("SymbolsU8").numpy().shape == (64, 16, 16)


# Pillow ---------------------------------------------------------------------------------------------


def test_one_table_of_modes_for_every_door() -> None:
    image = pytest.importorskip("PIL.Image")
    ve.register_pillow()
    palette = image.fromarray(RGB).quantize(8)
    world = ve.World(1 << 16)
    expected = np.asarray(palette.convert("RGB"))
    assert np.array_equal(world.view(world.rgb[world.spawn_image(palette)].pix), expected)
    assert functional.psnr(palette, expected) == np.inf
    assert np.array_equal(ve.decompress(ve.compress(palette, lossless=True)), expected)
    for mode in ("F", "I"):
        assert code_of(lambda m=mode: ve.compress(image.new(m, (4, 4)))).startswith(("data.", "param."))
    wide = image.fromarray(np.arange(16, dtype=np.int32).reshape(4, 4))
    for bits, dtype in ((8, "uint8"), (16, "uint16")):
        assert ve.info(ve.compress(wide, bits=bits)).dtype == dtype
        file = io.BytesIO()
        wide.save(file, "VRN", bits=bits, quality=90)
        assert file.getvalue() == ve.compress(wide, quality=90, bits=bits)
    assert code_of(lambda: ve.compress(image.fromarray(np.full((2, 2), 300, np.int32)), bits=8)) == "data.range"
    assert code_of(lambda: ve.compress(RGB, bits=8)) == "param.unknown"


def test_transparency_of_deep_grey_is_kept() -> None:
    image = pytest.importorskip("PIL.Image")
    grey = image.fromarray(np.arange(64, dtype=np.uint16).reshape(8, 8) * 1000)
    grey.info["transparency"] = 5000
    back = ve.decompress(ve.compress(grey, lossless=True))
    assert back.dtype == np.uint16 and np.array_equal(back[..., 1] == 0, back[..., 0] == 5000)


def test_pillow_keywords_are_known_or_refused() -> None:
    image = pytest.importorskip("PIL.Image")
    ve.register_pillow()
    picture = image.fromarray(RGB)
    for option in ({"lossles": True}, {"optimize": True}, {"bits": 16}, {"append_images": [picture]}):
        with pytest.raises((ParamError, ve.errors.DataError)) as error:
            picture.save(io.BytesIO(), "VRN", **option)
        assert error.value.code in ("param.unknown", "param.range", "data.image_kind")
    picture.save(io.BytesIO(), "VRN", save_all=True)


def test_pillow_verifies_drafts_and_loads_what_is_there() -> None:
    image, files = pytest.importorskip("PIL.Image"), pytest.importorskip("PIL.ImageFile")
    ve.register_pillow()
    y, x = np.mgrid[:301, :400]
    # With grain, so that the finest level has bytes to cut.
    grain = np.random.default_rng(1).integers(0, 70, (301, 400, 3))
    photo = (np.stack([x / 2, y / 2, (x + y) / 4], 2) + grain).astype(np.uint8)
    file = ve.compress(photo, quality=80)
    opened = image.open(io.BytesIO(file))
    opened.verify()
    damaged = bytearray(file)
    damaged[-1] ^= 1
    with pytest.raises(OSError) as error:
        image.open(io.BytesIO(damaged)).verify()
    assert isinstance(error.value, BitstreamError) and error.value.code == "stream.checksum"
    with pytest.raises(OSError):
        image.open(io.BytesIO(file[:-1])).verify()
    small = image.open(io.BytesIO(file))
    mode, box = small.draft(None, (100, 70))
    assert (mode, small.size, box) == ("RGB", (100, 76), (0, 0, 100.0, 75.25))
    assert np.array_equal(np.asarray(small), ve.decompress(file, scale=1 / 4))
    thumbnail = image.open(io.BytesIO(file))
    thumbnail.thumbnail((64, 64))
    assert max(thumbnail.size) == 64
    whole = np.asarray(image.fromarray(ve.decompress(file)).resize(thumbnail.size)).astype(int)
    assert abs(np.asarray(thumbnail).astype(int) - whole).mean() < 4
    cut = file[: len(file) - ve.info(file).level_bytes[-1] // 2]
    with pytest.raises(OSError):
        image.open(io.BytesIO(cut)).load()
    files.LOAD_TRUNCATED_IMAGES = True
    try:
        assert np.array_equal(np.asarray(image.open(io.BytesIO(cut))), ve.decompress(cut, allow_truncated=True))
    finally:
        files.LOAD_TRUNCATED_IMAGES = False
