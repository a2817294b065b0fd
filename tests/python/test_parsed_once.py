"""A file's header is parsed once, whichever way the file is read."""

from __future__ import annotations

import numpy as np
import pytest
from typer.testing import CliRunner

import vaerans_ecs
from vaerans_ecs import World, _core, images
from vaerans_ecs.cli.app import app


def command(*arguments):
    done = CliRunner().invoke(app, [str(a) for a in arguments])
    assert done.exit_code == 0, done.output


def pillow(path, use):
    image = pytest.importorskip("PIL.Image")
    vaerans_ecs.register_pillow()
    with image.open(path) as opened:
        use(opened)


READERS = {
    "Pillow's load": lambda path: pillow(path, lambda image: image.load()),
    "Pillow's thumbnail": lambda path: pillow(path, lambda image: image.thumbnail((10, 10))),
    "Pillow's verify": lambda path: pillow(path, lambda image: image.verify()),
    "decompress": lambda path: vaerans_ecs.decompress(path.read_bytes()),
    "info": lambda path: vaerans_ecs.info(path.read_bytes()),
    "imread": lambda path: vaerans_ecs.imread(path),
    "read_picture": lambda path: images.read_picture(path),
    "spawn_bitstream": lambda path: World().spawn_bitstream(path.read_bytes()),
    "vaerans decompress": lambda path: command("decompress", path, "--upright"),
    "vaerans info": lambda path: command("info", path),
}


@pytest.mark.parametrize("name", READERS)
def test_a_header_is_parsed_once(name, tmp_path, monkeypatch):
    picture = images.Picture(np.full((20, 30, 3), 77, np.uint8), orientation=6)
    images.write_picture(tmp_path / "x.vrn", picture)
    parsed, opened = [], _core.Opened

    def counting(*arguments, **options):
        parsed.append(name)
        return opened(*arguments, **options)

    monkeypatch.setattr(_core, "Opened", counting)
    READERS[name](tmp_path / "x.vrn")
    assert parsed == [name]
