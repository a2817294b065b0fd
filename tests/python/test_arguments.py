"""Every public function, method and class, given what it does not take: it works, or gives an error with a code."""

from __future__ import annotations

import dataclasses
import inspect
import io
import types
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from argument_worlds import (
    CODEC,
    FILE,
    FLOATS,
    GREY,
    RGB,
    From,
    World,
    attach,
    components_of,
    run_alone,
    run_in_layers,
    run_system,
)

import vaerans_ecs as ve
from vaerans_ecs import _core, components, errors, eval, functional, images, models, systems, viz
from vaerans_ecs.eval import metrics

CODES = {code for code, _, _ in _core.error_codes()}
STREAM = functional.rans_encode(GREY)
SYMBOLS, PARAMS = functional.quantize(FLOATS)

ODD: list[Any] = [
    None, True, False, "x", "", "\ud800", "a\0b", b"x", -1, 0, 1, 3, 2**31, 2**63, 2**70, -(2**70), 0.5, -1.5, 1e300,
    float("nan"), float("inf"), 1j, [], {}, (), [1, 2], ["x"], [None], {1: 2}, object(), Fraction(1, 3),
    np.uint8(3), np.int64(-1), np.float16(1), np.float64("nan"), np.bool_(True), np.str_("x"), np.datetime64("2020"),
    np.zeros(0), np.zeros((2, 0, 3), np.uint8), np.zeros((2, 2), np.complex64), np.zeros(3, bool),
    np.zeros((), np.int32),
    np.zeros((2, 2), object), np.zeros((2, 2), "U3"), np.zeros((4, 4), ">u2"), np.full((4, 4, 3), np.nan, np.float32),
    np.zeros((8, 8, 3), np.uint8)[::2], np.zeros((1, 1, 1, 1, 1)), lambda *_: None, int, Path("nowhere/at/all"),
    io.BytesIO(),
    range(3), memoryview(b"abc"), np.zeros((4, 4), "V4"), types.SimpleNamespace(), slice(1), Ellipsis,
]  # fmt: skip


def calls(tmp: Path) -> Iterator[tuple[str, Callable[..., Any], dict[str, Any]]]:
    """Callables with arguments that they take; each of these is replaced in turn."""
    yield "compress", ve.compress, {
        "img": RGB, "profile": "photo", "quality": 50, "lossless": False, "threads": 1, "model": None, "icc": None,
        "exif": None, "orientation": 1, "bits": None, "max_pixels": 100, "max_bytes": 1 << 30, "tile": 8,
        "max_error": 3,
    }  # fmt: skip
    yield "compress vae", lambda **given: ve.compress(RGB, "vae", **given), {"model": "pil", "engine": "native"}
    yield "compress in layers", lambda **given: ve.compress(RGB, "vae", **given), {"model": None, "fallback": False}
    for target, value in (("target_bytes", 1 << 20), ("target_psnr", 20.0)):
        yield f"compress to {target}", lambda **given: ve.compress(RGB, "vae", **given), {target: value}
    yield "decompress", ve.decompress, {
        "data": FILE, "threads": 1, "scale": 1, "region": (0, 0, 4, 4), "max_pixels": 100, "max_bytes": 1 << 30,
        "max_elements": 1000, "allow_truncated": False, "model": None, "providers": None, "item": None,
    }  # fmt: skip
    for learned in (None, "pil"):
        vae = ve.compress(RGB, "vae", model=learned, fallback=False)
        yield f"decompress vae of {learned}", partial(ve.decompress, vae), {"model": None, "providers": None}
    yield "info", ve.info, {"data": FILE, "max_pixels": 100, "max_elements": 100, "item": None}
    ve.imwrite(tmp / "a.vrn", RGB)
    yield "imread", ve.imread, {"path": tmp / "a.vrn", "threads": 1}
    yield "imwrite", ve.imwrite, {"path": tmp / "b.vrn", "img": RGB, "quality": 50, "bits": None, "lossless": False}
    yield "register_system", ve.register_system, {"number": 0x9123, "forward": Odd, "inverse": OddInverse}
    yield from functions()
    yield from of_worlds(tmp)
    yield from of_models(tmp)
    yield from of_images(tmp)
    yield from of_reports(tmp)
    for name in systems.native.__all__:
        cls = getattr(systems, name)
        given = {p.name: p.default for p in inspect.signature(cls).parameters.values()}
        if cls is systems.PredictEncode:
            given["model"] = CODEC.core.name_bytes
        yield f"systems.{name}", run_system(cls), given
        yield f"systems.{name}.run", run_alone(cls), {"world": None, "eids": [0]}
    for name in ("rd_curve", "band_histogram", "residual_map", "side_by_side", "trace"):
        call = getattr(viz, name)
        given = {"rd_curve": {"curves": [], "metric": "psnr", "photo": None, "log": True},
                 "band_histogram": {"picture": RGB, "decoded": RGB, "name": "x"},
                 "residual_map": {"original": RGB, "decoded": RGB, "gain": 2},
                 "side_by_side": {"pictures": [RGB]}, "trace": {"steps": []}}[name]  # fmt: skip
        yield f"viz.{name}", call, given


