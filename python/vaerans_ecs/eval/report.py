"""The rate-distortion report: one call, one HTML file that opens offline, the same as JSON and CSV beside it."""

from __future__ import annotations

import csv
import datetime
import io
import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .. import _arguments as arguments
from .._files import FileError, file_errors, write_atomic
from . import bd
from . import peers as _peers
from ._errors import param
from .cache import PointCache, user_cache_dir
from .codecs import Codec, from_peer, from_pipe
from .model import ROW_COLUMNS, CodecInfo, Photo, ReportData, Row
from .photos import Loaded, load, sources
from .progress import Progress
from .sample import Budget, sample_photo, trace_codecs
from .sweep import sweep_photo, usable_cores


@dataclass
class Report:
    """A finished report: ``data`` holds everything; ``html()``, ``json()`` and ``csv()`` render it, ``save`` writes all
    three. ``failed`` are the pictures that could not be read, with the reason. As text, and in a notebook, it is its
    table of BD-rates."""

    data: ReportData
    path: Path | None = None
    cache_hits: int = 0
    failed: list[tuple[str, Exception]] = field(default_factory=list)
    _html: str | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        data, where = self.data, "" if self.path is None else f", {str(self.path)!r}"
        counts = f"{len(data.photos)} pictures, {len(data.codecs)} codecs, {len(data.rows)} points"
        return f"<Report: {counts}, {len(self.failed)} pictures failed{where}>"

    def __str__(self) -> str:
        from .text import summary

        return summary(self.data, self.failed)

    def to_dict(self, pictures: bool = False) -> dict[str, Any]:
        """The data as JSON-ready values; embedded pictures and thumbnails only if asked for."""
        values = self.data.to_dict()
        if not arguments.flag("pictures", pictures):
            for item in values["pictures"]:
                del item["data"]
            for item in values["photos"]:
                del item["thumbnail"]
        return values

    def json(self) -> str:
        """The data as JSON text, without pictures."""
        return json.dumps(self.to_dict(), indent=1, allow_nan=False)

    def csv(self) -> str:
        """One line per picture, codec and point: exactly the ``rows`` of the JSON, parameters as compact JSON."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(ROW_COLUMNS)
        for row in self.data.rows:
            values = asdict(row)
            values["params"] = json.dumps(values["params"], separators=(",", ":"), default=str)
            writer.writerow(values[name] for name in ROW_COLUMNS)
        return out.getvalue()

    def html(self) -> str:
        """The page."""
        from .html import render

        if self._html is None:
            self._html = render(self.to_dict(pictures=True))
        return self._html

    def save(self, out: str | os.PathLike[str]) -> Path:
        """Write ``out`` and, with the same stem, ``.json`` and ``.csv``; each appears whole or not at all."""
        path = _page(out)
        with file_errors(path.parent, "make the folder"):
            path.parent.mkdir(parents=True, exist_ok=True)
        # Names of files may hold what no character set has.
        for suffix, text in ((".json", self.json()), (".csv", self.csv()), (path.suffix, self.html())):
            write_atomic(path.with_suffix(suffix), text.encode("utf-8", "backslashreplace"))
        self.path = path
        return path

    def _repr_html_(self) -> str:
        from .html import bd_table

        return bd_table(self.to_dict())


def report(
    pipes: Mapping[str, Any] | None = None,
    photos: Any = None,
    sweep: Mapping[str, Any] | None = None,
    out: str | os.PathLike[str] | None = "report.html",
    peers: Iterable[str] | None = None,
    threads: int | None = None,
    *,
    title: str = "Rate-distortion report",
    anchor: str = _peers.ANCHOR,
    cache_dir: str | os.PathLike[str] | bool | None = None,
    progress: bool | None = None,
    embed_photos: int = 2,
    embed_side: int = 768,
    embed_bytes: int = 16 << 20,
    embed_bpp: Sequence[float] = (0.25, 0.5, 1.0),
) -> Report:
    """Compare your pipes with each other and with JPEG, WebP, AVIF, JPEG XL and JPEG 2000 on your pictures.

    Parameters
    ----------
    pipes: name -> profile name, keyword arguments of ``compress``, function ``(img, **point) -> bytes``, pair
        ``(encode, decode)`` or pipe factory ``(world, eid, **point) -> pipe``. ``None``: the ``photo`` profile.
    photos: files, folders, globs, (H, W) or (H, W, C) uint8/uint16 arrays, ``{name: array}``, or a list of those.
    sweep: parameter -> values, every combination is a point; an entry named like a pipe is that pipe's own sweep.
    out: the HTML file; ``.json`` and ``.csv`` go beside it. ``None`` writes nothing.
    peers: names from ``vaerans_ecs.eval.PEERS``; ``None`` all, ``()`` none. Absent libraries are listed as skipped.
    threads: points measured side by side (each codec call keeps to one thread); ``None``: the cores of this process.
    anchor: the codec BD-rates are relative to.
    cache_dir: where peers' points are kept; ``None`` the user's cache folder, ``False`` nowhere.
    progress: a progress bar (needs ``rich``); ``None``: on a terminal only.
    embed_photos, embed_side, embed_bytes, embed_bpp: how many pictures go into the page, the longest side in pixels
        (larger pictures are shown as a 1:1 crop of their centre), the limit for all of them, and the sizes shown.

    Returns the :class:`Report`. A point that fails is a row with its error, a picture that cannot be read is told of in
    ``failed`` and in the notes (the only one: its error is raised); usage errors raise before anything runs.

    >>> report({"mine": my_pipe}, "photos/", {"quality": range(5, 96, 10)})  # doctest: +SKIP
    """
    _check(pipes, sweep, out, threads)
    title, anchor, root = arguments.text("title", title), arguments.text("anchor", anchor), _cache_root(cache_dir)
    budget = Budget(
        arguments.whole("embed_photos", embed_photos),
        arguments.whole("embed_side", embed_side, 1),
        arguments.whole("embed_bytes", embed_bytes),
        tuple(arguments.real("embed_bpp", b, 1e-6) for b in arguments.each("embed_bpp", embed_bpp, "bits per pixel")),
    )
    progress = None if progress is None else arguments.flag("progress", progress)
    left_out: list[str] = []
    found = sources(photos if photos is not None else [], left_out)
    codecs = [from_pipe(name, spec, sweep) for name, spec in ({"photo": "photo"} if pipes is None else pipes).items()]
    present, skipped = _peers.available(peers)
    taken = {c.name for c in codecs}
    codecs += [from_peer(peer) for peer in present if peer.name not in taken]
    cache = PointCache(root)
    if anchor not in {codec.name for codec in codecs}:
        anchor = _peers.known_peer(anchor)
    data = ReportData(title, _now(), anchor, _environment(threads), skipped=skipped, notes=left_out)
    data.codecs = [CodecInfo(c.name, c.kind, c.version, c.settings) for c in codecs]
    total = len(found) * sum(len(c.points) for c in codecs)
    failed: list[tuple[str, Exception]] = []
    with Progress(total, progress) as bar:
        for source in found:
            try:
                photo = load(source)
            except Exception as error:  # one bad file costs only its own rows
                failed.append((source.name, error))
                data.notes.append(f"{source.name}: not measured: {error}")
                continue
            if not data.photos:
                data.trace, notes = trace_codecs(photo, codecs)
                data.notes += notes
            _one_photo(data, photo, codecs, cache, threads, budget, bar)
    if not data.photos:
        raise failed[0][1]
    _finish(data)
    result = Report(data, cache_hits=cache.hits, failed=failed)
    if out is not None:
        result.save(out)
    return result


def _check(pipes: Any, sweep: Any, out: str | os.PathLike[str] | None, threads: Any) -> None:
    """What is wrong with the arguments is told before anything is measured."""
    for name, value in {"pipes": pipes, "sweep": sweep}.items():
        if value is not None and not isinstance(value, Mapping):
            raise param("param.type", f"{name}= is a {type(value).__name__}; expected a mapping")
    arguments.maybe_whole("threads", threads, 1)
    if out is None:
        return
    path = _page(out)
    folder = next(parent for parent in path.absolute().parents if os.path.lexists(parent))
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise FileError("unavailable.file", f"{out}: no page can be written there; choose another folder or name")


def _page(out: Any) -> Path:
    """The name of the page, which is none of what goes beside it."""
    path = Path(arguments.path("out", out))
    if not path.name:
        raise param("param.range", f"out={str(out)!r}; the name of a file expected, as report.html")
    if path.suffix.lower() in (".json", ".csv"):
        raise param("param.range", f"out={str(out)!r}; a name that ends in .html: {path.suffix} goes beside it")
    return path


def _one_photo(
    data: ReportData,
    photo: Loaded,
    codecs: Sequence[Codec],
    cache: PointCache,
    threads: int | None,
    budget: Budget,
    bar: Progress,
) -> None:
    from .embed import thumbnail

    height, width = photo.rgb.shape[:2]
    data.photos.append(
        Photo(photo.name, width, height, photo.sha256, photo.file_bytes, photo.note, thumbnail(photo.rgb))
    )
    rows: list[Row] = []
    for row in sweep_photo(photo, codecs, cache, threads):
        rows.append(row)
        bar.step(f"{photo.name}  {row.codec} {row.point}")
    order = {(c.name, point): i for i, (c, point) in enumerate(_point_names(codecs))}
    rows.sort(key=lambda r: order[r.codec, r.point])
    data.rows += rows
    if budget.photos > 0:
        budget.photos -= 1
        pictures, histograms, notes = sample_photo(photo, codecs, rows, budget)
        data.pictures += pictures
        data.histograms += histograms
        data.notes += notes


def _point_names(codecs: Sequence[Codec]) -> list[tuple[Codec, str]]:
    from .codecs import point_name

    return [(codec, point_name(params)) for codec in codecs for params in codec.points]


def _finish(data: ReportData) -> None:
    """Curves, BD-rates and what the reader should know."""
    data.curves, notes = bd.curves(data.rows)
    data.notes += notes
    if len(data.photos) > 1:
        for photo in data.photos:
            data.curves += bd.curves(data.rows, photo.name)[0]
    data.bd_rate = bd.bd_rates(data.curves, data.anchor)
    if not any(c.codec == data.anchor for c in data.curves):
        data.notes.append(f"no BD-rates: the anchor {data.anchor} was not measured")
    failed = [r for r in data.rows if r.error]
    if failed:
        data.notes.append(
            f"{len(failed)} of {len(data.rows)} points failed; first: {failed[0].codec} {failed[0].point} "
            f"on {failed[0].photo}: {failed[0].error}"
        )


def _cache_root(cache_dir: str | os.PathLike[str] | bool | None) -> Path | None:
    if cache_dir is None or isinstance(cache_dir, bool):
        return None if cache_dir is False else user_cache_dir()
    return Path(arguments.path("cache_dir", cache_dir))


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _environment(threads: int | None) -> dict[str, str]:
    """What a reader needs to judge the times."""
    import vaerans_ecs

    environment = {
        "vaerans_ecs": str(getattr(vaerans_ecs, "__version__", "")),
        "Python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "points side by side": str(threads or usable_cores()),
    }
    isa = getattr(vaerans_ecs, "isa", None)
    if callable(isa):
        environment["instruction set"] = str(isa())
    return environment
