"""Every function that ARCHITECTURE.md names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
#: What a path stands under, by its ending; those of Python and TypeScript are whole.
BASES = {".rs": ROOT / "crates/vaerans/src", ".py": ROOT, ".ts": ROOT}
#: How each language declares a name.
DECLARED = {
    ".rs": r"\b(?:fn|struct|enum|trait|static|const|type|mod)\s+{name}\b",
    ".py": r"^\s*(?:def|class)\s+{name}\b|^{name}\s*[:=]",
    ".ts": r"\b(?:function|class|const|interface|type)\s+{name}\b|^\s*(?:async\s+)?{name}\s*\(",
}
NAMED = sorted(set(re.findall(r"`([\w./-]+(\.(?:rs|py|ts)))::(\w+)`", PAGE)))


def test_the_page_tells_how_a_pixel_travels():
    section = PAGE.partition("## How a pixel travels")[2].partition("\n## ")[0]
    assert len(re.findall(r"`[\w./-]+\.(?:rs|py|ts)::\w+`", section)) >= 12


@pytest.mark.parametrize(("path", "ending", "name"), NAMED, ids=lambda x: x)
def test_a_named_function_is_there(path, ending, name):
    file = ROOT / path
    if not file.is_file():
        file = BASES[ending] / path
    assert file.is_file(), path
    assert re.search(DECLARED[ending].format(name=name), file.read_text(encoding="utf-8"), re.M), f"{path}::{name}"


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:crates|cpp|python|web|tools|tests|docs)/[\w./-]+)`", PAGE)))
)
def test_a_named_path_is_there(path):
    assert (ROOT / path).exists()
