"""Where outputs go, and what goes into them."""

from __future__ import annotations

import json
import os

import numpy as np
from cli_stand_in import call, picture, tree

from vaerans_ecs import api, images


def test_one_file_to_a_name(photos, tmp_path):
    call("compress", photos / "a.jpg", "-o", tmp_path / "x.vrn")
    assert api.decompress((tmp_path / "x.vrn").read_bytes()).shape == (4, 6, 3)


def test_one_file_into_a_folder_that_is_there_and_one_that_is_named_with_a_slash(photos, tmp_path):
    (tmp_path / "there").mkdir()
    call("compress", photos / "a.jpg", "-o", tmp_path / "there")
    call("compress", photos / "a.jpg", "-o", f"{tmp_path}/new/")
    assert tree(tmp_path / "there") == tree(tmp_path / "new") == ["a.vrn"]


def test_a_folder_is_flat_unless_recursive(photos, tmp_path):
    call("compress", photos, "-o", tmp_path / "out")
    assert tree(tmp_path / "out") == ["a.vrn", "b.vrn", "c.vrn"]
    call("compress", "-r", photos, "-o", tmp_path / "all")
    assert tree(tmp_path / "all") == ["a.vrn", "b.vrn", "c.vrn", "sub/d.vrn", "sub/deep/e.vrn"]


def test_without_an_output_files_stand_beside_their_inputs(photos):
    call("compress", photos / "a.jpg", photos / "sub" / "d.webp")
    assert (photos / "a.vrn").exists() and (photos / "sub" / "d.vrn").exists()


def test_globs_are_expanded_here_and_keep_their_folders(photos, tmp_path):
    call("compress", photos / "*.[jP]*", "-o", tmp_path / "flat")
    assert tree(tmp_path / "flat") == ["a.vrn", "b.vrn"]
    call("compress", photos / "**" / "*.png", photos / "sub" / "*.webp", "-o", tmp_path / "deep")
    assert tree(tmp_path / "deep") == ["d.vrn", "sub/deep/e.vrn"]


def test_a_file_with_brackets_in_its_name_is_taken_as_it_is(photos, tmp_path):
    os.rename(photos / "a.jpg", photos / "[1] a*.jpg")
    call("compress", photos / "[1] a*.jpg", "-o", tmp_path / "out.vrn")
    assert (tmp_path / "out.vrn").exists()


def test_a_file_named_twice_is_done_once(photos, tmp_path):
    result = call("compress", photos, photos / "a.jpg", f"{photos}/../photos/a.jpg", "-o", tmp_path / "out", "--json")
    assert json.loads(result.stdout)["files"] == 3


def test_keep_suffix_and_back(photos, tmp_path):
    call("compress", photos, "-o", tmp_path / "v", "--keep-suffix")
    assert tree(tmp_path / "v") == ["a.jpg.vrn", "b.PNG.vrn", "c.tiff.vrn"]
    call("decompress", tmp_path / "v", "-o", tmp_path / "p", "-F", "tif")
    assert tree(tmp_path / "p") == ["a.tif", "b.tif", "c.tif"]
    call("decompress", tmp_path / "v", "-o", tmp_path / "q", "--keep-suffix")
    assert tree(tmp_path / "q") == ["a.jpg.png", "b.PNG.png", "c.tiff.png"]


def test_options_and_metadata_reach_the_codec(photos, tmp_path, monkeypatch):
    monkeypatch.setattr("vaerans_ecs.models.lookup.find_folder", lambda name: tmp_path)
    call("compress", photos / "a.jpg", "-o", tmp_path / "x.vrn", "-Q", "31", "-p", "vae", "-m", "taesd")
    about = api.info((tmp_path / "x.vrn").read_bytes())
    assert (about.quality, about.profile) == (31, "vae")
    assert (about.icc, about.exif, about.orientation) == (b"icc", b"exif", 6)
    call("decompress", tmp_path / "x.vrn", "-o", tmp_path / "x.tif")
    data = (tmp_path / "x.tif").read_bytes()
    assert data.endswith(b"tiff")
    back = images.decode_picture(data)
    assert np.array_equal(back.pixels, picture(0).pixels)
    assert (back.icc, back.exif, back.orientation) == (b"icc", b"exif", 6)


def test_lossless_and_threads(photos, tmp_path, monkeypatch):
    seen = []
    real = api.compress
    monkeypatch.setattr(api, "compress", lambda img, **kw: seen.append(kw) or real(img, **kw))
    call("compress", photos / "a.jpg", "-o", tmp_path / "1.vrn", "--lossless")
    assert seen[0]["lossless"] is True and seen[0]["threads"] is None
    call("compress", photos, "-o", tmp_path / "out", "-j", "3")
    assert all(kw["threads"] is not None and kw["lossless"] is False for kw in seen[1:])


def test_stdin_and_stdout(photos, tmp_path):
    data = (photos / "a.jpg").read_bytes()
    packed = call("compress", "-", input=data).stdout_bytes
    assert packed.startswith(b"FAKE")
    assert call("compress", photos / "a.jpg", "-o", "-").stdout_bytes == packed
    assert call("decompress", "-", "-o", "-", "-F", "webp", input=packed).stdout_bytes.endswith(b"webp")
    call("compress", "-", "-o", f"{tmp_path}/new/", input=data)
    assert tree(tmp_path / "new") == ["stdin.vrn"]


def test_upright_turns_the_samples(tmp_path, monkeypatch):
    wide = images.Picture(np.arange(6, dtype=np.uint8).reshape(2, 3), None, None, 6)
    (tmp_path / "w.vrn").write_bytes(images.pack(wide))
    call("decompress", tmp_path / "w.vrn", "-o", tmp_path / "w.png", "--upright")
    back = images.decode_picture((tmp_path / "w.png").read_bytes())
    assert back.orientation == 1 and back.pixels.tolist() == [[3, 0], [4, 1], [5, 2]]
