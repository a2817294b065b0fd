"""What SECURITY.md promises of writing: a random name, on the disk before the rename, the old file until then."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

import vaerans_ecs
from vaerans_ecs import PILVAE, _files
from vaerans_ecs._files import FileError, write_atomic
from vaerans_ecs.models import ModelSpec
from vaerans_ecs.models import spec as spec_module

NAME = re.compile(r"\.vaerans-[0-9a-f]{16}\.tmp")


@pytest.fixture
def calls(monkeypatch):
    """Names of opened temporary files with their flags, and the order of what reaches the disk."""
    opened: list[tuple[str, int]] = []
    order: list[str] = []
    real_open, real_fsync, real_replace = os.open, os.fsync, os.replace

    def spy_open(path, flags, *rest):
        if str(path).endswith(".tmp"):
            opened.append((os.fspath(path), flags))
        return real_open(path, flags, *rest)

    def spy_fsync(fd):
        order.append("sync")
        real_fsync(fd)

    def spy_replace(source, target):
        order.append("rename")
        real_replace(source, target)

    monkeypatch.setattr(_files.os, "open", spy_open)
    monkeypatch.setattr(_files.os, "fsync", spy_fsync)
    monkeypatch.setattr(_files.os, "replace", spy_replace)
    return opened, order


def save_model(folder: Path) -> None:
    spec = ModelSpec(name="m", downscale=8, latent_channels=4)
    spec_module.write_model_folder(folder, spec, b"encoder", b"decoder")


def save_pil(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    PILVAE.load(Path(vaerans_ecs.__file__).parent / "data/pil.npz").save(folder / "pil.npz")


def save_bytes(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    write_atomic(folder / "a", b"1")


@pytest.mark.parametrize(("save", "files"), [(save_bytes, 1), (save_pil, 1), (save_model, 3)])
def test_temporary_names_cannot_be_guessed_and_are_made_exclusively(tmp_path, calls, save, files):
    opened, _ = calls
    for _ in range(4):
        save(tmp_path / "there")
    names = [Path(path).name for path, _ in opened]
    assert len(names) == 4 * files == len(set(names))
    assert all(NAME.fullmatch(name) for name in names)
    assert {Path(path).parent for path, _ in opened} == {tmp_path / "there"}
    assert all(flags & os.O_EXCL and flags & os.O_CREAT for _, flags in opened)


def test_the_random_part_is_asked_of_the_system(tmp_path, monkeypatch, calls):
    opened, _ = calls
    asked: list[int] = []

    def token(n):
        asked.append(n)
        return "0123456789abcdef"

    monkeypatch.setattr(_files.secrets, "token_hex", token)
    save_model(tmp_path / "m")
    assert asked == [8, 8, 8]
    assert {Path(path).name for path, _ in opened} == {".vaerans-0123456789abcdef.tmp"}


@pytest.mark.parametrize(("save", "files"), [(save_bytes, 1), (save_pil, 1), (save_model, 3)])
def test_the_content_is_on_the_disk_before_the_name_is(tmp_path, calls, save, files):
    _, order = calls
    save(tmp_path / "there")
    # File, rename, folder (no folder can be synced on Windows).
    one = ["sync", "rename"] if os.name == "nt" else ["sync", "rename", "sync"]
    assert order == one * files


@pytest.mark.parametrize("call", ["open", "write", "fsync", "close", "replace"])
@pytest.mark.parametrize("save", [save_bytes, save_pil, save_model])
def test_a_failure_leaves_the_old_files_as_they_were(tmp_path, monkeypatch, save, call):
    folder = tmp_path / "there"
    save(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    model = PILVAE.load(Path(vaerans_ecs.__file__).parent / "data/pil.npz")
    monkeypatch.setattr(PILVAE, "load", lambda _path: model)

    def fail(*_args):
        raise OSError(errno.EIO, "the disk is broken")

    monkeypatch.setattr(_files.os, call, fail)
    with pytest.raises(FileError) as caught:
        save(folder)
    monkeypatch.undo()
    assert caught.value.code == "unavailable.file"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_nothing_else_in_the_package_renames_a_file_into_place():
    package = Path(vaerans_ecs.__file__).parent
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if re.search(r"os\.replace|\.write_bytes\(|\.write_text\(|getpid", path.read_text(encoding="utf-8"))
    }
    assert found == {"_files.py"}
