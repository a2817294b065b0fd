"""The report: from pipes of every shape to one page, and the same as JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import zlib
from html.parser import HTMLParser

import numpy as np
import pytest

from vaerans_ecs import World, errors
from vaerans_ecs.components import Latent4
from vaerans_ecs.eval import Codec, Curve, CurvePoint, Row, bd, report, sweep_points
from vaerans_ecs.eval.bands import split
from vaerans_ecs.eval.codecs import from_pipe, point_name
from vaerans_ecs.eval.embed import png, window
from vaerans_ecs.eval.html import _shown
from vaerans_ecs.eval.model import ROW_COLUMNS
from vaerans_ecs.eval.photos import load, sources, to_rgb8
from vaerans_ecs.eval.trace import steps_of
from vaerans_ecs.systems import ANSEncode, DeadZone, Hadamard4, WaveletCDF97, YCoCgR

NASTY = "</script><script>alert('\u2028')</script>&<b title=\"x\">"
STEPS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32]


def picture(height: int = 40, width: int = 56, seed: int = 0) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    rgb = np.stack([2 * x + y, 3 * y, 255 - 2 * x], -1) + np.random.default_rng(seed).normal(0, 5, (height, width, 3))
    return np.clip(rgb, 0, 255).astype(np.uint8)


def encode(img: np.ndarray, step: int) -> bytes:
    """A whole codec in two lines: uniform quantiser and deflate."""
    h, w, _ = img.shape
    return b"%d %d %d " % (h, w, step) + zlib.compress((img // step).tobytes())


def decode(data: bytes) -> np.ndarray:
    h, w, step, body = data.split(b" ", 3)
    q = np.frombuffer(zlib.decompress(body), np.uint8).reshape(int(h), int(w), 3)
    return np.clip(q.astype(int) * int(step) + int(step) // 2, 0, 255).astype(np.uint8)


def run(pipes, photos=None, sweep=None, **options):
    photos = {"a": picture(), "b": picture(30, 44, 1)} if photos is None else photos
    options = {"out": None, "peers": (), "threads": 2, "cache_dir": False, "progress": False, **options}
    return report(pipes, photos, {"step": STEPS} if sweep is None else sweep, **options)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A small report on disk: two pipes, one failing, one peer, names that try to break out of the page."""

    def fails(img, step):
        raise RuntimeError(NASTY)

    out = tmp_path_factory.mktemp("report") / "report.html"
    pipes = {"mine": (encode, decode), NASTY: fails}
    return run(
        pipes,
        {NASTY: picture(), "b": picture(30, 44, 1)},
        title=NASTY,
        peers=["JPEG"],
        anchor="mine",
        out=out,
    )


