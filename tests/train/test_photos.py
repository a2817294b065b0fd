"""Which photos are trained on, the list of them, and the file that they are packed into."""

from __future__ import annotations

import csv
import tarfile

import numpy as np
import pytest
from tools.train import bundle, data, generated, manifest, pack, patterns, robustness
from tools.train.config import PRESETS, Config
from tools.train.run import Run

LEFT_OUT = ("mate", "plasma", "flowers", "jlopez")
LICENCES = {
    "cid22": "CC-BY-SA-4.0", "mate": "GPL-2+", "plasma": "CC0", "jlopez": "Unsplash",
    "flowers": "CC-BY-2.0 (as published; file not in mirror)", "gb82": "CC0-1.0",
}  # fmt: skip


def rows_of(count: int = 3) -> list[manifest.Row]:
    return [
        {"file": f"open/{name}_{i}.avif", "bytes": "2000", "kind": "whole", "set": name, "licence": licence,
         "attribution": "somebody", "source": "somewhere", "sha256": "0" * 64}
        for name, licence in LICENCES.items() for i in range(count)
    ]  # fmt: skip


def test_the_four_sets_are_left_out_by_default():
    assert PRESETS["full"].sets_left_out == PRESETS["smoke"].sets_left_out == LEFT_OUT
    kept = manifest.chosen(rows_of(), Config().sets_left_out)
    assert {row["set"] for row in kept} == {"cid22", "gb82"}


@pytest.mark.parametrize(
    "licence", ["GPL-2+", "LGPL-3", "", "  ", "CC-BY-2.0 (as published; file not in mirror)", "unknown"]
)
def test_a_licence_keeps_a_photo_out_whatever_its_set(licence):
    assert not manifest.is_allowed({"set": "fresh", "licence": licence}, LEFT_OUT)


def test_the_real_manifest_gives_the_sets_that_are_documented(shared):
    rows = manifest.read(shared / "data" / "train" / "manifest.tsv")
    kept = manifest.chosen(rows, Config().sets_left_out)
    assert not {row["set"] for row in kept} & set(LEFT_OUT)
    assert len(kept) == len([row for row in rows if row["set"] not in LEFT_OUT])
    assert not any("GPL" in row["licence"] for row in kept)


def test_fewer_photos_are_evenly_spaced():
    assert manifest.evenly(range(10), 5) == [0, 2, 4, 6, 8]
    assert manifest.evenly(range(3), 5) == [0, 1, 2]
    assert len(manifest.chosen(rows_of(10), LEFT_OUT, limit=7)) == 7


def test_the_list_names_licence_and_source_of_every_photo(tmp_path):
    kept = manifest.chosen(rows_of(), LEFT_OUT)
    manifest.write_list(tmp_path / "photos.tsv", kept)
    with open(tmp_path / "photos.tsv", encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file, delimiter="\t"))
    assert list(read[0]) == ["file", "set", "licence", "attribution", "source", "sha256"]
    assert [row["file"] for row in read] == [row["file"] for row in kept]
    assert all(row["licence"] and row["source"] for row in read)


def test_packed_photos_come_back(tmp_path):
    rng = np.random.default_rng(1)
    photos = [(f"p{i}", rng.integers(0, 256, (5 + i, 9 - i, 3), dtype=np.uint8)) for i in range(4)]
    assert pack.write(tmp_path, photos) == sum(p.shape[0] * p.shape[1] for _, p in photos)
    read = pack.read(tmp_path)
    assert read.names == [name for name, _ in photos]
    for i, (_, photo) in enumerate(photos):
        assert np.array_equal(read.photo(i), photo)


def test_what_is_no_photo_is_not_packed(tmp_path):
    with pytest.raises(ValueError, match="no RGB picture"):
        pack.write(tmp_path, [("grey", np.zeros((4, 4, 1), np.uint8))])


def test_a_pack_that_was_cut_short_is_refused(tmp_path):
    pack.write(tmp_path, [("a", np.zeros((4, 4, 3), np.uint8))])
    (tmp_path / pack.PIXELS).write_bytes(bytes(12))
    with pytest.raises(ValueError, match="pack the photos anew"):
        pack.read(tmp_path)


def test_photos_that_were_not_packed_are_asked_for(tmp_path):
    with pytest.raises(SystemExit, match="run the stage 'data'"):
        pack.read(tmp_path)


def test_synthetic_pictures_to_measure_on_are_no_crops():
    pytest.importorskip("PIL", reason="Pillow is not installed: it draws the letters")
    measured = robustness.pictures()
    assert {p.shape for p in measured.values()} == {(robustness.SIZE, robustness.SIZE, 3)}
    assert np.array_equal(measured["checkerboard of 1 pixel"][0, :3, 0], (0, 255, 0))
    assert robustness.psnr(measured["red"], measured["red"]) == 99


def test_without_photos_pictures_are_generated_where_that_is_asked_for(tmp_path):
    data.stage(Run(PRESETS["smoke"], tmp_path))
    packed = pack.read(tmp_path / "data")
    assert len(packed) == PRESETS["smoke"].generated_photos
    assert np.array_equal(packed.photo(3), generated.picture(3))
    with pytest.raises(SystemExit, match="--photos"):
        data.stage(Run(PRESETS["full"], tmp_path))


def test_a_photo_that_is_another_one_is_refused(tmp_path):
    (tmp_path / "a.png").write_bytes(b"not what the manifest names")
    with pytest.raises(SystemExit, match="sha256"):
        data.picture(tmp_path / "a.png", "0" * 64)


def test_a_bundle_keeps_within_its_size_and_leaves_out_what_training_does(tmp_path):
    source = tmp_path / "source"
    (source / "train" / "open").mkdir(parents=True)
    rows = rows_of(40)
    (source / "train" / "manifest.tsv").write_bytes(manifest.table(rows, list(rows[0])))
    for row in rows:
        (source / "train" / row["file"]).write_bytes(bytes(2000))
    run = Run(Config(), tmp_path / "work", source)
    bundle.write(run, tmp_path / "b.tar", 1.1, 0)
    assert (tmp_path / "b.tar").stat().st_size <= 1.1e6
    with tarfile.open(tmp_path / "b.tar") as tar:
        names = tar.getnames()
        kept = tar.extractfile("train/manifest.tsv").read().decode().splitlines()
    assert 10 < len(names) - 1 == len(kept) - 1 < 80
    assert not any(name in line for line in kept for name in LEFT_OUT)


def test_a_bundle_in_which_no_photo_fits_is_refused(tmp_path):
    source = tmp_path / "source"
    (source / "train").mkdir(parents=True)
    rows = rows_of()
    (source / "train" / "manifest.tsv").write_bytes(manifest.table(rows, list(rows[0])))
    with pytest.raises(SystemExit, match="none of 6 photos fits"):
        bundle.write(Run(Config(), tmp_path / "work", source), tmp_path / "b.tar", 0.5, 0)
    assert not (tmp_path / "b.tar").exists()


def test_patterns_are_the_same_for_the_same_seed():
    pytest.importorskip("PIL", reason="Pillow is not installed: it draws the letters")
    first, second = patterns.bank(14, 64, 3), patterns.bank(14, 64, 3)
    assert first.shape == (14, 64, 64, 3) and first.dtype == np.uint8
    assert np.array_equal(first, second) and not np.array_equal(first, patterns.bank(14, 64, 4))
