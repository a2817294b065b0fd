"""Checks that the layers of the project know only what is below them.

    web/ ----> vaerans-wasm ------------------+
                                              +--> vaerans --> vaerans-kernels --(C ABI)--> cpp/
    python/ -> vaerans-py --+--> vaerans-io --+
                            +-----------------+
                          vaerans-vae --------+

Inside the core: {arena, pool} <- {component, nn <- learned} <- registry <-> ecs <- {codec, metric}; wire at the bottom;
bitstream below codec. The registry's types stand beside the scheduler; its one value, which names every system, in
lib.rs.

    python tools/check_layers.py [ROOT]

prints one line per finding (file:line: rule) and exits with 1 if there are any.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

#: Crates of the workspace that a crate may depend on. A new crate gets its line here.
CRATES: dict[str, set[str]] = {
    "vaerans-kernels": set(),
    "vaerans-io": {"vaerans"},
    "vaerans": {"vaerans-kernels"},
    "vaerans-parity": {"vaerans", "vaerans-vae"},
    "vaerans-py": {"vaerans", "vaerans-io"},
    "vaerans-wasm": {"vaerans", "vaerans-io"},
    "vaerans-supplement": {"vaerans"},
    "vaerans-vae": {"vaerans"},
    "vaerans-train": {"vaerans"},
}
#: Crates of other people that belong to a binding, or to files, and never below them.
HOME_CRATES = {"pyo3", "numpy", "wasm-bindgen", "js-sys", "web-sys", "image", "memmap2", "tokio"}

_BASE = {"error", "exif", "icc", "wire", "rect", "pool"}
_ECS = _BASE | {"arena", "component", "nn", "learned", "registry", "ecs"}
#: Modules of the core that a module may name. A new module gets its line here.
MODULES: dict[str, set[str]] = {
    "error": set(),
    "exif": set(),
    "icc": {"error"},
    "rect": {"error"},
    "wire": {"error"},
    "pool": {"error"},
    "arena": _BASE,
    "component": _BASE | {"arena"},
    "nn": _BASE | {"arena"},
    "learned": _BASE | {"arena", "nn"},
    "registry": _BASE | {"arena", "component", "ecs"},
    "ecs": _BASE | {"arena", "component", "nn", "learned", "registry"},
    "bitstream": _BASE | {"arena", "component", "registry"},
    "metric": _ECS,
    "codec": _ECS | {"bitstream", "metric"},
}

CORE_WORDS = {
    r"\bpyo3\b": "pyo3 belongs to vaerans-py",
    r"\bwasm_bindgen\b": "wasm-bindgen belongs to vaerans-wasm",
    r"\bstd::(fs|net)\b": "files and sockets belong to the homes",
    r"\bstd::process::Command\b": "processes belong to the homes",
    r"\b(Instant|SystemTime)\b": "a Clock is passed in",
    r"\b(e?print(ln)?|dbg)!": "the core prints nothing",
    r"\bstd::io::std(in|out|err)\b": "the core prints nothing",
}
KERNEL_WORDS = CORE_WORDS | {r"\bvaerans::": "the kernels do not know the core"}
# A type of functions, `extern "C" fn(...)`, declares none.
FFI = {r'\bextern\s+"C"(?!\s+fn\s*\()': "foreign functions are declared in vaerans-kernels/src/native"}

CPP_INCLUDES = {"stddef.h", "stdint.h", "immintrin.h", "arm_neon.h", "wasm_simd128.h", "cpuid.h", "intrin.h", "omp.h"}
CPP_INCLUDES |= {"sys/auxv.h", "asm/hwcap.h"}
CPP_WORDS = {
    r"\bstd::": "no standard library in a kernel",
    r"\bnew\b|\bdelete\b(?!\s*;)|\b(m|c|re)alloc\s*\(|\bfree\s*\(": "a kernel does not allocate",
    r"\bthrow\b|\btry\s*\{|\bcatch\s*\(": "a kernel does not throw",
    r"\b(f|s|sn)?printf\s*\(|\bputs\s*\(": "a kernel does not print",
    r"(?i)\b(rust|python|pyo3|numpy|pyobject)\b": "a kernel does not know who calls it",
    r"^static\s+(?!.*\bconst(expr)?\b)[^(){}]*(=.*)?;": "a kernel has no globals",
}
PYTHON_WORDS = {
    r"(?i)\bcrc32c\b|\b0x82f63b78\b": "checksums of files are taken in the core",
    r"\bnumber\b[^=\n]*=\s*(?!0x[89a-fA-F])[1-9]\d*\b": "registry numbers come from the core (_core.registry())",
}


class Finding(NamedTuple):
    """One place that breaks a rule."""

    path: Path
    line: int
    rule: str

    def text(self, root: Path) -> str:
        return f"{self.path.relative_to(root)}:{self.line}: {self.rule}"


_CODE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|(?P<raw>b?r(?P<hash>\#*)".*?"(?P=hash))|(?P<string>b?"(?:\\.|[^"\\])*")|'(?:\\.[^']*|[^\\'])'""",
    re.S,
)


