"""python/vaerans_ecs/systems/native.pyi: the signatures of the classes that are made from the registry."""

from __future__ import annotations

import textwrap
from typing import Any

from vaerans_ecs import _core, systems

HEAD = '''"""Signatures of the systems of the registry. Generated (`tools/gen`)."""

from typing import Literal

from .base import NativeSystem

'''


def native() -> str:
    rows = [row for row in _core.registry() if row["is_native"]]
    names = sorted(name for row in rows for name in (row["name"], row["inverse_name"]) if name)
    listed = "".join(f'    "{name}",\n' for name in names)
    classes = "".join(_pair(row) for row in rows)
    return f"{HEAD}__all__ = [\n{listed}]\n\n{classes}".removesuffix("\n")


def _pair(row: dict[str, Any]) -> str:
    inverse = row["inverse_name"]
    own = row["stored_params"]
    text = _class(row["name"], row["params"], True)
    if inverse is None:
        return text + "\n"
    given = "".join(f", {_argument(p, False)}" for p in own)
    for method in ("inverse", "dequantize")[: 1 + (row["family"] == "quantizer")]:
        text += f"    @classmethod\n    def {method}(cls{given}) -> {inverse}: ...\n"
    return text + "\n" + _class(inverse, own, False) + "\n"


def _class(name: str, params: list[dict[str, Any]], is_forward: bool) -> str:
    given = "".join(f", {_argument(p, is_forward)}" for p in params)
    document = textwrap.indent(f'"""{getattr(systems, name).__doc__}', "    ")
    end = '\n    """' if params else '"""'
    return f"class {name}(NativeSystem):\n{document}{end}\n\n    def __init__(self{given}) -> None: ...\n"


def _argument(row: dict[str, Any], with_default: bool) -> str:
    kind = f"Literal[{', '.join(repr(c) for c in row['choices'])}]" if "choices" in row else row["type"]
    kind = kind.replace("'", '"')
    default = row["default"] if with_default else None
    if default is None:
        return f"{row['name']}: {kind} | None = None"
    text = f'"{default}"' if isinstance(default, str) else repr(default)
    return f"{row['name']}: {kind} = {text}"
