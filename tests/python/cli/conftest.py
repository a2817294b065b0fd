"""The command with a stand-in for the codec, and pictures for it."""

from __future__ import annotations

import cli_stand_in
import pytest
from cli_stand_in import FAKE, picture

from vaerans_ecs import images


@pytest.fixture(autouse=True)
def fake(monkeypatch):
    space: dict = {"__name__": cli_stand_in.__name__}
    exec(FAKE, space)
    monkeypatch.setitem(vars(cli_stand_in), "Info", space["Info"])  # for pickle
    space["install"](lambda owner, name, value: monkeypatch.setitem(owner.__dict__, name, value))
    return space


@pytest.fixture
def photos(tmp_path):
    """A folder of five pictures, two of them a folder deeper, and things that are no pictures."""
    root = tmp_path / "photos"
    (root / "sub" / "deep").mkdir(parents=True)
    for index, name in enumerate(["a.jpg", "b.PNG", "c.tiff", "sub/d.webp", "sub/deep/e.png"]):
        (root / name).write_bytes(images.encode_picture(picture(index)))
    (root / "notes.txt").write_text("no picture")
    (root / ".hidden.jpg").write_bytes(b"hidden")
    return root
