"""Pages and tables of docs/ that are made from the core."""

from __future__ import annotations

from vaerans_ecs import _core
from vaerans_ecs._parameters import default, phrase, values
from vaerans_ecs.wasm.from_onnx import DTYPES
from vaerans_ecs.wasm.operations import LOWERINGS

BY = "Generated from the core (`tools/gen`)."


OPERATORS = """# Operators of the network engine

{by}

Of ONNX every operator of the first table, every one of the second, which becomes some of the first, and every one that
ONNX itself says in terms of these (`Attention`, `RotaryEmbedding`, `SwiGLU`, `SoftmaxCrossEntropyLoss` and others); of
the domain `vaerans` `SVD` and `Pinv`. Elements are {types}. What else a model has is refused at export, all of it in
one message.

## The engine's own

The numbers are those of plans; a number is never given to another operator. Convolutions, pooling, `GridSample` and
`GroupNormalization` have channels last. Few networks have those that are `extra`: a page on one thread with SIMD
fetches them, a supplement of 46 KB, when a plan names one.

{own}

## Put into others

{lowered}
"""


def table(head: str, rows: list[list[str]]) -> str:
    columns = head.count("|") - 1
    lines = [head, "| --- " * columns + "|"]
    return "\n".join(lines + ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows])


def errors() -> str:
    rows = [[f"`{code}`", meaning, after] for code, meaning, after in sorted(_core.error_codes())]
    body = table("| code | what it means | what to do |", rows)
    return f"# Errors\n\nThe same codes in Rust, Python and JavaScript. {BY}\n\n{body}\n"


def systems() -> str:
    rows = []
    for row in _core.registry():
        inverse = f"`{row['inverse_name']}`" if row["inverse_name"] else ""
        runs = "every language" if row["is_native"] else "Python, Rust" if row["runs"] else "Python"
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


def operators() -> str:
    """What a network may be made of: the engine's operators, and ONNX's that are put into their terms."""
    own = [
        [
            str(row["number"]),
            f"`{row['name']}`",
            span(*row["inputs"]),
            span(*row["outputs"]),
            ", ".join(
                f"`{name}`" + (f" ({', '.join(words)})" if words else "") for name, _, words in row["attributes"]
            ),
            "extra" if row["rare"] else "",
            row["summary"],
        ]
        for row in sorted(_core.nn_operators(), key=lambda row: row["number"])
    ]
    lowered = [[f"`{name}`", (LOWERINGS[name].__doc__ or "").strip().splitlines()[0]] for name in sorted(LOWERINGS)]
    return OPERATORS.format(
        by=BY,
        types=", ".join(DTYPES),
        own=table("| number | operator | inputs | outputs | attributes | in pages | what it gives |", own),
        lowered=table("| ONNX | how |", lowered),
    )


def steps() -> str:
    """Parameters as files hold them."""
    rows = []
    for row in _core.registry():
        if row["inverse_name"]:
            names = "; ".join(f"`{p['name']}` ({values(p)})" for p in row["stored_params"])
            rows.append([f"{row['number']} {row['name']}", f"`{row['inverse_name']}`", names])
    return table("| step | undone by | parameters |", rows)


def span(least: int, most: int) -> str:
    """A number, or from one to another."""
    return str(least) if least == most else f"{least} to {most}"


def passes() -> str:
    """Passes of the network compiler, in the order in which they run."""
    from vaerans_ecs.wasm.passes import PASSES

    rows = [["`onnxslim`", "the ONNX graph is folded and cleaned up by the package of that name"]]
    return table("| pass | |", rows + [[f"`{one.name}`", one.summary] for one in PASSES])


def profile_options() -> str:
    """Options of the profiles, as flags of the command."""
    found: dict[str, tuple[dict, list[str]]] = {}
    for profile, options, _ in _core.profiles():
        for row in options:
            found.setdefault(row["name"], (row, []))[1].append(profile)
    rows = [[flags(name, row), ", ".join(profiles), phrase(row)] for name, (row, profiles) in found.items()]
    return table("| option | profiles | |", rows)


def flags(name: str, row: dict) -> str:
    """How the command takes an option: by its name, a flag that is on by default also by its opposite."""
    name = name.replace("_", "-")
    if row["type"] != "bool":
        return f"`--{name} {row['type'].upper()}`"
    return f"`--{name}`, `--no-{name}`" if row["default"] else f"`--{name}`"
