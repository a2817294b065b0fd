"""The command ``vaerans``: compress, decompress, info, report, bench, doctor.

It only orchestrates: every byte is made by the public functions of the package. Documented in docs/cli.md.
"""

from __future__ import annotations


def main() -> None:
    """Entry point of the command."""
    try:
        from .app import app
    except ImportError as error:  # typer or rich is missing
        raise SystemExit(f"vaerans: {error}; install the command's parts with: pip install typer rich") from error
    app(prog_name="vaerans")
