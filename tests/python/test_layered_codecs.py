"""Codecs in layers of one's own: folders, how files find them, what is missing or does not belong together."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

import vaerans_ecs as ve
from vaerans_ecs import World
from vaerans_ecs.errors import DataError, ModelError, ParamError, PipeError, VaeransError
from vaerans_ecs.models import cache, layered, native
from vaerans_ecs.systems import LayeredVAEDecode, LayeredVAEEncode, PredictEncode

pytest.importorskip("onnx", reason="the tests make tiny ONNX models")

from layered_toy import analysis, codec, synthesis, tables


@pytest.fixture(scope="module")
def toy() -> layered.LayeredCodec:
    return codec()


@pytest.fixture(autouse=True)
def no_other_models(tmp_path, monkeypatch):
    monkeypatch.setenv("VAERANS_MODEL_DIR", str(tmp_path / "models"))
    cache.forget()


@pytest.fixture
def img() -> np.ndarray:
    y, x, c = np.mgrid[:70, :90, :3]
    return (120 + 60 * np.sin(x / 9 + c) + 50 * np.cos(y / 7)).astype(np.uint8)


def code_of(work) -> str:
    with pytest.raises(VaeransError) as error:
        work()
    return error.value.code


def test_a_codec_is_given_as_an_object_a_path_and_a_name(toy, tmp_path, img):
    folder = tmp_path / "models" / "mine"
    layered.write_folder(folder, toy)
    file = ve.compress(img, "vae", model=toy, fallback=False)
    assert ve.compress(img, "vae", model=folder, fallback=False) == file
    assert ve.compress(img, "vae", model="mine", fallback=False) == file
    assert toy.core.name == "toy" and toy.core.steps == (57, 25) and toy.core.encodes
    whole = ve.decompress(file)
    cache.forget()
    shutil.move(folder, tmp_path / "elsewhere")
    assert code_of(lambda: ve.decompress(file)) == "model.not_found"
    for model in (toy, tmp_path / "elsewhere"):
        assert np.array_equal(ve.decompress(file, model=model), whole)
    assert np.array_equal(ve.decompress(file), whole), "this process has it"
    exact = ve.compress(img, "vae", model=toy, lossless=True)
    assert np.array_equal(ve.decompress(exact, model=toy), img)


def test_a_codec_that_is_nowhere_is_named(toy, tmp_path, img):
    file = ve.compress(img, "vae", model=toy, fallback=False)
    with pytest.raises(ModelError) as error:
        ve.decompress(file)
    text = error.value.message
    assert error.value.code == "model.not_found"
    assert "'toy'" in text and toy.core.name_bytes.hex() in text and str(tmp_path / "models") in text
    # Another codec does not stand in.
    other = codec("other", analysis(gain=49.0))
    assert other.core.sha256 != toy.core.sha256
    assert code_of(lambda: ve.decompress(file, model=other)) == "model.checksum"
    assert code_of(lambda: ve.compress(img, "vae", model="no-such-codec")) == "model.not_found"


def test_a_reader_needs_no_encoder_and_a_reader_of_the_base_no_second_layer(toy, tmp_path, img):
    folder = tmp_path / "models" / "mine"
    layered.write_folder(folder, toy)
    base, fine = (ve.compress(img, "vae", model=toy, quality=quality, fallback=False) for quality in (0, 100))
    expected = ve.decompress(base, model=toy), ve.decompress(fine, model=toy)
    for part in ("encoder", "analysis"):
        shutil.rmtree(folder / part)
    cache.forget()
    assert np.array_equal(ve.decompress(base), expected[0]) and np.array_equal(ve.decompress(fine), expected[1])
    assert code_of(lambda: ve.compress(img, "vae", model=folder)) == "model.missing_file"
    shutil.rmtree(folder / "enhancement")
    cache.forget()
    assert np.array_equal(ve.decompress(base), expected[0])
    assert code_of(lambda: ve.decompress(fine)) == "model.missing_file"
    shutil.rmtree(folder / "decoder")
    cache.forget()
    assert code_of(lambda: native.layered(folder)) == "model.missing_file"


def test_files_that_do_not_belong_together_are_refused(toy, tmp_path):
    folder = tmp_path / "mine"
    layered.write_folder(folder, toy)
    (folder / "predictor.bin").write_bytes(native.layered().predictor)
    assert code_of(lambda: native.layered(folder)) == "model.checksum"
    (folder / "predictor.bin").write_bytes(toy.predictor[:-1])
    assert code_of(lambda: native.layered(folder)) == "model.invalid"
    (folder / "predictor.bin").write_bytes(toy.predictor)
    (folder / "head.bin").write_bytes(toy.head[:20])
    assert code_of(lambda: native.layered(folder)) == "model.invalid"


def test_packing_changes_no_model_of_the_caller():
    networks = layered.Networks(analysis(), synthesis(0), analysis(1), synthesis(1))
    before = {name: model.SerializeToString() for name, model in networks.named().items()}
    first, again = (layered.pack(networks, tables(), name="toy") for _ in range(2))
    assert {name: model.SerializeToString() for name, model in networks.named().items()} == before
    assert (first.head, first.parts) == (again.head, again.parts)


def test_a_network_of_two_inputs_or_outputs_is_refused():
    for ports in ("input", "output"):
        decoder = synthesis(0)
        getattr(decoder.graph, ports).add().CopyFrom(getattr(decoder.graph, ports)[0])
        getattr(decoder.graph, ports)[1].name = "other"
        networks = layered.Networks(analysis(), decoder, analysis(1), synthesis(1))
        with pytest.raises(ModelError, match=r"decoder: .*'other'") as error:
            layered.pack(networks, tables(), name="toy")
        assert error.value.code == "model.shape"


def test_the_folder_that_a_file_names_says_what_is_wrong_with_it(toy, tmp_path, img):
    file = ve.compress(img, "vae", model=toy, fallback=False)
    for folder in ("broken", "whole"):
        layered.write_folder(tmp_path / "models" / folder, toy)
    (tmp_path / "models" / "broken" / "predictor.bin").write_bytes(toy.predictor[:-1])
    assert np.array_equal(ve.decompress(file), ve.decompress(file, model=toy)), "another folder has it"
    cache.forget()
    shutil.rmtree(tmp_path / "models" / "whole")
    with pytest.raises(ModelError, match="'toy'") as error:
        ve.decompress(file)
    assert error.value.code == "model.invalid"


def test_folders_of_other_codecs_are_not_loaded(toy, tmp_path, img, monkeypatch):
    file = ve.compress(img, "vae", model=toy, fallback=False)
    layered.write_folder(tmp_path / "models" / "other", codec("other"))
    layered.write_folder(tmp_path / "models" / "toy", toy)
    loaded = []

    def read(folder):
        loaded.append(folder.name)
        return layered.read_folder(folder)

    monkeypatch.setattr(native, "read_layered", read)
    ve.decompress(file)
    assert loaded == ["toy"]


def test_an_encoder_that_makes_no_numbers_is_an_error(img):
    with pytest.raises(DataError) as error:
        ve.compress(img, "vae", model=codec("none", analysis(gain=float("nan"))), fallback=False)
    assert error.value.code == "data.not_finite"


def test_steps_of_a_pipe_find_the_codec(toy, img):
    world = World(64 << 20)
    integers = world.pipe(world.spawn_image(img)) | LayeredVAEEncode(40, toy)
    coded = integers.fork() | PredictEncode(model=toy.core.name_bytes, step=40)
    file = coded.out("Bitstream").tobytes()
    back = (coded | PredictEncode.inverse() | LayeredVAEDecode()).out("ReconRGB").numpy()
    assert np.array_equal(ve.decompress(file, model=toy), back) and back.shape == img.shape
    assert "LayeredVAEEncode(step=40, codec='toy')" in repr(LayeredVAEEncode(40, toy))
    with pytest.raises(PipeError) as error:
        (integers | LayeredVAEDecode(native.layered())).run()
    assert error.value.code == "pipe.wrong_inverse"
    with pytest.raises(ParamError):
        (world.pipe(world.spawn_image(img)) | LayeredVAEEncode(57, toy)).run()
