"""``python -m vaerans_ecs``: the command ``vaerans``."""

from .cli import main

main()
