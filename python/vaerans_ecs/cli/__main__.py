"""``python -m vaerans_ecs.cli``."""

from . import main

main()
