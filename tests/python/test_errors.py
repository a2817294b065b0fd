"""Every documented code is raised by what a user could do (tests/raised); no code is raised that is not documented."""

from __future__ import annotations

import ast
import pickle
from pathlib import Path

import pytest
from raised import arguments, data, machines, models, pipes

from vaerans_ecs import _core, _files, errors

ROOT = Path(__file__).resolve().parents[2]
THEMES = [theme.CASES for theme in (pipes, arguments, data, machines, models)]
RAISES = {code: function for theme in THEMES for code, function in theme.items()}

#: A defect of ours: nobody knows how to raise it. And the command line's own word for a file left undone (test_cli.py).
NOT_RAISED = {"internal.bug", "unavailable.interrupted"}


def documented() -> dict[str, tuple[str, str]]:
    return {code: (meaning, after) for code, meaning, after in _core.error_codes()}


def named_in(folder: str, *, but: tuple[str, ...] = ()) -> set[str]:
    """Documented codes that the sources under a folder name."""
    files = [p for p in (ROOT / folder).rglob("*") if p.suffix in (".py", ".rs", ".ts") and "target" not in p.parts]
    texts = [p.read_text(encoding="utf-8") for p in files if p.name not in but]
    return {code for code in documented() if any(f'"{code}"' in text for text in texts)}


def only_in_a_page() -> set[str]:
    """Codes that the browser package throws of its own, and nothing else does."""
    elsewhere = named_in("python") | named_in("crates", but=("codes.rs",))
    return named_in("web/src", but=("error-codes.ts",)) - elsewhere


@pytest.mark.parametrize("code", sorted(RAISES))
def test_every_code_is_raised(code, tmp_path, monkeypatch):
    have = {"tmp_path": tmp_path, "monkeypatch": monkeypatch}
    function = RAISES[code]
    wanted = function.__code__.co_varnames[: function.__code__.co_argcount]
    with pytest.raises(errors.VaeransError) as e:
        function(**{name: have[name] for name in wanted})
    error = e.value
    assert error.code == code
    assert type(error) is type(errors.from_code(code, "")) or isinstance(error, _files.FileError)
    assert str(error) == f"[{code}] {error.message}" and len(error.message) > 15
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.code, copy.message) == (type(error), code, error.message)


def test_every_documented_code_is_raised_once():
    page = only_in_a_page()
    assert "unavailable.worker" in page
    assert sorted(set(documented()) - NOT_RAISED - page) == sorted(code for theme in THEMES for code in theme)


def test_every_code_in_the_sources_is_documented():
    known, used = documented(), {}
    for path in sorted((ROOT / "python").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                family, dot, rest = node.value.partition(".")
                if (
                    dot
                    and family in errors._FAMILIES
                    and rest.replace("_", "").isalpha()
                    and rest not in ("json", "js")
                ):
                    used[node.value] = path.name
    assert {code: where for code, where in used.items() if code not in known} == {}
    assert "param.taken" in used


def test_every_row_says_what_and_what_next():
    for code, (meaning, after) in documented().items():
        assert code.partition(".")[0] in errors._FAMILIES
        assert len(meaning) > 10 and len(after) > 5, code


def test_a_code_decides_the_class_of_its_error():
    expected = {"pipe": ValueError, "data": ValueError, "limit": MemoryError, "unavailable": RuntimeError}
    for family, kind in expected.items():
        assert isinstance(errors.from_code(f"{family}.x", "m"), kind)
    assert isinstance(errors.from_code("internal.bug", "m"), errors.InternalError)
    assert isinstance(errors.from_code("nobody.knows", "m"), errors.InternalError)
