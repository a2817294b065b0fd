"""The command ``vaerans``: compress, decompress, info, report, bench, doctor.

It only orchestrates: every byte is made by the public functions of the package. Documented in docs/cli.md.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Entry point of the command."""
    try:
        code = _main()
    except KeyboardInterrupt:  # before the signals are watched, or once they are no more
        os._exit(130)
    sys.exit(code)


def _main() -> int:
    from .output import complain, keep_standard_numbers, tell_warnings
    from .signals import code_of, leave, watched

    keep_standard_numbers()
    tell_warnings()
    with watched():
        try:
            code = _run()
        except KeyboardInterrupt as interrupt:
            complain("vaerans: interrupted")
            code = code_of(interrupt)
        if code >= 128:  # ended by a signal: threads may still be at work
            leave(code)
    return code


def _run() -> int:
    try:
        from .app import app

        app(prog_name="vaerans")
    except ImportError as error:  # typer or rich is missing
        from .output import complain

        complain(f"vaerans: {error}; install the command's parts with: pip install typer rich")
        return 1
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0
