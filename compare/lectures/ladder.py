"""The sizes at which an extreme is tried, and the smallest at which something breaks."""

import math
from collections.abc import Callable

import numpy as np

from manual_backprop.lectures import Extreme

#: Sizes of a ladder. A break shorter than a rung can be missed: 12 % growing, 58 % shrinking.
RUNGS = 61
UP, DOWN = np.geomspace(1e-3, 1, RUNGS), np.geomspace(1, 1e-12, RUNGS)

#: How close the two sides of a break are brought, relative.
CLOSE = 1e-6
#: Decimal digits of the size that is told; more where rounding to so few hides the break.
TOLD = (4, 5, 6)


def rungs(extreme: Extreme) -> np.ndarray:
    """Return the sizes in the order they are tried, as many for a single point: one program."""
    if not extreme.scaled:
        return np.ones(RUNGS)
    return DOWN if extreme.shrinks else UP


def first_size(sizes: np.ndarray, rung: int, bad: Callable[[float], bool]) -> float:
    """Return where something begins that is bad at a rung and not at the one before.

    The size is bad itself, and has few digits: the first such one after the last good size.
    """
    if rung == 0:
        return float(sizes[0])
    good, found = float(sizes[rung - 1]), float(sizes[rung])
    outwards = found > good
    while abs(found / good - 1) > CLOSE:
        middle = math.sqrt(good * found)
        good, found = (good, middle) if bad(middle) else (middle, found)
    for digits in TOLD:
        rounded = _rounded(found, digits, up=outwards)
        if bad(rounded):
            return rounded
    return found


def _rounded(size: float, digits: int, up: bool) -> float:
    """Return the next number with so many decimal digits."""
    places = digits - 1 - math.floor(math.log10(size))
    scaled = size * 10.0**places
    return float(f"{math.ceil(scaled) if up else math.floor(scaled)}e{-places}")