def of_reports(tmp: Path) -> Iterator[tuple[str, Callable[..., Any], dict[str, Any]]]:
    given = {
        "pipes": {"a": {}}, "photos": [RGB], "sweep": {"quality": [50]}, "out": None, "peers": (), "threads": 1,
        "title": "x", "anchor": "jpeg", "cache_dir": False, "progress": False, "embed_photos": 0, "embed_side": 8,
        "embed_bytes": 1000, "embed_bpp": (0.5,),
    }  # fmt: skip
    yield "eval.report", eval.report, given
    report = eval.report(**given)
    yield "Report.to_dict", report.to_dict, {"pictures": False}
    yield "Report.save", report.save, {"out": tmp / "r.html"}
    yield "eval.sweep_points", eval.sweep_points, {"sweep": {"quality": [1, 2]}}
    yield "sweep_points of", lambda axis: eval.sweep_points({"quality": axis}), {"axis": [1, 2]}
    yield "eval.available", eval.available, {"names": ["jpeg"]}
    yield "available of", lambda name: eval.available([name]), {"name": "jpeg"}
    yield "measure", metrics.measure, {"original": RGB, "decoded": RGB}
    yield "ms_ssim_scales", metrics.ms_ssim_scales, {"height": 200, "width": 100}


def functions() -> Iterator[tuple[str, Callable[..., Any], dict[str, Any]]]:
    out = np.empty_like(FLOATS)
    yield "hadamard", functional.hadamard, {"x": FLOATS, "inverse": False, "out": out, "size": 4}
    for name in ("wavelet", "inverse_wavelet"):
        given = {"x": FLOATS, "wavelet": "haar", "levels": 1, "out": out, "threads": 1}
        yield name, getattr(functional, name), given
    yield "quantize", functional.quantize, {"x": FLOATS, "bits": 8, "per": "tensor", "levels": 0, "out": SYMBOLS.copy()}
    yield "dequantize", functional.dequantize, {
        "symbols": SYMBOLS, "params": PARAMS, "per": "tensor", "levels": 0, "out": out,
    }  # fmt: skip
    yield (
        "dequantize params",
        lambda scale, zero, offset: functional.dequantize(SYMBOLS, components.QuantParams(scale, zero, offset)),
        {"scale": PARAMS.scale, "zero": PARAMS.zero, "offset": PARAMS.offset},
    )
    yield "rans_encode", functional.rans_encode, {"symbols": GREY, "setting": "fast", "coder": "rans"}
    yield "rans_decode", functional.rans_decode, {
        "data": STREAM, "out": GREY.copy(), "dtype": None, "coder": "rans", "max_elements": 100, "max_bytes": 1 << 20,
    }  # fmt: skip
    yield "rans_decode to a dtype", lambda dtype: functional.rans_decode(STREAM, dtype=dtype), {"dtype": "int32"}
    yield "gaussian_blur", functional.gaussian_blur, {"x": RGB, "sigma": 1.0, "out": RGB.copy(), "threads": 1}
    yield "psnr", functional.psnr, {"a": RGB, "b": RGB, "peak": 255}
    yield "ssim", functional.ssim, {"a": RGB, "b": RGB, "peak": 255, "threads": 1}
    yield "ms_ssim", functional.ms_ssim, {"a": RGB, "b": RGB, "scales": 1, "peak": 255, "threads": 1}
    curve = [(0.1 * i, 28.0 + i) for i in range(1, 9)]
    yield "bd_rate", functional.bd_rate, {"anchor": curve, "test": curve, "window": (27.0, 40.0)}
    yield "band_table", functional.band_table, {"height": 4, "width": 4, "levels": 1}


