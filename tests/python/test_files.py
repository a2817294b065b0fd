"""Writing files: whole or not at all, whatever happens on the way."""

from __future__ import annotations

import errno
import io
import os
import pickle
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from vaerans_ecs import _files
from vaerans_ecs._files import FileError, FileMissing, FileThere, read_bytes, read_stream, write_atomic, write_stream
from vaerans_ecs.errors import LimitError, UnavailableError

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX file system")


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


@pytest.mark.parametrize("data", [b"", b"x", bytes(range(256)) * 9000, bytearray(b"abc"), memoryview(b"abcd")[1:]])
def test_writes_and_reads_back(tmp_path, data):
    path = tmp_path / "a.vrn"
    assert write_atomic(path, data) == len(data)
    assert read_bytes(path) == bytes(data)
    assert names(tmp_path) == ["a.vrn"]


def test_pieces_are_joined_and_counted(tmp_path):
    assert write_atomic(tmp_path / "a", (bytes([i]) * i for i in range(4))) == 6
    assert read_bytes(tmp_path / "a") == b"\1\2\2\3\3\3"


def test_a_wide_memoryview_counts_bytes(tmp_path):
    assert write_atomic(tmp_path / "a", memoryview(b"12345678").cast("I")) == 8
    assert read_bytes(tmp_path / "a") == b"12345678"


def test_short_writes_go_on(tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr(_files.os, "write", lambda fd, data: real(fd, bytes(data)[:7]))
    write_atomic(tmp_path / "a", bytes(range(100)))
    assert read_bytes(tmp_path / "a") == bytes(range(100))


@posix
def test_an_existing_file_keeps_its_permissions_and_a_new_one_follows_the_umask(tmp_path):
    old = tmp_path / "old"
    old.write_bytes(b"1")
    old.chmod(0o640)
    write_atomic(old, b"2")
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    before = os.umask(0o027)
    try:
        write_atomic(tmp_path / "new", b"2")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


@posix
def test_a_link_is_followed_not_replaced(tmp_path):
    (tmp_path / "real").write_bytes(b"1")
    (tmp_path / "link").symlink_to("real")
    write_atomic(tmp_path / "link", b"2")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"2"


def test_without_overwrite_the_old_file_stays(tmp_path):
    path = tmp_path / "a"
    write_atomic(path, b"1", overwrite=False)
    with pytest.raises(FileThere) as caught:
        write_atomic(path, b"2", overwrite=False)
    assert caught.value.code == "unavailable.file_exists"
    assert caught.value.errno == errno.EEXIST
    assert isinstance(caught.value, FileExistsError)
    assert path.read_bytes() == b"1"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path, monkeypatch, links):
    path = tmp_path / "a"
    real = os.fsync

    def someone_else_writes(fd):
        real(fd)
        if not path.exists():
            path.write_bytes(b"theirs")

    def no_links(*_args):
        raise OSError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(_files.os, "fsync", someone_else_writes)
    if not links:
        monkeypatch.setattr(_files.os, "link", no_links)
    with pytest.raises(FileThere):
        write_atomic(path, b"ours", overwrite=False)
    assert path.read_bytes() == b"theirs"
    assert names(tmp_path) == ["a"]


@posix
def test_without_hard_links_a_new_file_is_renamed(tmp_path, monkeypatch):
    def no_links(*_args):
        raise OSError(errno.ENOTSUP, "no hard links here")

    monkeypatch.setattr(_files.os, "link", no_links)
    write_atomic(tmp_path / "a", b"1", overwrite=False)
    assert read_bytes(tmp_path / "a") == b"1"
    assert names(tmp_path) == ["a"]


def disk_full_after(monkeypatch, count):
    """os.write that takes ``count`` bytes in all, as a disk with that much room does."""
    real, left = os.write, [count]

    def write(fd, data):
        if left[0] == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = real(fd, bytes(data)[: left[0]])
        left[0] -= taken
        return taken

    monkeypatch.setattr(_files.os, "write", write)


@pytest.mark.parametrize("room", [0, 1, 5000])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, room):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    disk_full_after(monkeypatch, room)
    with pytest.raises(FileError) as caught:
        write_atomic(path, bytes(10_000))
    assert caught.value.code == "unavailable.disk_full"
    assert caught.value.errno == errno.ENOSPC
    assert "free some space" in str(caught.value) and str(path) in str(caught.value)
    assert isinstance(caught.value, UnavailableError) and isinstance(caught.value, OSError)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("call", ["fsync", "close", "replace"])
