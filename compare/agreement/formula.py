"""The first verdict, in float64: is the equation right?

A right equation differs from autodiff by rounding only, and how much that is gets measured, not
chosen: both sides are evaluated again with every input one rounding up or down. What the results
move by, with a margin, is the allowance of each element. A wrong equation exceeds it by many
orders of magnitude.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from compare.agreement.measures import scale_of
from compare.agreement.probes import shaken

Arrays: TypeAlias = list[np.ndarray]
Witness: TypeAlias = Callable[[Sequence[np.ndarray]], Arrays]

SHAKES = 3
#: Two orders of adding n numbers differ by about √n roundings; the shakes show one draw of it.
MARGIN = 256.0
#: Roundings of the leaf's largest element that are always allowed.
FLOOR = 512.0
#: A result that moves more than this by one rounding of the inputs did not round, it jumped.
JUMP = 1e-8


@dataclass(frozen=True)
class Sight:
    """Both sides at one point, and what rounding may do to each element.

    Attributes:
        hand: The derivation, one array a node.
        reference: Autodiff, likewise.
        allowance: Largest difference of each element that rounding explains.
    """

    hand: Arrays
    reference: Arrays
    allowance: Arrays

    def differs(self, node: int) -> np.ndarray:
        """Return the elements of a node that differ by more than rounding explains.

        Written as "not within", so that nan counts; not finite on both sides does not.
        """
        hand, reference = self.hand[node], self.reference[node]
        with np.errstate(invalid="ignore"):
            within = np.abs(hand - reference) <= self.allowance[node]
        return np.asarray(~(within | (hand == reference) | ~_known(hand, reference)))

    def unknown(self, node: int) -> np.ndarray:
        """Return the elements of a node that are finite on neither side."""
        return np.asarray(~_known(self.hand[node], self.reference[node]))


def look(
    by_hand: Witness,
    by_autodiff: Witness,
    inputs: Sequence[np.ndarray],
    eps: float,
    rng: np.random.Generator,
    *,
    shakes: int = SHAKES,
    jumps: bool = False,
) -> Sight:
    """Evaluate both sides at a point and measure their rounding there.

    Args:
        by_hand: The derivation.
        by_autodiff: The reference.
        inputs: Float64 arrays.
        eps: One rounding of the narrowest float in either computation.
        rng: For the shakes.
        shakes: How often to measure.
        jumps: Whether a jump counts as rounding, too: it does where the function is smooth.
    """
    hand, reference = by_hand(inputs), by_autodiff(inputs)
    spread = [np.zeros(value.shape) for value in reference]
    for _ in range(shakes):
        moved = shaken(inputs, eps, rng)
        for side, base in ((by_hand(moved), hand), (by_autodiff(moved), reference)):
            for node, value in enumerate(side):
                np.fmax(spread[node], np.abs(value - base[node]), out=spread[node])
    margin, floor = (MARGIN, FLOOR) if eps < JUMP else (4.0, 16.0)
    allowance = []
    for value, moved_by in zip(reference, spread, strict=True):
        scale = scale_of(value)
        rounding = moved_by if jumps else np.where(moved_by > JUMP * scale, 0.0, moved_by)
        if eps >= JUMP:
            rounding = moved_by
        typical = float(np.quantile(rounding, 0.9)) if rounding.size else 0.0
        allowance.append(np.asarray(margin * np.fmax(rounding, typical) + floor * eps * scale))
    return Sight(hand, reference, allowance)


def _known(hand: np.ndarray, reference: np.ndarray) -> np.ndarray:
    return np.asarray(np.isfinite(hand) | np.isfinite(reference))
