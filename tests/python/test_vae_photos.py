"""The photos behind the learned codec that ships are listed, in NOTICE and in the model card too."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

import vaerans_ecs
from vaerans_ecs.models import native

DATA = Path(vaerans_ecs.__file__).parent / "data"
ROOT = Path(__file__).resolve().parents[2]
CARD = (ROOT / "docs/models/vae1.md").read_text("utf-8")


@pytest.fixture(scope="module")
def photos() -> list[dict[str, str]]:
    with open(DATA / "vae_photos.tsv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def of(photos: list[dict[str, str]], use: str) -> Counter[str]:
    return Counter(p["set"] for p in photos if use in p["used_for"])


def test_the_list_is_whole(photos):
    assert len({p["file"] for p in photos}) == len(photos) == 707
    assert all(p["licence"] and p["source"] and len(p["sha256"]) == 64 for p in photos)
    assert of(photos, "networks").total() == 686 and of(photos, "second layer and tables").total() == 56


def test_attributions_that_a_licence_asks_for_are_there(photos):
    lacking = {p["set"] for p in photos if "BY" in p["licence"] and not p["attribution"]}
    assert lacking == {"cid22"}  # attributed as a collection, in NOTICE
    assert "CID22 by Cloudinary" in (ROOT / "NOTICE").read_text("utf-8")


def test_notice_has_every_set(photos):
    lines = (ROOT / "NOTICE").read_text("utf-8").partition("vae1")[2].splitlines()
    starts = {tuple(line.split()[:2]) for line in lines}
    assert {(name, str(count)) for name, count in Counter(p["set"] for p in photos).items()} <= starts


def test_the_card_has_every_set(photos):
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in CARD.splitlines() if line.startswith("| ")]
    counts = {row[0]: int(row[1]) for row in rows if len(row) == 4 and row[1].isdigit()}
    assert counts == of(photos, "networks")


def test_the_card_is_of_the_model_that_ships():
    assert native.layered().core.name == native.LAYERED == "vae1"
    folder = DATA / "vae"
    sizes = {f"{p.name}/": sum(f.stat().st_size for f in p.iterdir()) for p in folder.iterdir() if p.is_dir()}
    sizes |= {p.name: p.stat().st_size for p in folder.glob("*.bin")}
    for name, size in sizes.items():
        assert f"| `{name}` | {size:,} |" in CARD, name