def test_a_disk_that_fails_late_leaves_nothing(tmp_path, monkeypatch, call):
    def fail(*_args):
        raise OSError(errno.EIO, "the disk is broken")

    monkeypatch.setattr(_files.os, call, fail)
    with pytest.raises(FileError) as caught:
        write_atomic(tmp_path / "a", b"1")
    monkeypatch.undo()
    assert caught.value.code == "unavailable.file"
    assert names(tmp_path) == []


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_ctrl_c_leaves_nothing(tmp_path, monkeypatch, call):
    def interrupt(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(_files.os, call, interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(tmp_path / "a", b"1")
    monkeypatch.undo()
    assert names(tmp_path) == []


def test_pieces_that_fail_leave_nothing(tmp_path):
    def pieces():
        yield b"1"
        raise ValueError("the encoder gave up")

    with pytest.raises(ValueError):
        write_atomic(tmp_path / "a", pieces())
    assert names(tmp_path) == []


@posix
def test_a_real_ctrl_c_leaves_nothing(tmp_path):
    code = (
        "import sys, time; from vaerans_ecs._files import write_atomic\n"
        "def slowly():\n"
        "    yield b'1'; print('writing', flush=True); time.sleep(60)\n"
        "write_atomic(sys.argv[1], slowly())\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "a")]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert child.stdout is not None
    assert child.stdout.readline() == b"writing\n"
    assert len(names(tmp_path)) == 1
    child.send_signal(signal.SIGINT)
    assert child.wait(20) != 0
    child.stdout.close()
    assert names(tmp_path) == []


@posix
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_device_is_written_to_and_stays_a_device():
    with pytest.raises(FileError) as caught:
        write_atomic("/dev/full", b"1")
    assert caught.value.code == "unavailable.disk_full"
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)
    assert write_atomic("/dev/null", b"123") == 3
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@posix
def test_a_pipe_is_written_to(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_atomic(pipe, b"through")
    reader.join(20)
    assert got == [b"through"]


@posix
def test_a_really_full_disk(tmp_path):
    """A file system of 64 KiB, where mounting one is allowed."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mount, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("mounting a tmpfs is not allowed here")
    try:
        write_atomic(disk / "a", b"small")
        with pytest.raises(FileError) as caught:
            write_atomic(disk / "a", bytes(1 << 20))
        assert caught.value.code == "unavailable.disk_full"
        assert read_bytes(disk / "a") == b"small"
        assert names(disk) == ["a"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_missing_folder_missing_file_and_folder_are_named(tmp_path):
    with pytest.raises(FileMissing) as caught:
        write_atomic(tmp_path / "no" / "a", b"")
    assert caught.value.code == "unavailable.file"
    with pytest.raises(FileNotFoundError):
        read_bytes(tmp_path / "no")
    with pytest.raises(FileError):
        write_atomic(tmp_path, b"")
    with pytest.raises(FileError) as caught:
        read_bytes(tmp_path)
    assert str(tmp_path) in str(caught.value)


def test_a_stream_that_fails(tmp_path):
    class Full(io.BytesIO):
        def write(self, _data):
            raise OSError(errno.ENOSPC, "full")

    class Closed(io.BytesIO):
        def write(self, _data):
            raise BrokenPipeError(errno.EPIPE, "gone")

    with pytest.raises(FileError) as caught:
        write_stream(Full(), b"1")
    assert caught.value.code == "unavailable.disk_full"
    with pytest.raises(BrokenPipeError):
        write_stream(Closed(), b"1")
    out = io.BytesIO()
    assert write_stream(out, b"123") == 3 and out.getvalue() == b"123"


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path):
    path = tmp_path / "a"
    with open(path, "wb") as file:
        file.truncate(1 << 40)  # a hole: no disk is used, but reading it would never end
    with pytest.raises(LimitError) as caught:
        read_bytes(path)
    assert caught.value.code == "limit.file_size" and isinstance(caught.value, MemoryError)
    with pytest.raises(LimitError):
        read_stream(io.BytesIO(b"12345"), max_bytes=4)
    assert read_stream(io.BytesIO(b"1234"), max_bytes=4) == b"1234"


@pytest.mark.skipif(sys.platform == "win32", reason="names that are no text are POSIX's")
def test_an_error_can_be_printed_whatever_the_name(tmp_path):
    path = tmp_path / os.fsdecode(b"a\xff\n\x1b")
    with pytest.raises(FileError) as caught:
        read_bytes(path)
    assert str(caught.value).isprintable() and caught.value.filename == str(path)
    assert isinstance(caught.value, FileNotFoundError) and str(caught.value).encode()
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.filename, again.errno, str(again)) == (str(path), caught.value.errno, str(caught.value))


def test_a_file_that_is_changed_while_it_is_read_is_told(tmp_path, monkeypatch):
    (tmp_path / "x").write_bytes(b"abc")

    def read_stream(stream, *_):
        data = stream.read()
        (tmp_path / "x").write_bytes(b"more than there was")
        return data

    monkeypatch.setattr(_files, "read_stream", read_stream)
    with pytest.raises(FileError, match="changed"):
        read_bytes(tmp_path / "x")