def code(text: str, keep_strings: bool = False) -> str:
    """C++ or Rust without comments (and contents of strings), with the same lines."""

    def blank(match: re.Match[str]) -> str:
        whole = match.group()
        if match.group("raw") or match.group("string"):
            return whole if keep_strings else '""' + "\n" * whole.count("\n")
        return whole if whole.startswith("'") else " " + "\n" * whole.count("\n")

    return _CODE.sub(blank, text)


def shipped(path: Path) -> bool:
    """Whether a Rust file is no test of its own."""
    return path.name != "tests.rs" and "tests" not in path.parts


def rust(path: Path, keep_strings: bool = False) -> str:
    """A Rust file's code up to its tests, which stand at the end."""
    return re.split(r"^#\[cfg\(.*\btest\b.*\)\]\s*^mod ", code(path.read_text(), keep_strings), maxsplit=1, flags=re.M)[
        0
    ]


def words(path: Path, text: str, rules: dict[str, str]) -> Iterator[Finding]:
    for pattern, rule in rules.items():
        for match in re.finditer(pattern, text, re.M):
            yield Finding(path, text.count("\n", 0, match.start()) + 1, f"{rule}: {match.group().strip()!r}")


def files(folder: Path, *endings: str) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix in endings and p.is_file())


def check_crates(root: Path) -> Iterator[Finding]:
    for manifest in sorted(root.glob("crates/*/Cargo.toml")):
        data = tomllib.loads(manifest.read_text())
        name = data["package"]["name"]
        if name not in CRATES:
            yield Finding(manifest, 1, f"crate {name} has no line in tools/check_layers.py")
            continue
        targets = [data, *data.get("target", {}).values()]
        used = {dep for t in targets for key in ("dependencies", "build-dependencies") for dep in t.get(key, {})}
        wrong = {d for d in used if d.startswith("vaerans")} - CRATES[name]
        if name in ("vaerans", "vaerans-kernels"):
            wrong |= used & HOME_CRATES
        yield from (Finding(manifest, 1, f"{name} must not depend on {dep}") for dep in sorted(wrong))


def modules_named(path: Path, source: Path) -> Iterator[tuple[int, str]]:
    """Top-level modules of the core that a file names, by `crate::` or by climbing up with `super::`."""
    inside = list(path.relative_to(source).with_suffix("").parts)
    depth = len(inside) - (inside[-1] == "mod")
    text = rust(path)
    for match in re.finditer(r"\bcrate::(?:\{([^;]*)\}|(\w+))", text):
        line = text.count("\n", 0, match.start()) + 1
        names = [match.group(2)] if match.group(2) else re.findall(r"(?:^|,)\s*(\w+)", match.group(1))
        yield from ((line, name) for name in names)
    for match in re.finditer(r"\b((?:super::)+)(\w+)", text):
        if match.group(1).count("super") == depth:
            yield text.count("\n", 0, match.start()) + 1, match.group(2)


