"""What a file says of itself."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .errors import ParamError

if TYPE_CHECKING:
    from . import _core

__all__ = ["Info", "told"]


@dataclass(frozen=True)
class Info:
    """What a file says of itself; no section was decoded."""

    format_version: int
    #: ``Image``, or the kind of the tensor that the file holds.
    kind: str
    #: (H, W, C) of a picture, the tensor's shape otherwise.
    shape: tuple[int, ...]
    dtype: str
    #: The pipe as text, forward.
    pipe: str
    steps: tuple[tuple[int, str, dict[str, Any]], ...]
    tiles: int
    tile: int
    #: Bytes per level, coarsest (or topmost) first.
    level_bytes: tuple[int, ...]
    #: What a level is: ``resolution``; ``layer`` of a learned codec; ``rows``, which are decoded whole and made smaller
    #: by averaging.
    level_kind: str
    header_bytes: int
    file_bytes: int
    is_complete: bool
    is_lossless: bool
    #: What each stream is: ``main``, ``residual`` or ``other``.
    streams: tuple[str, ...]
    icc: bytes | None = field(repr=False)
    #: The EXIF block from its TIFF header on; its orientation, where it has a place for one, is the one below.
    exif: bytes | None = field(repr=False)
    #: 1 to 8: how a viewer turns the samples; 1 where the file states none.
    orientation: int

    @property
    def width(self) -> int:
        """Columns of a picture."""
        return self._side(1)

    @property
    def height(self) -> int:
        """Rows of a picture."""
        return self._side(0)

    @property
    def channels(self) -> int:
        """Channels of a picture."""
        return self._side(2)

    def _side(self, axis: int) -> int:
        if self.kind != "Image":
            raise ParamError("param.unknown", f"the file holds {self.kind} {self.shape}, no picture; see its shape")
        return self.shape[axis]

    @property
    def bits_per_pixel(self) -> float:
        """Bits of the whole file per pixel."""
        return 8 * self.file_bytes / (self.width * self.height)

    def _rows(self) -> list[tuple[str, str]]:
        sizes = " + ".join(str(n) for n in self.level_bytes)
        metadata = [f"ICC {len(self.icc)} bytes"] if self.icc else []
        metadata += [f"EXIF {len(self.exif)} bytes"] if self.exif else []
        metadata += [f"orientation {self.orientation}"] if self.orientation else []
        return [
            ("kind", f"{self.kind} {self.shape} {self.dtype}"),
            ("pipe", self.pipe),
            ("streams", ", ".join(self.streams) + (", lossless" if self.is_lossless else "")),
            ("bytes", f"{self.file_bytes} = {self.header_bytes} header + {sizes}"),
            ("complete", "yes" if self.is_complete else "no"),
            ("metadata", ", ".join(metadata) or "none"),
        ]

    def _repr_html_(self) -> str:
        cells = "".join(f"<tr><th>{name}</th><td>{html.escape(text)}</td></tr>" for name, text in self._rows())
        return f"<table><tbody>{cells}</tbody></table>"


def told(opened: _core.Opened) -> Info:
    """What an opened file says of itself."""
    raw = opened.info()
    meta = raw.pop("metadata")
    steps = tuple((n, name, dict(p)) for n, name, p in raw.pop("steps"))
    text = " | ".join(f"{name}({', '.join(f'{k}={v!r}' for k, v in p.items())})" for _, name, p in steps)
    fields: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in raw.items() if k in Info.__dataclass_fields__
    }
    return Info(**fields, pipe=text, steps=steps, icc=meta["icc"], exif=meta["exif"], orientation=meta["orientation"])