class Page(HTMLParser):
    """Collects what a browser would: elements, text and the data island."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements, self.data, self._in = [], "", None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._in = dict(attrs).get("id") if tag == "script" else None

    def handle_data(self, data):
        if self._in == "data":
            self.data += data


def test_page_loads_nothing_from_outside(tiny):
    text = tiny.path.read_text("utf-8")
    urls = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s'\"<]*", text))
    assert urls <= {"http://www.w3.org/2000/svg"}  # a namespace, never fetched
    page = Page(text)
    for tag, attributes in page.elements:
        assert tag not in {"link", "iframe", "object", "embed", "base"}
        for name in ("src", "href", "srcset", "action", "data"):
            assert (attributes.get(name) or "#").startswith(("#", "data:image/")), (tag, attributes)
    policy = next(a["content"] for t, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert "@import" not in text


def test_a_browser_draws_the_page_without_an_error(tiny, tmp_path):
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        pytest.skip("no Chromium here")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    flags += ["--virtual-time-budget=4000", f"--user-data-dir={tmp_path}", "--enable-logging=stderr", "--dump-dom"]
    done = subprocess.run(
        [browser, *flags, tiny.path.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    page = Page(done.stdout)
    assert "CONSOLE" not in done.stderr, done.stderr
    assert len([a for t, a in page.elements if t == "button" and "aria-pressed" in a]) == 2  # mine and JPEG
    assert len([a for t, a in page.elements if a.get("class") == "over"]) == 1  # the slider's upper picture
    assert len([a for t, a in page.elements if a.get("class") == "band"]) == 7  # two levels on 40 x 56
    drawn = [a["d"] for t, a in page.elements if t == "path" and a.get("fill") == "none" and len(a["d"]) > 100]
    assert len(drawn) >= 2


def test_page_holds_the_data_and_escapes_every_name(tiny):
    text = tiny.html()
    page = Page(text)
    assert json.loads(page.data) == json.loads(json.dumps(_shown(tiny.to_dict(pictures=True))))
    assert "<script>alert" not in text
    assert '<b title="x">' not in text
    assert [t for t, _ in page.elements].count("script") == 2


def test_files_stand_beside_the_page_and_nothing_else_is_left(tiny):
    names = {p.name for p in tiny.path.parent.iterdir()}
    assert names == {"report.html", "report.json", "report.csv"}
    assert json.loads(tiny.path.with_suffix(".json").read_text("utf-8")) == json.loads(tiny.json())


def test_csv_is_the_rows_of_the_json(tiny):
    rows = json.loads(tiny.json())["rows"]
    lines = list(csv.DictReader(io.StringIO(tiny.path.with_suffix(".csv").read_text("utf-8"))))
    assert len(lines) == len(rows) == 2 * (2 * len(STEPS) + 12)
    for line, row in zip(lines, rows, strict=True):
        assert list(line) == list(row) == list(ROW_COLUMNS)
        assert json.loads(line["params"]) == row["params"]
        for name in ("photo", "codec", "kind", "point", "bytes", "bpp", "psnr", "ssim", "ms_ssim", "cached", "error"):
            assert line[name] == ("" if row[name] is None else str(row[name]))


def test_rows_measure_what_was_written(tiny):
    img = picture()
    row = next(r for r in tiny.data.rows if r.photo == NASTY and r.point == "step=8")
    data = encode(img, 8)
    mse = np.square(decode(data).astype(float) - img).mean()
    assert row.bytes == len(data)
    assert row.bpp == pytest.approx(8 * len(data) / (40 * 56))
    assert row.psnr == pytest.approx(10 * np.log10(255**2 / mse), abs=1e-6)
    assert 0 < row.ms_ssim <= row.ssim + 0.2 <= 1.2
    exact = next(r for r in tiny.data.rows if r.point == "step=1")
    assert exact.lossless
    assert exact.psnr is None


def test_a_failing_pipe_is_a_row_with_its_error_and_a_note(tiny):
    failed = [r for r in tiny.data.rows if r.codec == NASTY]
    assert len(failed) == 2 * len(STEPS)
    assert all(r.error.startswith("RuntimeError: ") and r.bytes is None for r in failed)
    assert not [c for c in tiny.data.curves if c.codec == NASTY]
    assert any("points failed" in note for note in tiny.data.notes)


def test_curves_are_means_over_the_pictures(tiny):
    curve = next(c for c in tiny.data.curves if c.codec == "mine" and c.photo is None)
    point = next(p for p in curve.points if p.point == "step=8")
    rows = [r for r in tiny.data.rows if r.codec == "mine" and r.point == "step=8"]
    assert len(rows) == 2
    assert point.bpp == pytest.approx(np.mean([r.bpp for r in rows]))
    assert point.psnr == pytest.approx(np.mean([r.psnr for r in rows]))
    assert [p.bpp for p in curve.points] == sorted(p.bpp for p in curve.points)


def test_bd_rate_of_a_codec_that_needs_half_is_minus_fifty():
    quality = [27 + 1.5 * i for i in range(10)]
    full = [CurvePoint(str(q), 0.1 * 1.2**i, q, None, 1 - 10 ** (-q / 20)) for i, q in enumerate(quality)]
    half = [CurvePoint(p.point, p.bpp / 2, p.psnr, None, p.ms_ssim) for p in full]
    rows = bd.bd_rates([Curve("a", "peer", None, full), Curve("b", "pipe", None, half)], "a")
    assert [r.codec for r in rows] == ["b"]
    assert rows[0].psnr == pytest.approx(-50, abs=0.01)
    assert rows[0].ms_ssim == pytest.approx(-50, abs=0.01)


def test_bd_rate_with_too_few_points_says_so():
    points = [CurvePoint(str(i), 0.1 + i, 28.0 + i, None, None) for i in range(7)]
    row = bd.bd_rates([Curve("a", "peer", None, points), Curve("b", "pipe", None, points)], "a")[0]
    assert row.psnr is None
    assert "8" in row.note


def test_a_point_that_failed_on_one_picture_is_in_no_mean():
    good = Row("p", "c", "pipe", "q=1", {}, bytes=5, bpp=1.0, psnr=30.0)
    other = Row("r", "c", "pipe", "q=1", {}, error="boom")
    curves, notes = bd.curves([good, other])
    assert curves == []
    assert "q=1" in notes[0]


def test_embedding_keeps_its_limits(tiny):
    assert {p.photo for p in tiny.data.pictures} == {NASTY, "b"}
    big = run({"m": (encode, decode)}, {"big": picture(90, 120)}, embed_side=64)
    assert {(p.width, p.height) for p in big.data.pictures} == {(64, 64)}
    assert "120 \u00d7 90" in big.data.pictures[0].crop
    assert not run({"m": (encode, decode)}, embed_photos=0).data.pictures
    starved = run({"m": (encode, decode)}, embed_bytes=10)
    assert not starved.data.pictures
    assert any("not embedded" in n for n in starved.data.notes)
    assert "pictures" in starved.html()


def test_same_rows_whatever_the_threads():
    def rows(threads):
        return [
            (r.photo, r.codec, r.point, r.bytes, r.psnr)
            for r in run({"m": (encode, decode)}, threads=threads).data.rows
        ]

    assert rows(1) == rows(3)


def test_decoder_that_gives_another_picture_is_an_error_row():
    row = run({"m": (encode, lambda data: decode(data)[:-1])}, sweep={"step": [4]}).data.rows[0]
    assert "expected (40, 56, 3)" in row.error


def test_sweeps_multiply_and_a_pipe_can_have_its_own():
    assert sweep_points({"a": (1, 2), "b": "x"}) == [{"a": 1, "b": "x"}, {"a": 2, "b": "x"}]
    assert sweep_points(None) == [{}]
    assert point_name({}) == "default"
    assert point_name({"q": 0.5, "levels": 3}) == "q=0.5, levels=3"
    sweep = {"step": np.arange(1, 4), "own": {"step": [9]}}
    assert from_pipe("own", (encode, decode), sweep).points == [{"step": 9}]
    assert from_pipe("other", (encode, decode), sweep).points == [{"step": 1}, {"step": 2}, {"step": 3}]
    assert type(from_pipe("other", (encode, decode), sweep).points[0]["step"]) is int


def test_a_profile_is_swept_but_for_what_is_fixed():
    codec = from_pipe("vae", {"profile": "vae", "quality": 80}, {"quality": [1, 2], "max_error": [3, 4]})
    assert codec.points == [{"max_error": 3}, {"max_error": 4}]
    assert len(from_pipe("photo", "photo", None).points) >= bd.MIN_POINTS
    assert from_pipe("p", {"profile": "photo", "sweep": {"quality": [7]}}, None).points == [{"quality": 7}]


def test_a_function_of_two_is_a_factory_and_of_one_an_encoder():
    def factory(world, eid, quality=3):
        raise NotImplementedError

    assert from_pipe("f", factory, {"quality": [1]}).trace is not None
    assert from_pipe("e", lambda img, quality: b"", {"quality": [1]}).trace is None
    with pytest.raises(errors.ParamError) as caught:
        from_pipe("bad", 7, None)
    assert caught.value.code == "param.type"
    assert "bad" in str(caught.value)


def test_profiles_and_pipe_factories_are_measured_and_traced():
    """The real codec: both profiles, and a pipe of the user's own with two swept parameters."""

    def mine(world, eid, levels, step):
        return world.pipe(eid) | YCoCgR(float=True) | WaveletCDF97(levels=levels) | DeadZone(step=step) | ANSEncode()

    sweep = {"quality": [20, 60], "mine": {"levels": [2, 3], "step": [8.0, 30.0]}}
    made = run({"photo": "photo", "vae": {"profile": "vae"}, "mine": mine}, {"a": picture(72, 88)}, sweep)
    assert [r.error for r in made.data.rows] == [None] * 8
    assert [r.point for r in made.data.rows if r.codec == "mine"][1] == "levels=2, step=30"
    better = {(r.codec, r.point): r for r in made.data.rows}
    assert better["photo", "quality=60"].psnr > better["photo", "quality=20"].psnr
    assert better["mine", "levels=3, step=8"].bytes > better["mine", "levels=3, step=30"].bytes
    assert made.data.notes == ["no BD-rates: the anchor JPEG was not measured"]
    systems = {c: [s.system for s in made.data.trace if s.codec == c] for c in ("photo", "vae", "mine")}
    assert systems["photo"] == systems["mine"] == ["YCoCgR", "WaveletCDF97", "DeadZone", "ANSEncode"]
    assert systems["vae"][0] == "PILVAEEncode"
    assert systems["vae"][-1] == "ANSEncode"
    assert all(s.ms > 0 and s.bytes and s.isa for s in made.data.trace)


