"""WebAssembly modules as lists of sections: enough to put a network into one, and to take it out."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import ModelError

#: Custom sections that hold a network.
PLAN_SECTION, WEIGHTS_SECTION = "vaerans.plan", "vaerans.weights"
_MAGIC = b"\0asm\x01\0\0\0"


def with_sections(module: bytes, sections: dict[str, bytes], name: str = "the module") -> bytes:
    """The module with these custom sections behind all others, in place of those of the same names.

    Raises
    ------
    ModelError
        ``model.invalid``: no WebAssembly module.
    """
    parts = [_MAGIC]
    for number, title, start, end, _ in _sections(module, name):
        if number != 0 or title not in sections:
            parts.append(module[start:end])
    for title, data in sections.items():
        text = title.encode()
        parts += [b"\0", _number(len(_number(len(text))) + len(text) + len(data)), _number(len(text)), text, data]
    return b"".join(parts)


def custom_sections(module: bytes, name: str = "the module") -> dict[str, bytes]:
    """Custom sections by name.

    Raises
    ------
    ModelError
        ``model.invalid``.
    """
    found = _sections(module, name)
    return {title: module[data:end] for number, title, _, end, data in found if number == 0}


def _sections(module: bytes, name: str) -> Iterator[tuple[int, str, int, int, int]]:
    """Number, name of a custom one, first byte, last, first byte of its data."""
    if module[: len(_MAGIC)] != _MAGIC:
        raise ModelError("model.invalid", f"{name} is no WebAssembly module of version 1")
    at = len(_MAGIC)
    while at < len(module):
        start, number = at, module[at]
        size, at = _read(module, at + 1, name)
        end = at + size
        if end > len(module):
            raise ModelError("model.invalid", f"{name}: section {number} ends behind the file: it is cut off")
        title = ""
        if number == 0:
            length, at = _read(module, at, name)
            if at + length > end:
                raise ModelError("model.invalid", f"{name}: the name of a section ends behind it")
            title, at = module[at : at + length].decode("utf-8", "replace"), at + length
        yield number, title, start, end, at
        at = end


def _read(module: bytes, at: int, name: str) -> tuple[int, int]:
    """An unsigned LEB128 number of 32 bits, and where it ends."""
    value = 0
    for shift in range(0, 35, 7):
        if at >= len(module):
            break
        byte = module[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ModelError("model.invalid", f"{name}: a number of a section is cut off or too long")


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
