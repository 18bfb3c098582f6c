"""The second verdict, in working precision: does the right equation also compute right?

The hand derivation's distance from the float64 truth is measured beside autodiff's own distance in
the same precision. Nobody can ask for more digits than autodiff has; far fewer, or inf or nan
where the truth is an ordinary number, means right on paper only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np

from compare.agreement.measures import relative_error, scale_of
from compare.agreement.witnesses import Arrays

#: How many times autodiff's error (or one rounding) the hand's may be.
FAR_WORSE = 16.0


@dataclass(frozen=True)
class Execution:
    """How far one node is from the truth in working precision.

    Attributes:
        hand: Error of the hand derivation, relative to the node's largest element.
        autodiff: Error of autodiff, likewise.
        ulp: The hand's error in roundings of the node's largest element.
        broken: The hand is inf or nan where the truth fits the precision.
        both_broken: So is autodiff.
    """

    hand: float
    autodiff: float
    ulp: float
    broken: bool
    both_broken: bool
    eps: float

    @property
    def imprecise(self) -> bool:
        """Whether the hand is far worse than autodiff; written so that nan is."""
        return self.broken or not self.hand <= FAR_WORSE * max(self.autodiff, self.eps)


def execute(
    hand: Arrays, autodiff: Arrays, truth: Arrays, dtypes: Sequence[str]
) -> list[Execution]:
    """Measure every node."""
    return [_measure(*sides) for sides in zip(hand, autodiff, truth, dtypes, strict=True)]


def _measure(hand: np.ndarray, autodiff: np.ndarray, truth: np.ndarray, dtype: str) -> Execution:
    info = jnp.finfo(dtype)
    eps, largest = float(info.eps), float(info.max)
    fits = np.isfinite(truth) & (np.abs(truth) < largest)
    hand, autodiff, truth = hand[fits], autodiff[fits], truth[fits]
    # what is smaller than the smallest number of this precision cannot be held by anybody
    lost = float(info.tiny) / max(scale_of(truth), float(info.tiny))
    broken = not bool(np.isfinite(hand).all())
    error = relative_error(hand, truth)
    return Execution(
        hand=error,
        autodiff=relative_error(autodiff, truth),
        ulp=error / eps,
        broken=broken,
        both_broken=broken and not bool(np.isfinite(autodiff).all()),
        eps=max(eps, lost),
    )
