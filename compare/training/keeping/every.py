"""How often a checkpoint is saved: ``5``, ``"5 epochs"``, ``"1000 steps"``, ``"30 s"``."""

import math
import re
from typing import NamedTuple

from compare.training import checks

#: How many of each unit's words there are, and what it comes to.
UNITS = {
    **dict.fromkeys(("", "epoch", "epochs"), ("epochs", 1)),
    **dict.fromkeys(("step", "steps"), ("steps", 1)),
    **dict.fromkeys(("s", "second", "seconds"), ("seconds", 1)),
    **dict.fromkeys(("min", "minute", "minutes"), ("seconds", 60)),
}


class Every(NamedTuple):
    """A distance from one checkpoint to the next.

    Attributes:
        number: How many.
        unit: "epochs", "steps" or "seconds".
    """

    number: float
    unit: str

    @property
    def most_steps(self) -> int | None:
        """Steps that may run at once, where steps are what is counted."""
        return int(self.number) if self.unit == "steps" else None


def every(text: object) -> Every:
    """Return what ``save_every`` means.

    Raises:
        ValueError: If it is not understood, or is no positive number.
    """
    if not isinstance(text, str):
        return Every(checks.whole("save_every", text, 1), "epochs")
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", text)
    if not match or match[2] not in UNITS:
        raise ValueError(
            f"save_every is {text!r}; wanted a number of epochs, steps, seconds or minutes, "
            "as '5 epochs', '1000 steps', '30 s' or '10 min'."
        )
    unit, factor = UNITS[match[2]]
    count = float(match[1]) * factor
    if not (math.isfinite(count) and (unit == "seconds" or (count >= 1 and count == int(count)))):
        raise ValueError(f"save_every is {text!r}; wanted a whole number of {unit}, 1 at least.")
    return Every(count, unit)