def test_the_trace_of_a_world_becomes_steps():
    world = World(1 << 20)
    eid = world.new_entity()
    world.latent[eid] = Latent4(world.put(np.ones((4, 8, 8), np.float32)))
    world.pipe(eid).to(Hadamard4()).to(Hadamard4.inverse()).out("Latent4")
    steps = steps_of(world.trace)
    assert [s.system for s in steps] == ["Hadamard4", "Hadamard4Inverse"]
    assert steps[0].shape_in == steps[1].shape_out == "4 \u00d7 8 \u00d7 8"
    assert steps[0].bytes == 4 * 8 * 8 * 4
    assert all(s.isa and s.ms is not None and s.dtype_out for s in steps)


def test_a_codec_object_keeps_its_trace():
    row = {"step": 3, "system": "Wavelet", "params": "levels=4", "entities": 1, "input_shape": (4, 8, 8)}
    row |= {"input_dtype": "f32", "output_shape": (), "output_dtype": "f32", "bytes": 9, "entropy_bits": 2.25}
    row |= {"nanos": 1_500_000, "isa": "avx2", "seed": 7}
    codec = Codec("", "pipe", lambda img, p: encode(img, **p), decode, trace=lambda img, p: steps_of([row]))
    made = run({NASTY: codec})
    step = made.data.trace[0]
    assert (step.codec, step.point, step.shape_in, step.shape_out) == (NASTY, "step=8", "4 \u00d7 8 \u00d7 8", "scalar")
    assert (step.entropy_bits, step.seed, step.ms) == (2.25, 7, 1.5)
    assert "2.250" in made.html()