def of_worlds(tmp: Path) -> Iterator[tuple[str, Callable[..., Any], dict[str, Any]]]:
    yield "World", ve.World, {
        "arena_bytes": 1 << 16, "device": "cpu", "dtype": "float32", "threads": 1, "isa": None, "trace": True,
        "seed": 0, "keep_all": True, "batch": 1,
    }  # fmt: skip
    yield "Arena", ve.Arena, {"bytes": 1 << 16}

    def method(path: str, /, **given: Any) -> tuple[str, Callable[..., Any], dict[str, Any]]:
        owner, _, what = path.partition(".")

        def call(**changed: Any) -> None:
            w = World()
            filled = {k: v(w) if isinstance(v, From) else v for k, v in changed.items()}
            target: Any = {"world": w.world, "arena": w.world.arena, "pipe": w.pipe, "handle": w.handle,
                           "store": w.world.latent}[owner]  # fmt: skip
            positional = [filled.pop(k) for k in list(filled) if k.startswith("_")]
            getattr(target, what)(*positional, **filled)

        return path, call, given

    eid, ref, handle = From(lambda w: w.eid), From(lambda w: w.ref), From(lambda w: w.handle)
    latent = From(lambda w: w.world.latent[w.eid])
    yield method("world.store", key="Latent4")
    yield method("world.component", eid=eid, key="Latent4", step=None)
    yield method("world.attach", eid=eid, key="Latent4", component=latent)
    yield method("world.versions", eid=eid)
    yield method("world.spawn_image", image=RGB)
    yield method("world.spawn_batch_rgb", images=[RGB, RGB])
    yield method("world.spawn_files", paths=[tmp / "nothing.png"], progress=None, threads=1)
    yield method("world.spawn_bitstream", data=FILE, item=None, max_pixels=100, max_bytes=1 << 20, max_elements=1000)
    yield method("world.despawn", eid=eid)
    yield method("world.scratch", name="s", shape=(2, 3), dtype="int16")
    yield method("world.view", ref=ref)
    yield method("world.put", array=FLOATS)
    yield method("world.pipe", _0=eid)
    yield method("world.inputs", eid=eid)
    yield method("world.output_key", eid=eid)
    yield method("world.save_trace", path=tmp / "trace.json")
    yield method("arena.alloc_tensor", shape=(2, 3), dtype="uint8")
    yield method("arena.view", ref=ref)
    yield method("arena.subref_axis0", ref=ref, i=0)
    yield method("pipe.to", system=From(lambda w: systems.ANSDecode()), out=None)
    yield method("pipe.select", key="Latent4")
    yield method("pipe.use", key="Latent4")
    yield method("pipe.run", eids=From(lambda w: [w.eid]))
    yield method("pipe.out", key="Bitstream")
    yield method("handle.tobytes", _0=handle, icc=None, exif=None, orientation=None)
    yield method("handle.save", _0=tmp / "h.vrn", _1=handle, icc=None, exif=None, orientation=None)
    yield method("store.get", _0=eid)
    yield method("store.pop", _0=eid)
    yield method("store.__setitem__", _0=eid, _1=latent)
    yield method("store.__contains__", _0=eid)
    for cls in {type(c): c for c in components_of()}.values():
        name = type(cls).__name__
        given = {f.name: getattr(cls, f.name) for f in dataclasses.fields(cls) if f.name not in ("_home", "lineage")}
        yield f"components.{name}", attach(type(cls)), given


