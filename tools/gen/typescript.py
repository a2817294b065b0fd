"""Types and classes of the browser package that follow from the core's tables."""

from __future__ import annotations

import json
import re
from typing import Any

from vaerans_ecs import _core
from vaerans_ecs._parameters import phrase, sentence, values

Row = dict[str, Any]

BY = "// Generated from the core's tables (tools/gen).\n"
TYPES = {"bool": "boolean", "int": "number", "float": "number", "str": "string", "bytes": "Uint8Array"}


def error_codes() -> str:
    codes = "".join(f'\n  | "{code}"' for code, *_ in sorted(_core.error_codes()))
    return f"{BY}/** Every code of an error; docs/errors.md says what each means. */\nexport type ErrorCode ={codes};\n"


def profile_options() -> str:
    found = {name: options for name, options, _ in _core.profiles()}
    made = (
        f"/** Options of the `{name}` profile. */\nexport interface {title}Options {{\n{_fields(found[name])}}}\n"
        for name, title in (("photo", "Photo"), ("vae", "Vae"))
    )
    return BY + "\n".join(made)


def command_options() -> str:
    """What the command `vaerans-encode` takes for the profile."""
    (photo,) = (options for name, options, _ in _core.profiles() if name == "photo")
    rows = []
    for row in photo:
        fields = {"name": camel(row["name"]), "type": row["type"], "text": phrase(row)}
        fields |= {"range": row["range"]} if "range" in row else {}
        rows.append("  { " + ", ".join(f"{key}: {json.dumps(value)}" for key, value in fields.items()) + " },\n")
    return f"{BY}/** Options of the `photo` profile. */\nexport const OPTIONS = [\n{''.join(rows)}];\n"


def systems() -> str:
    rows = _core.registry()
    helpers = sorted({_helper(row) for row in rows})
    head = f'{BY}import {{ {", ".join(helpers)} }} from "./pipe-system.js";\n'
    return head + "".join(f"\n{_system(row)}" for row in rows)


def _helper(row: Row) -> str:
    if row["inverse_name"] is None:
        return "system"
    return "quantizer" if row["family"] == "quantizer" else "pair"


def _system(row: Row) -> str:
    """Interfaces of the parameters, then the class or both classes."""
    name, inverse = row["name"], row["inverse_name"]
    text = [_interface(f"{name}Parameters", f"Parameters of `{name}`.", row["params"])]
    own = row["stored_params"]
    undo = f"{name}Parameters"
    if inverse and len(own) < len(row["params"]):
        undo = f"{inverse}Parameters"
        text.append(_interface(undo, f"Parameters of `{inverse}`.", own))
    where = "" if row["is_native"] else " In a page `to` throws `unavailable.feature`."
    summary = row["summary"]
    reads = ", ".join(" or ".join(keys) for keys in row["reads"])
    text.append(f"/** {summary[:1].upper()}{summary[1:]}: {reads} -> {row['key']}.{where} */\n")
    if inverse is None:
        text.append(f'export const {name} = system<{name}Parameters>("{name}");\n')
    else:
        types = f"{name}Parameters, {undo}"
        text.append(f'export const [{name}, {inverse}] = {_helper(row)}<{types}>("{name}", "{inverse}");\n')
    return "".join(text)


def _interface(name: str, text: str, params: list[Row]) -> str:
    if not params:
        return f"/** {text} */\nexport interface {name} {{}}\n"
    return f"/** {text} */\nexport interface {name} {{\n{_fields(params)}}}\n"


def _fields(params: list[Row]) -> str:
    lines = []
    for row in params:
        about = f" ({values(row)})" if "range" in row else ""
        lines += [f"  /** {sentence(row)}{about}. */", f"  {camel(row['name'])}?: {_type(row)} | undefined;"]
    return "".join(f"{line}\n" for line in lines)


def _type(row: Row) -> str:
    if "choices" in row:
        return " | ".join(f'"{word}"' for word in row["choices"])
    return TYPES[row["type"]]


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda m: m.group(1).upper(), name)
