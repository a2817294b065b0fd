"""Pictures for the command."""

from __future__ import annotations

import pytest
from outside import picture

import vaerans_ecs
from vaerans_ecs import images


@pytest.fixture
def folder(tmp_path):
    """Two pictures and the ``.vrn`` of one."""
    root = tmp_path / "in"
    root.mkdir()
    for name in ("a.png", "b.jpg"):
        images.write_picture(root / name, picture())
    (tmp_path / "a.vrn").write_bytes(vaerans_ecs.compress(picture().pixels))
    return root