def of_models(tmp: Path) -> Iterator[tuple[str, Callable[..., Any], dict[str, Any]]]:
    yield "models.load", models.load, {"model": "pil", "providers": None, "session_options": None, "sha256": None}
    yield "models.load_by_sha256", models.load_by_sha256, {
        "sha256": models.load().sha256, "providers": None, "session_options": None,
    }  # fmt: skip
    yield "models.find_folder", models.find_folder, {"model": "x"}
    yield "models.read_spec", models.read_spec, {"folder": tmp}
    yield "models.remember", models.remember, {"model": models.load()}
    for name in ("OnnxVAEEncode", "OnnxVAEDecode", "PILVAEEncode", "PILVAEDecode"):
        yield name, getattr(systems, name), {
            "model": None, "providers": None, "session_options": None, "max_batch": 1, "name": None,
        }  # fmt: skip
    yield (
        "LayeredVAEEncode",
        lambda **given: run_in_layers(systems.LayeredVAEEncode(**given)),
        {"step": 9, "codec": None},
    )
    yield "LayeredVAEDecode", systems.LayeredVAEDecode, {"codec": None}
    for name in ("VAEEncode", "VAEDecode"):
        yield name, getattr(systems, name), {"model": None, "engine": "native"}
    yield "models.compile_model", models.compile_model, {"model": None, "folder": tmp / "compiled"}
    pil = models.load()
    latent = pil.encode(RGB)
    yield "PILVAE.encode", pil.encode, {"picture": RGB, "out": latent.copy()}
    yield "PILVAE.encode_batch", pil.encode_batch, {"images": [RGB], "out": latent[None].copy(), "scratch": None}
    yield "PILVAE.latent_shape", pil.latent_shape, {"height": 4, "width": 4}
    yield "PILVAE.decode", pil.decode, {"latents": latent, "shape": (8, 8), "dtype": np.uint8, "out": RGB.copy()}
    yield "PILVAE.decode_batch", pil.decode_batch, {
        "latents": latent[None], "shapes": (8, 8), "out": RGB[None].copy(), "dtype": np.uint8, "scratch": None,
    }  # fmt: skip
    yield "PILVAE.sample", pil.sample, {"height": 4, "width": 4, "seed": 0, "temperature": 1.0}
    yield "PILVAE.save", pil.save, {"path": tmp / "p.npz"}
    yield "PILVAE.load", ve.PILVAE.load, {"path": tmp / "p.npz"}
    yield "PILVAEDecoder.load", ve.PILVAEDecoder.load, {"path": tmp / "p.npz"}
    yield "PILVAE.fit", ve.PILVAE.fit, {
        "pictures": [np.zeros((24, 24, 3), np.uint8)], "patch": 2, "latent_channels": 4, "context": 1, "samples": 20,
        "encoder_slope": 0.8, "noise_step": 12.0, "ridge": 1e-6, "seed": 0,
    }  # fmt: skip
    yield "PILVAE.to_onnx", pil.to_onnx, {"folder": tmp / "onnx", "name": "pil"}


