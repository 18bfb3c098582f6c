"""How much a search may do: counted in operations, so that it ends at the same point everywhere.

A limit in seconds would find an edit on one machine and not on another, or not while somebody else
is using it. Seconds count only where somebody asked for them.
"""

import functools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from compare.program.loops import Loop, patiently
from compare.program.run import Execute

#: What it costs to run any equation on NumPy, in operations of one element.
EACH = 10_000
#: Operations that a search may take unless told otherwise: some 8 s on one of today's machines.
ENOUGH = 2.5e9
#: Asking for the time is dear where a supervisor stands between; it is asked so seldom.
_SOMETIMES = 16


@dataclass(eq=False)
class Meter:
    """Counts what a search does.

    Attributes:
        deadline: When to stop, by ``time.thread_time``; None to stop after ``ENOUGH`` operations.
        spent: Operations so far.
    """

    deadline: float | None = None
    spent: float = 0.0
    _asked: int = field(default=0, repr=False)
    _over: bool = field(default=False, repr=False)

    @classmethod
    def of(cls, seconds: float | None) -> "Meter":
        """Return a meter for so many seconds of computing, or for the usual work."""
        return cls(None if seconds is None else time.thread_time() + seconds)

    def spend(self, arrays: Sequence[Any] = (), times: float = 1.0) -> None:
        """Count one operation on arrays, or several."""
        self.spent += times * (EACH + sum(map(np.size, arrays)))

    @functools.cached_property
    def execute(self) -> Execute:
        """How equations are run: a loop that a change leaves without an end is given up."""
        return patiently(self._heard)

    def _heard(self, loop: Loop, steps: int) -> None:
        self.spent += steps * loop.price

    @property
    def over(self) -> bool:
        """Whether it was enough."""
        if self.deadline is None:
            return self.spent > ENOUGH
        if self._asked % _SOMETIMES == 0:
            self._over = self._over or time.thread_time() > self.deadline
        self._asked += 1
        return self._over
