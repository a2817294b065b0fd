"""Layout: changes of the order of axes are put off as far as they go, and taken out where one undoes another.

A value that is a Transpose of another need not be made: whoever reads it can often read the other, with its axes
renumbered, and what that makes is a Transpose in turn. So the channels stay last from the first
convolution to the last one.
"""

from __future__ import annotations

from .sweep import run

__all__ = ["run"]
