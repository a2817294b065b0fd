"""The frame of every command: what it raises becomes lines on standard error and the documented exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperGroup

from . import output
from .outcome import FAILED, OK, USAGE, UsageProblem, describe
from .signals import code_of


class Commands(TyperGroup):
    """All commands. Wrong usage, whoever finds it, is told in one way."""

    def main(self, args: Any = None, *more: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """As typer's, which tells of errors in boxes, with whatever the arguments hold."""
        extra["standalone_mode"] = False
        code = ended(lambda: super(Commands, self).main(args, *more, **extra))
        if standalone_mode:
            sys.exit(code)
        return code

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interrupt:
            output.complain("vaerans: interrupted")
            raise typer.Exit(code_of(interrupt)) from None


def ended(run: Callable[[], int | None]) -> int:
    """The exit code of a run, after what it raised was told."""
    try:
        code = run() or OK
        output.flush()
        return code
    except UsageProblem as problem:
        first, *more = problem.args
        output.complain(f"vaerans: {first}", *more)
        return USAGE
    except BrokenPipeError:  # whoever read our output has left
        output.abandon(sys.stdout)
    except ImportError as error:
        output.complain(f"vaerans: {error}; 'vaerans doctor' says what is missing")
    except Exception as error:
        if hasattr(error, "format_message"):  # an exception of typer's, or of click's in its older releases
            return _wrong_usage(error)
        output.complain("vaerans: {}: {}".format(*describe(error)))
        output.settle()
    return FAILED


def _wrong_usage(error: Any) -> int:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
    elif context is None:
        output.complain(f"vaerans: {error.format_message()}")
    else:
        output.complain(f"vaerans: {error.format_message()}; see {context.command_path} --help")
    return int(error.exit_code)
