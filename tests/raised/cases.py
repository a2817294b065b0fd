"""What raises each code: functions by the code that a test wants of them, and what they share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

GREY = np.zeros((8, 8, 3), np.uint8)
#: May take `tmp_path` and `monkeypatch`, by these names.
Case = Callable[..., object]


class Cases(dict[str, Case]):
    """Functions that raise an error, by its code."""

    def raises(self, code: str) -> Callable[[Case], Case]:
        """Notes a function that raises `code`."""

        def note(function: Case) -> Case:
            assert code not in self
            self[code] = function
            return function

        return note
