"""Memory that a piece of work takes, measured from outside."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable

import vaerans_ecs as ve


def peak_of(work: Callable[[], object]) -> tuple[int, str]:
    """Bytes that `work` adds to the memory of a process of its own, and the error that it ends with."""
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            work()
            text = ""
        except ve.errors.VaeransError as error:
            text = f"{error.code} {error.message}"
        except BaseException as error:
            text = f"{type(error).__name__} {error}"
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        os.write(there, f"{peak} {text[:2000]}".encode())
        os._exit(0)
    os.close(there)
    with os.fdopen(here) as answer:
        peak, _, text = answer.read().partition(" ")
    os.waitpid(child, 0)
    return int(peak) * 1024, text
