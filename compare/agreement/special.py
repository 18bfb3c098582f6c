"""Disagreement at one point: is the equation wrong, or is the point a kink?

Autodiff gives one slope where a function has several, and a hand derivation may rightly give
another. So where the two differ, they are compared again at generic points a hair away. If they
differ there too, the equation is wrong. If they agree there, the caller's point is special, and
the gradients found around it say what is admissible: at a kink whatever lies between them, at a
smooth point (where JAX's own rule for a tie may be off) their common value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from compare.agreement.formula import Sight
from compare.agreement.measures import scale_of

NEARBY = 6
DISTANCE = 1e-6  # relative; far above rounding, far below the curvature of ordinary functions

Finding: TypeAlias = Literal["wrong", "wrong-here", "kink", "reference-off", "unknown"]


@dataclass(frozen=True)
class Surroundings:
    """Both sides at a few generic points around the caller's.

    Attributes:
        sights: One a point; rounding measured there, jumps included.
    """

    sights: Sequence[Sight]

    def finding(self, node: int, here: Sight) -> Finding:
        """Return what a disagreement at the caller's point is.

        Args:
            node: Which node.
            here: Both sides at the caller's point.

        Returns:
            "wrong": they differ around the point too. "wrong-here": only the hand is off, at this
            very point. "kink": several slopes, and the hand has one of them. "reference-off":
            autodiff is off at this very point, the hand is not. "unknown": nothing was finite.
        """
        if any(sight.differs(node).any() for sight in self.sights):
            return "wrong"
        around = [s.reference[node] for s in self.sights if np.isfinite(s.reference[node]).all()]
        if not around:
            return "unknown"
        differs = here.differs(node)
        hand_in = _between(here.hand[node], around)[differs].all()
        reference_in = _between(here.reference[node], around)[differs].all()
        if not hand_in:
            return "wrong-here"
        return "kink" if reference_in else "reference-off"


def _between(value: np.ndarray, around: Sequence[np.ndarray]) -> np.ndarray:
    """Return which elements lie among the gradients found around the point.

    A few random points need not show the outermost slopes, so the range is widened by its own
    width on both sides; curvature over the distance is allowed for as well.
    """
    low, high = np.min(around, axis=0), np.max(around, axis=0)
    width = (high - low) + 1e3 * DISTANCE * scale_of(high)
    with np.errstate(invalid="ignore"):
        inside: np.ndarray = (value >= low - width) & (value <= high + width)
    return inside