@pytest.mark.parametrize(
    ("shape", "dtype", "note"),
    [
        ((5, 6), np.uint8, "grey"),
        ((5, 6, 1), np.uint16, "16 bit"),
        ((5, 6, 2), np.uint8, "alpha"),
        ((5, 6, 4), np.uint8, "alpha"),
    ],
)
def test_pictures_are_brought_to_rgb8(shape, dtype, note):
    top = np.iinfo(dtype).max
    rgb, said = to_rgb8(np.full(shape, top, dtype))
    assert rgb.shape == (5, 6, 3)
    assert rgb.dtype == np.uint8
    assert (rgb == 255).all()
    assert note in said


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (np.zeros((3, 4, 5), np.uint8), "param.shape"),
        (np.zeros((0, 4, 3), np.uint8), "param.shape"),
        (np.zeros((3, 4)), "param.dtype"),
    ],
)
def test_bad_pictures_are_refused(bad, code):
    with pytest.raises(errors.ParamError) as caught:
        run({"m": (encode, decode)}, {"bad": bad})
    assert caught.value.code == code


def test_photos_are_found_in_folders_globs_and_lists(tmp_path):
    for name in ("b.png", "a.png"):
        (tmp_path / name).write_bytes(png(picture()))
    (tmp_path / "notes.txt").write_text("no picture")
    assert [s.name for s in sources(tmp_path)] == ["a.png", "b.png"]
    assert [s.name for s in sources(str(tmp_path / "a*"))] == ["a.png"]
    both = sources([tmp_path, ("c", picture()), tmp_path / "a.png"])
    assert [s.name for s in both] == ["a.png", "b.png", "c", "a.png (2)"]
    assert (load(both[0]).rgb == picture()).all()
    assert load(both[0]).file_bytes == (tmp_path / "a.png").stat().st_size
    with pytest.raises(FileNotFoundError):
        sources(tmp_path / "none.png")
    with pytest.raises(errors.ParamError):
        sources([])


