"""Writes everything that follows from the core's own tables: ``python tools/gen``, after every build (`make setup`).

With ``--check`` only says what is out of date.
"""

from __future__ import annotations

import sys
from pathlib import Path

import blocks
import pages
import stub
import typescript

ROOT = Path(__file__).resolve().parents[2]

#: File -> its text, from the text that is there.
FILES = {
    "docs/errors.md": lambda _: pages.errors(),
    "docs/operators-nn.md": lambda _: pages.operators(),
    "docs/systems.md": lambda _: pages.systems(),
    "docs/format.md": lambda old: blocks.fill(old, "steps", pages.steps()),
    "docs/cli.md": lambda old: blocks.fill(old, "profile options", pages.profile_options()),
    "docs/nn.md": lambda old: blocks.fill(old, "passes", pages.passes()),
    "python/vaerans_ecs/systems/native.pyi": lambda _: stub.native(),
    "web/bin/options.mjs": lambda _: typescript.command_options(),
    "web/src/error-codes.ts": lambda _: typescript.error_codes(),
    "web/src/pipe-systems.ts": lambda _: typescript.systems(),
    "web/src/profile-options.ts": lambda _: typescript.profile_options(),
}


def main() -> int:
    stale = []
    for name, make in FILES.items():
        path = ROOT / name
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        new = make(old)
        if new != old:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(new, encoding="utf-8", newline="\n")
    for name in stale:
        print(f"{name}: {'out of date; run `make docs`' if '--check' in sys.argv else 'written'}")
    return int(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
