"""The tables that docs/format.md makes part of the format are the files that the library is built with."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/format.md").read_text(encoding="utf-8")
PART = PAGE.partition("<!-- tables:")[2].partition("<!-- end -->")[0]
ROWS = re.findall(r"^\| `([^`]+)` \| (\d+) \| `([0-9a-f]{64})` \|$", PART, re.MULTILINE)
CODECS = ROOT / "crates/vaerans/src/codec"


def test_every_table_has_its_row():
    assert sorted(row[0] for row in ROWS) == sorted(str(p.relative_to(ROOT)) for p in CODECS.rglob("*.bin"))


@pytest.mark.parametrize(("path", "length", "sha256"), ROWS, ids=lambda x: x)
def test_a_table_is_the_one_that_the_page_names(path, length, sha256):
    data = (ROOT / path).read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (int(length), sha256)
