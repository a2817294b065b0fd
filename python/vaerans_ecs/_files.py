"""Writing files so that nothing half-written is ever seen, and saying plainly what a file refused.

A file is written under a temporary name in the folder it will live in, brought to the disk, and renamed. On any error
(a full disk, Ctrl-C) the temporary file is removed and the file that stood there before stays as it was.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import sys
import threading
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from . import _arguments as arguments
from ._text import visible
from .errors import LimitError, UnavailableError

__all__ = [
    "FileError",
    "FileMissing",
    "FileThere",
    "file_errors",
    "read_bytes",
    "read_stream",
    "remove_temporaries",
    "write_atomic",
    "write_stream",
]

Path = str | os.PathLike[str]
Data = bytes | bytearray | memoryview

#: Only a killed process leaves a file of this name behind; it may be deleted.
TEMP_PREFIX, TEMP_SUFFIX = ".vaerans-", ".tmp"
#: Longer files are refused: a picture or container of this size is beyond every other limit.
MAX_FILE_BYTES = 4 << 30
_CHUNK, _READ = 1 << 20, 64 << 20
_live: set[str] = set()
_opening = threading.Lock()


class FileError(UnavailableError, OSError):
    """A file could not be read or written. It is an ``OSError`` too, with ``errno``, ``strerror`` and ``filename``."""

    def __reduce__(self) -> tuple[Any, ...]:
        state = {"errno": self.errno, "strerror": self.strerror, "filename": self.filename}
        return type(self), (self.code, self.message), state


class FileMissing(FileError, FileNotFoundError):
    """There is no such file or folder."""


class FileThere(FileError, FileExistsError):
    """The file is there already and was not to be overwritten."""


_NEXT_STEP = {
    errno.ENOSPC: ("unavailable.disk_full", "free some space or write to another disk"),
    getattr(errno, "EDQUOT", -1): ("unavailable.disk_full", "free some of your quota or write to another disk"),
    errno.ENOENT: ("unavailable.file", "check the path"),
    errno.EACCES: ("unavailable.file", "check the permissions of the file and its folder"),
    errno.EPERM: ("unavailable.file", "check the permissions of the file and its folder"),
    errno.EROFS: ("unavailable.file", "the disk is read-only, write to another"),
    errno.EEXIST: ("unavailable.file_exists", "choose another name or allow overwriting"),
}


def _shown(path: Path) -> str:
    """A path in a message: one that can be printed, whatever the name."""
    return visible(os.fsdecode(path))


def file_error(error: OSError, path: Path, doing: str) -> FileError:
    """The `FileError` of an ``OSError``: with its code, the file and the next step."""
    code, step = _NEXT_STEP.get(error.errno or 0, ("unavailable.file", "check the path and the disk"))
    kind = {errno.ENOENT: FileMissing, errno.EEXIST: FileThere}.get(error.errno or 0, FileError)
    reason = error.strerror or str(error) or type(error).__name__
    out = kind(code, f"{_shown(path)}: cannot {doing}: {reason}; {step}")
    out.errno, out.strerror, out.filename = error.errno, reason, os.fspath(path)
    return out


@contextlib.contextmanager
def file_errors(path: Path, doing: str) -> Iterator[None]:
    """Turns an ``OSError`` of the block into a `FileError` that names the file and the next step."""
    try:
        yield
    except FileError:
        raise
    except OSError as error:
        raise file_error(error, path, doing) from error


def read_bytes(path: Path, max_bytes: int | None = None) -> bytes:
    """The whole file. Raises `FileError` (`unavailable.file`), above ``max_bytes`` `LimitError` (`limit.file_size`)."""
    path = arguments.path("path", path)
    with file_errors(path, "read the file"), open(path, "rb") as file:
        before = os.fstat(file.fileno())
        data = read_stream(file, _shown(path), max_bytes)
        after = os.fstat(file.fileno())
    if stat.S_ISREG(after.st_mode) and (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise FileError("unavailable.file", f"{_shown(path)}: the file was changed while it was read; try again")
    return data


def read_stream(stream: BinaryIO, name: str = "standard input", max_bytes: int | None = None) -> bytes:
    """All that is left of a stream, refused above ``max_bytes`` (4 GiB without it) before more than that is held."""
    with contextlib.suppress(OSError, ValueError):  # a pipe states no size, a stream in memory has no number
        _check_size(os.fstat(stream.fileno()).st_size, name, max_bytes)
    pieces = []
    total = 0
    while piece := stream.read(_READ):
        pieces.append(piece)
        total += len(piece)
        _check_size(total, name, max_bytes)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _check_size(size: int, name: str, max_bytes: int | None) -> None:
    most, advice = (MAX_FILE_BYTES, "; split it") if max_bytes is None else (max_bytes, " (raise max_bytes)")
    if size > most:
        raise LimitError("limit.file_size", f"{name}: the file has {size} bytes or more; at most {most}{advice}")


def write_atomic(path: Path, data: Data | Iterable[Data], *, overwrite: bool = True) -> int:
    """Write ``data`` (bytes, or pieces of them) to ``path``: whole, or not at all. Gives the number of bytes.

    An existing file keeps its permissions; a link is followed. With ``overwrite=False`` an existing file is an error,
    even one that appears while this runs. What is no regular file (a device, a pipe) is written to directly: it cannot
    be renamed.

    Raises
    ------
    FileError
        `unavailable.disk_full`, `unavailable.file_exists` (`FileThere`), `unavailable.file`.
    """
    path = arguments.path("path", path)
    with file_errors(path, "write the file"):
        target = os.path.realpath(path)
        mode = _mode_of(target)
        if mode is not None and not overwrite:
            raise FileExistsError(errno.EEXIST, "it is there already")
        if mode is not None and stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        if mode is not None and not stat.S_ISREG(mode):
            with open(target, "wb", buffering=0) as device:
                return _write_all(device.fileno(), _pieces(data))
        return _write_regular(target, _pieces(data), overwrite, mode)


def write_stream(stream: BinaryIO, data: Data, name: str = "standard output") -> int:
    """Write ``data`` to an open stream, flushed. Raises `FileError`, except for a closed pipe (``BrokenPipeError``)."""
    try:
        with file_errors(name, "write"):
            stream.write(data)
            stream.flush()
    except FileError as error:
        if isinstance(error.__cause__, BrokenPipeError):
            raise error.__cause__ from None
        raise
    return memoryview(data).nbytes


def _mode_of(path: str) -> int | None:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


def _pieces(data: Data | Iterable[Data]) -> Iterable[Data]:
    return (data,) if isinstance(data, (bytes, bytearray, memoryview)) else data


def _write_regular(target: str, pieces: Iterable[Data], overwrite: bool, mode: int | None) -> int:
    folder = os.path.dirname(target)
    temp = os.path.join(folder, f"{TEMP_PREFIX}{secrets.token_hex(8)}{TEMP_SUFFIX}")
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    fd = -1
    try:
        with _opening:
            _live.add(temp)
            fd = os.open(temp, flags, 0o666)
        size = _write_all(fd, pieces)
        if mode is not None:
            # Not every file system has permissions; the contents matter more.
            with contextlib.suppress(OSError):
                os.chmod(temp, stat.S_IMODE(mode))
        os.fsync(fd)
        # Forgotten first: a close that fails has closed all the same, and the number may be another thread's by then.
        # Some file systems (NFS) report a full disk only here.
        closing, fd = fd, -1
        os.close(closing)
        _put(temp, target, overwrite)
    except BaseException:
        # BaseException: Ctrl-C must leave nothing behind either.
        if fd >= 0:
            with contextlib.suppress(OSError):
                os.close(fd)
        with contextlib.suppress(OSError):
            os.unlink(temp)
        raise
    finally:
        _live.discard(temp)
    _sync_folder(folder)
    return size


def remove_temporaries() -> None:
    """Delete the temporary files of writes still under way in other threads, for a process about to end at once.

    No thread opens a new one any more: it waits for a lock that is never given back.
    """
    _opening.acquire()
    for temp in list(_live):
        with contextlib.suppress(OSError):
            os.unlink(temp)


def _write_all(fd: int, pieces: Iterable[Data]) -> int:
    total = 0
    for piece in pieces:
        view = memoryview(piece).cast("B")
        while view:
            written = os.write(fd, view[:_CHUNK])
            if written == 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            total += written
            view = view[written:]
    return total


def _put(temp: str, target: str, overwrite: bool) -> None:
    if overwrite:
        os.replace(temp, target)
    elif sys.platform == "win32":
        os.rename(temp, target)  # refuses an existing target there
    else:
        _put_new(temp, target)


def _put_new(temp: str, target: str) -> None:
    """A hard link, unlike a rename, refuses an existing target."""
    try:
        os.link(temp, target)
    except OSError as error:
        no_links = error.errno in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
        if not no_links:
            raise
        # A file system without links (FAT): looking first is the best there is.
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "it is there already") from error
        os.rename(temp, target)
    else:
        os.unlink(temp)


def _sync_folder(folder: str) -> None:
    """The rename itself reaches the disk with its folder.

    Where a folder cannot be synced the file is written all the same.
    """
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        fd = os.open(folder or ".", os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
