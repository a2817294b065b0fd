"""Picture files made byte by byte, of kinds that encoders at hand do not write."""

import struct
import zlib
from math import ceil

import numpy as np


def _segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


class _Bits:
    """Entropy-coded bytes: 0 behind each 0xff, filled up with ones."""

    def __init__(self):
        self.text = []

    def bytes(self) -> bytes:
        text = "".join(self.text)
        text += "1" * (-len(text) % 8)
        return bytes(int(text[i : i + 8], 2) for i in range(0, len(text), 8)).replace(b"\xff", b"\xff\0")


def jpeg(width, height, factors, scans, ids=None, extra=b"", restart=0, seed=1) -> bytes:
    """A baseline JPEG of flat blocks of any level: ``factors`` (across, down) and ``scans`` lists of components."""
    rng = np.random.default_rng(seed)
    ids = ids or range(1, len(factors) + 1)
    across, down = (max(f[i] for f in factors) for i in (0, 1))
    mcus = -(-width // (8 * across)), -(-height // (8 * down))
    levels = [rng.integers(-900, 900, (mcus[1] * v, mcus[0] * h)) for h, v in factors]
    dc = bytes([0, 0, 0, 12] + [0] * 12) + bytes(range(12))
    out = b"\xff\xd8" + extra + _segment(0xDB, b"\0" + b"\1" * 64)
    parts = b"".join(bytes([i, h << 4 | v, 0]) for i, (h, v) in zip(ids, factors, strict=True))
    out += _segment(0xC0, struct.pack(">BHHB", 8, height, width, len(factors)) + parts)
    out += _segment(0xC4, b"\0" + dc) + _segment(0xC4, b"\x10" + bytes([0, 1] + [0] * 14) + b"\0")
    if restart:
        out += _segment(0xDD, struct.pack(">H", restart))
    for scan in scans:
        names = b"".join(bytes([list(ids)[c], 0]) for c in scan)
        out += _segment(0xDA, bytes([len(scan)]) + names + bytes([0, 63, 0]))
        out += _runs(scan, levels, factors, (width, height), (across, down), mcus, restart)
    return out + b"\xff\xd9"


def _runs(scan, levels, factors, size, most, mcus, restart) -> bytes:
    if len(scan) == 1:
        h, v = factors[scan[0]]
        wide, high = (ceil(ceil(s * f / m) / 8) for s, f, m in zip(size, (h, v), most, strict=True))
        order = [[(scan[0], y, x)] for y in range(high) for x in range(wide)]
    else:
        order = [
            [
                (c, y * factors[c][1] + j, x * factors[c][0] + i)
                for c in scan
                for j in range(factors[c][1])
                for i in range(factors[c][0])
            ]
            for y in range(mcus[1])
            for x in range(mcus[0])
        ]
    out, step = b"", restart or len(order)
    for number, start in enumerate(range(0, len(order), step)):
        if number:
            out += bytes([0xFF, 0xD0 + (number - 1) % 8])
        bits, before = _Bits(), dict.fromkeys(scan, 0)
        for mcu in order[start : start + step]:
            for c, y, x in mcu:
                level = int(levels[c][y, x])
                step_up, before[c] = level - before[c], level
                size_of = abs(step_up).bit_length()
                value = step_up if step_up > 0 else step_up + 2**size_of - 1
                bits.text.append(f"{size_of:04b}" + (f"{value:0{size_of}b}" if size_of else "") + "00")
        out += bits.bytes()
    return out


def tiff(data, size, tags, order="<", big=False) -> bytes:
    """A TIFF file of one strip; ``tags`` replace those of 8-bit grey and may be lists or bytes."""
    width, height = size
    all_tags = {256: width, 257: height, 258: 8, 259: 1, 262: 1, 273: 0, 277: 1, 278: height, 279: len(data), **tags}
    all_tags = {tag: value for tag, value in all_tags.items() if value is not None}
    entry, head, word = (20, 16, "Q") if big else (12, 8, "I")
    short = {258, 259, 262, 266, 274, 277, 284, 317, 320, 332, 338, 339}
    inline = 8 if big else 4
    directory = head + (8 if big else 2) + entry * len(all_tags) + inline
    rows, behind = [], b""
    for tag, value in sorted(all_tags.items()):
        if isinstance(value, bytes):
            kind, count, body = 7, len(value), value
        else:
            values = list(value) if isinstance(value, (list, tuple)) else [value]
            kind, count = (3 if tag in short else 4), len(values)
            body = (
                None if tag == 273 and not value else struct.pack(f"{order}{count}{'H' if kind == 3 else 'I'}", *values)
            )
        rows.append((tag, kind, count, body))
    for _, _, _, body in rows:
        if body is not None and len(body) > inline:
            behind += body + b"\0" * (len(body) % 2)
    out, at = b"", directory
    for tag, kind, count, body in rows:
        out += struct.pack(f"{order}HH{word}", tag, kind, count)
        if body is None:
            out += struct.pack(f"{order}I", directory + len(behind)).ljust(inline, b"\0")
        elif len(body) > inline:
            out += struct.pack(f"{order}{word}", at)
            at += len(body) + len(body) % 2
        else:
            out += body.ljust(inline, b"\0")
    magic = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}H", 43 if big else 42)
    magic += struct.pack(f"{order}HHQ", 8, 0, 16) if big else struct.pack(f"{order}I", 8)
    return magic + struct.pack(f"{order}{'Q' if big else 'H'}", len(rows)) + out + bytes(inline) + behind + data


def chunk(name: bytes, data: bytes) -> bytes:
    """One chunk of a PNG file."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(pixels: np.ndarray, before=(), behind=()) -> bytes:
    """An 8-bit PNG, grey or RGB, with chunks (name, data) before and behind its samples."""
    height, width = pixels.shape[:2]
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    out = b"\x89PNG\r\n\x1a\n" + chunk(
        b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0 if pixels.ndim == 2 else 2, 0, 0, 0)
    )
    out += b"".join(chunk(*c) for c in before) + chunk(b"IDAT", zlib.compress(rows))
    return out + b"".join(chunk(*c) for c in behind) + chunk(b"IEND", b"")
