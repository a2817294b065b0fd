"""What the command shows."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from cli_stand_in import call, posix, runner

from vaerans_ecs import eval
from vaerans_ecs.cli import outcome, show
from vaerans_ecs.cli.app import app
from vaerans_ecs.cli.measure import parse_qualities


def test_the_summary_has_the_figures_and_is_not_on_stdout(photos, tmp_path):
    result = call("compress", photos, "-o", tmp_path / "out")
    assert result.stdout == ""
    for word in ("files", "bytes in", "bytes out", "ratio", "time", "failures"):
        assert word in result.stderr
    assert "\x1b" not in result.stderr, "no bar and no colours where nobody looks"
    assert call("compress", photos, "-o", tmp_path / "q", "--quiet").stderr == ""


def test_ratio_is_large_over_small_both_ways():
    done = [outcome.Outcome("a", bytes_in=100, bytes_out=10), outcome.Outcome("b", error="x", bytes_in=999)]
    assert show.totals(done, 1.0, "in")["ratio"] == 10
    back = [outcome.Outcome("a", bytes_in=10, bytes_out=100)]
    assert show.totals(back, 1.0, "out")["ratio"] == 10
    assert show.totals([], 1.0, "in")["ratio"] is None


def test_info_as_text_and_json(photos, tmp_path):
    call("compress", photos, "-o", tmp_path / "out")
    text = call("info", tmp_path / "out" / "a.vrn").stdout
    assert "width" in text and "photo" in text
    entries = json.loads(call("info", tmp_path / "out", "--json").stdout)
    assert [os.path.basename(e["file"]) for e in entries] == ["a.vrn", "b.vrn", "c.vrn"]
    assert entries[0]["icc"] == {"bytes": 3} and entries[0]["shape"] == [4, 6, 3]
    assert entries[0]["file_bytes"] == (tmp_path / "out" / "a.vrn").stat().st_size
    data = (tmp_path / "out" / "a.vrn").read_bytes()
    assert json.loads(call("info", "-", "--json", input=data).stdout)[0]["file"] == "-"


@posix
def test_names_of_any_kind_are_shown_as_they_are(photos, tmp_path):
    strange = os.fsdecode(b"[red]:smile: \xff.vrn")
    call("compress", photos / "a.jpg", "-o", tmp_path / strange)
    shown = call("info", tmp_path / strange).stdout.replace("\n", "").replace(" ", "")
    assert "[red]:smile:\\udcff.vrn" in shown
    assert json.loads(call("info", tmp_path / strange, "--json").stdout)[0]["file"].endswith(strange)
    (tmp_path / strange).write_bytes(b"bad")
    assert "[red]:smile:" in call("info", tmp_path / strange, code=1).stderr


def test_info_of_a_bad_file_goes_on(photos, tmp_path):
    call("compress", photos / "a.jpg", "-o", tmp_path / "a.vrn")
    (tmp_path / "z.vrn").write_bytes(b"garbage")
    result = call("info", tmp_path / "z.vrn", tmp_path / "a.vrn", "--json", code=1)
    by_name = {os.path.basename(e["file"]): e for e in json.loads(result.stdout)}
    assert by_name["a.vrn"]["width"] == 6
    assert by_name["z.vrn"]["error"]["code"] == "stream.magic"


def test_bench_times_the_codec(photos):
    found = json.loads(call("bench", photos / "a.jpg", "-n", "2", "--json").stdout)
    only = found["results"][0]
    assert only["width"] == 6 and only["compress_mp_s"] > 0 and only["decompress_mp_s"] > 0
    assert "MP/s" in call("bench", "-n", "1").stdout


def test_doctor_names_every_part(monkeypatch):
    monkeypatch.setenv("VAERANS_MODEL_DIR", "/nowhere/models")
    found = json.loads(call("doctor", "--json").stdout)
    assert {"vaerans", "machine", "parts", "onnx", "models", "settings", "problems"} <= set(found)
    assert found["parts"]["numpy"] == np.__version__
    assert any("/nowhere/models" in problem for problem in found["problems"])
    assert "numpy" in call("doctor").stdout


def test_report_passes_on_what_was_asked(photos, tmp_path, monkeypatch):
    asked = {}
    empty = eval.Report(eval.ReportData("", "", ""))
    monkeypatch.setattr(eval, "report", lambda **kw: asked.update(kw) or empty)
    page = tmp_path / "page.html"
    call("report", photos, "-r", "-o", page, "-Q", "20-40:10,75", "--peers", "jpeg,webp", "-p", "photo", "-q")
    assert len(asked["photos"]) == 5
    assert asked["sweep"] == {"quality": [20, 30, 40, 75]}
    assert asked["peers"] == ["JPEG", "WebP"] and asked["pipes"] == {"photo": "photo"}
    (tmp_path / "page.json").write_text("{}")
    assert "--force" in call("report", photos, "-o", page, code=2).stderr
    call("report", photos, "-o", page, "--force", "--peers", "none")
    assert asked["peers"] == [] and asked["sweep"] is None


@pytest.mark.parametrize("text", ["", "a", "10-", "-5", "10:5", "0-150:50", "1-2:0", "nan", "0-100:0.0001"])
def test_bad_quality_lists(text):
    with pytest.raises(outcome.UsageProblem):
        parse_qualities(text)


def test_sizes_for_people():
    assert [show.size(n) for n in (0, 999, 1000, 1_234_567, 5e15)] == ["0 B", "999 B", "1.0 kB", "1.2 MB", "5000.0 TB"]


def test_version_and_completion():
    assert re.match(r"vaerans \S+", call("--version").stdout)
    # What --show-completion prints, without its look at the parent processes: under CI there may be no shell to find.
    result = runner.invoke(app, [], prog_name="vaerans", env={"_VAERANS_COMPLETE": "source_bash"})
    assert result.exit_code == 0 and "complete" in result.stdout and "vaerans" in result.stdout


def test_documented_exit_codes_are_the_real_ones():
    text = (Path(__file__).parents[3] / "docs" / "cli.md").read_text()
    for name in ("OK", "FAILED", "USAGE", "INTERRUPTED", "TERMINATED"):
        assert f"| {getattr(outcome, name)} |" in text


def test_every_option_is_documented():
    text = (Path(__file__).parents[3] / "docs" / "cli.md").read_text()
    for command in ("compress", "decompress", "info", "report", "bench", "doctor"):
        shown = runner.invoke(app, [command, "--help"], env={"COLUMNS": "200", "TERM": "dumb"}).stdout
        for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", shown)) - {"--help"}:
            assert f"`{option}" in text, f"{option} of {command} is not in docs/cli.md"