def of_images(tmp: Path) -> Iterator[tuple[str, Callable[..., Any], dict[str, Any]]]:
    picture = images.Picture(RGB)
    png = images.encode_picture(picture)
    yield "images.decode_picture", images.decode_picture, {"data": png}
    yield "images.encode_picture", images.encode_picture, {"picture": picture, "format": "jpeg", "quality": 50}
    yield "images.Picture", lambda **k: images.encode_picture(images.Picture(**k), "jpeg"), {
        "pixels": RGB, "icc": None, "exif": None, "orientation": 1,
    }  # fmt: skip
    yield "images.turn", images.turn, {"pixels": RGB, "orientation": 1}
    yield "images.format_of", images.format_of, {"path": "a.png"}
    yield "images.is_container", images.is_container, {"prefix": FILE[:16]}
    yield "images.read_picture", images.read_picture, {"path": tmp / "a.vrn", "threads": 1, "max_pixels": 100}
    yield "images.read_pictures", images.read_pictures, {"paths": [], "threads": 1, "progress": None}
    yield "images.write_picture", images.write_picture, {
        "path": tmp / "w.vrn", "picture": picture, "quality": 50, "overwrite": True, "lossless": False,
    }  # fmt: skip
    yield "images.pack", images.pack, {"picture": picture, "quality": 50, "profile": "photo"}
    yield "images.unpack", images.unpack, {
        "data": FILE, "threads": 1, "scale": 1.0, "allow_truncated": False, "model": None, "max_pixels": 100,
    }  # fmt: skip


class Runs(systems.System):
    def run(self, world: ve.World, eids: list[int]) -> None:
        raise NotImplementedError


class Odd(Runs):
    requires = ("Latent4",)
    produces = ("Odd",)


class OddInverse(Runs):
    requires = ("Odd",)
    produces = ("Latent4",)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VAERANS_OFFLINE", "1")
    monkeypatch.chdir(tmp_path)


def spoken(call: Callable[..., Any], given: dict[str, Any], what: str) -> str | None:
    """What is wrong with the way a call failed; None where it worked or failed as it should."""
    try:
        call(**given)
    except errors.VaeransError as error:
        good = error.code in CODES and not error.code.startswith("internal.") and len(error.message) > 8
        return None if good else f"{what}: {error}"
    except BaseException as error:
        return f"{what}: {type(error).__name__}: {error}"
    return None


@pytest.mark.filterwarnings("ignore")
def test_every_argument_in_every_wrong_way(tmp_path: Path) -> None:
    found = []
    for name, call, given in calls(tmp_path):
        right = spoken(call, given, f"{name} as it should be called")
        found += [right] if right else []
        for argument in given:
            for value in ODD:
                if argument == "progress" and value is int:
                    continue  # what a function of the caller's raises is the caller's
                text = f"{name}({argument}={value!r:.60})"
                found.append(spoken(call, {**given, argument: value}, text))
    wrong = [text for text in found if text]
    assert not wrong, f"{len(wrong)} of {len(found)}:\n" + "\n".join(wrong[:400])


def test_every_public_name_is_in_the_sweep(tmp_path: Path) -> None:
    swept = {name.rpartition(".")[2].split()[0] for name, _, _ in calls(tmp_path)}
    known = {
        # Modules, classes that only others make, and what takes no argument.
        *ve._MODULES, "Info", "Pipe", "Pipeline", "System", "TensorRef", "errors", "__version__", "register_pillow",
        "available_models", "model_dirs", "user_cache_dir", "clear_session_cache", "BUILT_IN", "ImageModel",
        "ModelSpec", "NativeModel",
        "OnnxModel", "FORMATS", "PILVAE", "PILVAEDecoder", "NativeSystem", "TensorType", "registered", "Component",
        "ComponentStore", "Step", "QuantParams", "PEERS", "BDRow", "Codec", "Curve", "CurvePoint", "Peer", "Report",
        "ReportData", "Row",
    }  # fmt: skip
    public = {*ve.__all__, *functional.__all__, *components.__all__, *systems.__all__, *models.__all__}
    public |= {*viz.__all__, *eval.__all__}
    assert public - swept - known == set()


@pytest.mark.parametrize("name", systems.native.__all__)
def test_a_native_system_called_in_a_wrong_shape_says_what_it_takes(name: str) -> None:
    cls = getattr(systems, name)
    for call in (lambda: cls(foo=1), lambda: cls(*range(20))):
        with pytest.raises(TypeError, match=rf"{name}\(\): .*; it takes .+"):
            call()
