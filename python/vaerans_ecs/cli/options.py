"""The options the commands share, each documented once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer

from .. import images
from .._parameters import sentence
from ..errors import VaeransError
from .outcome import UsageProblem, describe

Inputs = Annotated[
    list[str], typer.Argument(metavar="IN", show_default=False, help="Files, folders, globs; - is standard input.")
]
Out = Annotated[
    str | None,
    typer.Option(
        "--out",
        "-o",
        metavar="OUT",
        show_default=False,
        help="File or folder; - is standard output. Default: beside each input.",
    ),
]
Recursive = Annotated[bool, typer.Option("--recursive", "-r", help="Enter the folders inside folders too.")]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, metavar="N", show_default=False, help="Files at once. Default: one per core."),
]
Force = Annotated[bool, typer.Option("--force", "-f", help="Overwrite existing files.")]
SkipExisting = Annotated[
    bool, typer.Option("--skip-existing", help="Leave inputs alone whose output is there already.")
]
KeepSuffix = Annotated[
    bool, typer.Option("--keep-suffix", help="Add the new suffix to the old one: a.jpg becomes a.jpg.vrn.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No bar and no table; failures are still told.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")]
Threads = Annotated[
    int | None,
    typer.Option(
        "--threads", min=1, metavar="N", show_default=False, help="Threads to use. Default: the cores of this process."
    ),
]
MaxPixels = Annotated[
    int | None,
    typer.Option("--max-pixels", min=1, metavar="N", show_default=False, help="Refuse larger pictures."),
]
MaxBytes = Annotated[
    int | None,
    typer.Option("--max-bytes", min=1, metavar="N", show_default=False, help="Refuse what takes more working memory."),
]
MaxElements = Annotated[
    int | None,
    typer.Option("--max-elements", min=1, metavar="N", show_default=False, help="Refuse larger tensors."),
]
Size = Annotated[
    list[str] | None,
    typer.Option(
        "--size", metavar="NAME=N", show_default=False, help="An extent that callers choose, as height=64. Repeatable."
    ),
]
Item = Annotated[
    str | None,
    typer.Option("--item", metavar="NAME", show_default=False, help="One picture of a file of several."),
]

_TYPES: dict[str, Any] = {"bool": bool, "int": int, "float": float, "str": str}

Command = TypeVar("Command", bound=Callable[..., None])


def profile_options(command: Command) -> Command:
    """Gives a command that takes ``**options`` the options of the profiles that it does not name itself."""
    signature = inspect.signature(command, eval_str=True)
    named = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    known = {p.name for p in named}
    added = [_option(row) for name, row in _rows().items() if name not in known]
    command.__signature__ = signature.replace(parameters=[*named, *added])  # type: ignore[attr-defined]
    return command


def _rows() -> dict[str, dict[str, Any]]:
    """The options; none where the native module does not load: then no command that takes them runs."""
    try:
        return images.profile_options()
    except ImportError:
        return {}


def _option(row: dict[str, Any]) -> inspect.Parameter:
    low, high = row.get("range", (None, None))
    flag = f"--{row['name'].replace('_', '-')}"
    if row["default"] is True:
        flag += f"/--no-{flag[2:]}"
    option = typer.Option(flag, min=low, max=high, show_default=False, help=f"{sentence(row)}.")
    kind: Any = _TYPES[row["type"]]
    annotation: Any = Annotated[kind | None, option]
    return inspect.Parameter(row["name"], inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def checked(profile: str, model: str | None, **options: Any) -> dict[str, Any]:
    """The keyword arguments of ``compress`` for what was asked for; ``None`` was not. Raises `UsageProblem`."""
    from .. import _core

    options = {name: value for name, value in options.items() if value is not None}
    profiles = {name: {row["name"] for row in rows} for name, rows, _ in _core.profiles()}
    if profile not in profiles:
        raise UsageProblem(f"--profile {profile}: expected {' or '.join(profiles)}")
    for name in options:
        if name not in profiles[profile]:
            owners = " or ".join(owner for owner, known in profiles.items() if name in known)
            raise UsageProblem(f"--{name.replace('_', '-')} is an option of --profile {owners}, not of {profile}")
    if model is not None and profile != "vae":
        raise UsageProblem(f"--model is an option of --profile vae, not of {profile}")
    try:
        _core.profile_options(profile, options)
        if model is not None:
            _check_model(model)
    except VaeransError as error:
        raise UsageProblem("{}: {}".format(*describe(error))) from error
    return {"profile": profile, "model": model, **options}


def _check_model(model: str) -> None:
    """That there is such a model: one that ships, a codec in layers, what is compiled already, a folder of networks."""
    from ..models import native
    from ..models.loading import is_shipped
    from ..models.lookup import find_folder

    if not (is_shipped(model) or native.layered_folder(model) or native.compiled_folder(model)):
        find_folder(model)
