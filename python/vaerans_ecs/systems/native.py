"""The systems of the library: classes made from the registry of the core, one for each direction of each entry.

``native.pyi`` beside this file, made from the same registry, tells their signatures to type checkers.
"""

from __future__ import annotations

import inspect
from typing import Any

from .. import _core
from .._parameters import sentence, values
from .base import NativeSystem

__all__: list[str] = []

_TYPES = {"bool": bool, "int": int, "float": float, "str": str, "bytes": bytes}


def _parameter(row: dict[str, Any], default: Any) -> inspect.Parameter:
    annotation = _TYPES[row["type"]] if default is not None else _TYPES[row["type"]] | None
    return inspect.Parameter(
        row["name"], inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=annotation
    )


def _document(summary: str, params: list[dict[str, Any]]) -> str:
    lines = [summary[:1].upper() + summary[1:] + "."]
    if params:
        lines += ["", "Parameters", "----------"]
        lines += [f"{p['name']} : {values(p)}\n    {sentence(p)}." for p in params]
    return "\n".join(lines)


def _class(
    name: str, summary: str, params: list[dict[str, Any]], is_forward: bool, **fields: Any
) -> type[NativeSystem]:
    """A class whose parameters are those of the registry; an inverse takes what differs from none."""
    parameters = [_parameter(p, p["default"] if is_forward else None) for p in params]
    signature = inspect.Signature(parameters)

    def __init__(self: NativeSystem, *args: Any, **kwargs: Any) -> None:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            text = f"{name}(): {error}; it takes {', '.join(signature.parameters) or 'no parameters'}"
            raise TypeError(text) from None
        NativeSystem.__init__(self, **bound.arguments)

    __init__.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY), *parameters]
    )
    body = {"__init__": __init__, "__doc__": _document(summary, params), "__module__": __package__, **fields}
    return type(name, (NativeSystem,), {"__signature__": signature, **body})


def _pair(row: dict[str, Any]) -> list[type[NativeSystem]]:
    """The forward class of an entry, and its inverse."""
    forward = _class(
        row["name"], row["summary"], row["params"], True, requires=_first(row["reads"]), produces=(row["key"],)
    )
    if row["inverse_name"] is None:
        return [forward]
    undo = _class(
        row["inverse_name"],
        f"undoes :class:`{row['name']}`; what is given must be what that was given",
        row["stored_params"],
        False,
        requires=_first(row["inverse_reads"]),
        produces=(row["inverse_key"],),
        is_inverse=True,
    )

    def inverse(cls: type[NativeSystem], *args: Any, **kwargs: Any) -> NativeSystem:
        """The system that undoes it."""
        return undo(*args, **kwargs)

    forward.inverse = classmethod(inverse)  # type: ignore[attr-defined]
    if row["family"] == "quantizer":
        forward.dequantize = forward.inverse  # type: ignore[attr-defined]
    return [forward, undo]


def _first(reads: list[list[str]]) -> tuple[str, ...]:
    """One key for each input; a cursor may stand on others too."""
    return tuple(keys[0] for keys in reads)


for _row in _core.registry():
    if _row["is_native"]:
        for _made in _pair(_row):
            globals()[_made.__name__] = _made
            __all__.append(_made.__name__)