def check_modules(root: Path) -> Iterator[Finding]:
    source = root / "crates/vaerans/src"
    for path in files(source, ".rs"):
        module = path.relative_to(source).with_suffix("").parts[0]
        if module == "lib" or not shipped(path.relative_to(source)):
            continue
        if module not in MODULES:
            yield Finding(path, 1, f"module {module} has no line in tools/check_layers.py")
            continue
        allowed = MODULES[module] | {module}
        for line, name in modules_named(path, source):
            if name in MODULES and name not in allowed:
                yield Finding(path, line, f"{module} must not know {name}")


def check_rust_words(root: Path) -> Iterator[Finding]:
    for crate, rules in (("vaerans", CORE_WORDS | FFI), ("vaerans-kernels", KERNEL_WORDS), ("vaerans-io", FFI)):
        for path in files(root / "crates" / crate / "src", ".rs"):
            if shipped(path.relative_to(root)):
                yield from words(path, rust(path, keep_strings=True) if rules is FFI else _without_text(path), rules)


def _without_text(path: Path) -> str:
    """Code without strings, but with `extern "C"`."""
    return re.sub(r'extern\s+""', 'extern "C"', rust(path))


def check_cpp(root: Path) -> Iterator[Finding]:
    for folder in ("include", "src"):
        for path in files(root / "cpp" / folder, ".h", ".cc"):
            if path.name == "openmp.cc":  # splits ranges, and holds no kernel
                continue
            included = code(path.read_text(), keep_strings=True)
            for match in re.finditer(r"^\s*#\s*include\s*<([^>]*)>", included, re.M):
                if match.group(1) not in CPP_INCLUDES:
                    line = included.count("\n", 0, match.start()) + 1
                    yield Finding(path, line, f"a kernel includes freestanding headers only: <{match.group(1)}>")
            yield from words(path, code(path.read_text()), CPP_WORDS)


def magic(root: Path) -> str | None:
    """A pattern for the container's first four bytes, as source text or as a list of numbers."""
    for path in files(root / "crates/vaerans/src/bitstream", ".rs"):
        if found := re.search(r'const MAGIC\b[^=]*=\s*\*?b"([^"]+)"', path.read_text()):
            first = found.group(1).encode().decode("unicode_escape").encode("latin-1")[:4]
            text = "".join(chr(b) if 32 <= b < 127 else f"\\x{b:02x}" for b in first)
            numbers = r",\s*".join(f"(?:0x{b:02x}|{b})" for b in first)
            return f"(?i){re.escape(text)}|{numbers}"
    return None


def check_homes(root: Path) -> Iterator[Finding]:
    """Format constants stay in the core."""
    for path in files(root / "python/vaerans_ecs", ".py"):
        lines = re.sub(r"(?m)#.*$", "", path.read_text())
        yield from words(path, lines, PYTHON_WORDS)
    homes = ("python/vaerans_ecs", "crates/vaerans-py/src", "crates/vaerans-wasm/src", "web/src")
    if first := magic(root):
        for path in (p for home in homes for p in files(root / home, ".py", ".rs", ".ts")):
            yield from words(path, path.read_text(), {first: "the container's magic bytes stand in the core only"})


def check(root: Path) -> list[Finding]:
    """Everything under ``root`` that breaks a rule."""
    rules: Iterable[Iterator[Finding]] = (
        check_crates(root),
        check_modules(root),
        check_rust_words(root),
        check_cpp(root),
        check_homes(root),
    )
    return [finding for found in rules for finding in found]


def main() -> int:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent).resolve()
    findings = check(root)
    for finding in findings:
        print(finding.text(root))
    print(f"{len(findings)} findings" if findings else "layers: nothing on the right knows a name from its left")
    return bool(findings)


if __name__ == "__main__":
    sys.exit(main())
