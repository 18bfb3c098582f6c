"""The second verdict, in working precision: does the right equation also compute right?

The hand derivation's distance from the float64 truth is measured beside autodiff's own distance in
the same precision. Nobody can ask for more digits than autodiff has, or would have with less luck:
what rounding does to autodiff was measured in float64. Far worse, or inf or nan where the truth is
an ordinary number, means right on paper only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np

from compare.agreement.formula import EPS, Sight
from compare.agreement.measures import relative_error, scale_of
from compare.agreement.witnesses import Arrays

#: How many times autodiff's error (or one rounding) the hand's may be.
FAR_WORSE = 16.0


@dataclass(frozen=True)
class Execution:
    """How far one node is from the truth in working precision.

    Attributes:
        hand: Error of the hand derivation, relative to the node's size.
        autodiff: Error of autodiff, likewise.
        expected: What rounding in this precision does to autodiff, likewise.
        ulp: The hand's error in roundings of the node's size.
        broken: The hand is inf or nan where the truth fits the precision.
        both_broken: So is autodiff.
    """

    hand: float
    autodiff: float
    expected: float
    ulp: float
    broken: bool
    both_broken: bool

    @property
    def times(self) -> float:
        """How many times the error that autodiff has or might have."""
        return self.hand / max(self.autodiff, self.expected)

    @property
    def imprecise(self) -> bool:
        """Whether the hand is far worse than autodiff; written so that nan is."""
        return self.broken or not self.times <= FAR_WORSE


def execute(hand: Arrays, autodiff: Arrays, truth: Sight, dtypes: Sequence[str]) -> list[Execution]:
    """Measure every node."""
    return [
        _measure(by_hand, by_autodiff, truth, k, dtype)
        for k, (by_hand, by_autodiff, dtype) in enumerate(zip(hand, autodiff, dtypes, strict=True))
    ]


def _measure(hand: np.ndarray, autodiff: np.ndarray, truth: Sight, k: int, dtype: str) -> Execution:
    info, size = jnp.finfo(dtype), truth.size(k)
    eps, tiny = float(info.eps), float(info.tiny)
    right = truth.reference[k]
    fits = np.isfinite(right) & (np.abs(right) < float(info.max))
    hand, autodiff, right = hand[fits], autodiff[fits], right[fits]
    broken = not bool(np.isfinite(hand).all())
    error = relative_error(hand, right, size)
    rounding = scale_of(truth.rounding[k]) * eps / EPS
    return Execution(
        hand=error,
        autodiff=relative_error(autodiff, right, size),
        # what is smaller than the smallest number of this precision cannot be held by anybody
        expected=max(eps, rounding / size if size else 0.0, tiny / max(size, tiny)),
        ulp=error / eps,
        broken=broken,
        both_broken=broken and not bool(np.isfinite(autodiff).all()),
    )
