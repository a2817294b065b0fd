"""The options the commands share, each documented once."""

from __future__ import annotations

from typing import Annotated

import typer

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
