"""A small report on disk."""

from __future__ import annotations

import pytest
from report_case import NASTY, decode, encode, picture, run


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
