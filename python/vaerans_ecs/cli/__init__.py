"""The command ``vaerans``: compress, decompress, info, report, bench, doctor.

It only orchestrates: every byte is made by the public functions of the package. Documented in docs/cli.md.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of the command."""
    from .output import keep_standard_numbers, tell_warnings
    from .signals import leave, watched

    keep_standard_numbers()
    tell_warnings()
    with watched():
        code = _run()
        if code >= 128:  # ended by a signal: threads may still be at work
            leave(code)
    sys.exit(code)


def _run() -> int:
    from .outcome import INTERRUPTED

    try:
        from .app import app

        app(prog_name="vaerans")
    except ImportError as error:  # typer or rich is missing
        from .output import complain

        complain(f"vaerans: {error}; install the command's parts with: pip install typer rich")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0
