"""The page and the files beside it."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest
from report_case import STEPS

from vaerans_ecs.eval.html import _shown
from vaerans_ecs.eval.model import ROW_COLUMNS


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
