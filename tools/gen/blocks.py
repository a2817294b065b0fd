"""Generated parts of pages that people write: between ``<!-- NAME: generated -->`` and ``<!-- end -->``."""

from __future__ import annotations

import re


def fill(page: str, name: str, text: str) -> str:
    """``page`` with the block ``name`` holding ``text``."""
    begin, end = f"<!-- {name}: generated -->", "<!-- end -->"
    new, count = re.subn(
        f"{re.escape(begin)}\n.*?{re.escape(end)}", lambda _: f"{begin}\n{text}\n{end}", page, count=1, flags=re.S
    )
    if count != 1:
        raise SystemExit(f"no block {begin!r} in the page")
    return new
