"""Pages and tables of docs/ that are made from the core."""

from __future__ import annotations

from vaerans_ecs import _core
from vaerans_ecs._parameters import default, phrase, values

BY = "Generated from the core (`tools/gen`)."


def table(head: str, rows: list[list[str]]) -> str:
    columns = head.count("|") - 1
    lines = [head, "| --- " * columns + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def errors() -> str:
    rows = [[f"`{code}`", meaning, after] for code, meaning, after in sorted(_core.error_codes())]
    body = table("| code | what it means | what to do |", rows)
    return f"# Errors\n\nThe same codes in Rust, Python and JavaScript. {BY}\n\n{body}\n"


def systems() -> str:
    rows = []
    for row in _core.registry():
        inverse = f"`{row['inverse_name']}`" if row["inverse_name"] else ""
        runs = "every language" if row["is_native"] else "Python"
        rows.append([
            str(row["number"]), f"`{row['name']}`", inverse, row["family"], f"`{row['key']}`", row["exact"], runs,
            row["summary"],
        ])  # fmt: skip
    head = "| number | system | inverse | family | makes | exact | runs in | what it does |"
    parts = [f"# Systems\n\nThe registry: one line per step. {BY}\n\n{table(head, rows)}\n"]
    parts += [_parameters(row) for row in _core.registry() if row["params"]]
    return "\n".join(parts)


def _parameters(row: dict) -> str:
    rows = [[f"`{p['name']}`", values(p), default(p), p["text"]] for p in row["params"]]
    takes = ", ".join(row["takes"])
    body = table("| parameter | values | default | what it means |", rows)
    return f"## {row['name']}\n\nTakes {takes}; gives {row['gives']}.\n\n{body}\n"


def steps() -> str:
    """Parameters as files hold them."""
    rows = []
    for row in _core.registry():
        if row["inverse_name"]:
            names = "; ".join(f"`{p['name']}` ({values(p)})" for p in row["stored_params"])
            rows.append([f"{row['number']} {row['name']}", f"`{row['inverse_name']}`", names])
    return table("| step | undone by | parameters |", rows)


def profile_options() -> str:
    """Options of the profiles, as flags of the command."""
    found: dict[str, tuple[dict, list[str]]] = {}
    for profile, options, _ in _core.profiles():
        for row in options:
            found.setdefault(row["name"], (row, []))[1].append(profile)
    rows = [
        [f"`--{name.replace('_', '-')}{'' if row['type'] == 'bool' else ' ' + row['type'].upper()}`",
         ", ".join(profiles), phrase(row)]
        for name, (row, profiles) in found.items()
    ]  # fmt: skip
    return table("| option | profiles | |", rows)