def test_a_failed_write_leaves_the_old_report(tmp_path, monkeypatch):
    out = tmp_path / "report.html"
    out.write_text("old")
    made = run({"m": (encode, decode)}, sweep={"step": [4]})
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        made.save(out)
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]
    assert out.read_text() == "old"


def test_window_is_centred_and_never_larger_than_the_picture():
    assert window(100, 50, 60) == (slice(20, 80), slice(0, 50))


@pytest.mark.parametrize(("h", "w", "levels"), [(16, 24, 1), (17, 23, 2), (9, 31, 3)])
def test_bands_tile_the_pyramid(h, w, levels):
    packed = np.arange(h * w).reshape(h, w)
    bands = dict(split(packed, levels))
    assert len(bands) == 3 * levels + 1
    assert sorted(np.concatenate([b.ravel() for b in bands.values()])) == list(range(h * w))


def test_report_shows_itself_in_a_notebook(tiny):
    shown = run({"m": (encode, decode)}, peers=["JPEG"])._repr_html_()
    assert "<table" in shown or "No BD-rates" in shown


def test_points_that_cost_more_for_less_are_told_and_left_out():
    good = [CurvePoint(str(i), 0.1 * 1.3**i, 26.0 + 1.5 * i, None, None) for i in range(10)]
    bent = [*good[:5], CurvePoint("bad", good[5].bpp * 0.99, 20.0, None, None), *good[5:]]
    row = bd.bd_rates([Curve("a", "peer", None, good), Curve("b", "pipe", None, bent)], "a")[0]
    assert row.psnr == pytest.approx(0, abs=1e-9)
    assert "1 of 11" in row.note


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"photos": "nofolder"}, "unavailable.file"),
        ({"photos": "no*match.png"}, "unavailable.file"),
        ({"photos": b"bytes"}, "param.type"),
        ({"photos": []}, "param.range"),
        ({"pipes": {"a": "phto"}}, "param.unknown"),
        ({"pipes": {"a": {"profile": "photo", "qualty": 3}}}, "param.unknown"),
        ({"pipes": encode}, "param.type"),
        ({"sweep": {"quality": [101]}}, "param.range"),
        ({"sweep": [1, 2]}, "param.type"),
        ({"peers": ["jepg"]}, "param.unknown"),
        ({"peers": 5}, "param.type"),
        ({"anchor": "jepg"}, "param.unknown"),
        ({"threads": 0}, "param.range"),
        ({"threads": "2"}, "param.type"),
        ({"out": "page.json"}, "param.range"),
        ({"out": "/dev/null/page.html"}, "unavailable.file"),
    ],
)
def test_wrong_arguments_have_codes_and_are_told_before_anything_runs(arguments, code, monkeypatch):
    monkeypatch.setattr("vaerans_ecs.eval.sweep.run_point", lambda *_: pytest.fail("something was measured"))
    with pytest.raises(errors.VaeransError) as caught:
        report(**{"photos": picture(), "out": None, "peers": (), "cache_dir": False, "progress": False, **arguments})
    assert caught.value.code == code


def test_a_report_is_printed_as_its_table(tiny):
    """Not as the bytes of its pictures: a notebook shows both."""
    assert len(repr(tiny)) < 300 and len(repr(tiny.data)) < 200_000
    assert "JPEG" in str(tiny) and "points failed" in str(tiny) and len(str(tiny)) < 5000
    assert all(line.isprintable() for line in str(tiny).splitlines())


def test_a_picture_that_cannot_be_read_costs_only_its_own_rows(tmp_path):
    (tmp_path / "bad\x1b.png").write_bytes(b"no picture")
    (tmp_path / "good.png").write_bytes(png(picture()))
    result = run({"mine": (encode, decode)}, tmp_path)
    assert [row.photo for row in result.data.rows] == ["good.png"] * len(STEPS)
    ((name, error),) = result.failed
    assert name == "bad\x1b.png" and error.code == "data.image_format" and "bad\\x1b.png" in str(result)
    (tmp_path / "good.png").unlink()
    with pytest.raises(errors.DataError):
        run({"mine": (encode, decode)}, tmp_path)
