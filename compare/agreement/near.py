"""A generic point a hair away from the one in question."""

import functools
from dataclasses import dataclass

import numpy as np

from compare.agreement.formula import Sight, look
from compare.agreement.inside import Domain
from compare.agreement.numeric import directions, sizes_of, slopes_along
from compare.agreement.witnesses import Arrays, Witnesses


@dataclass(frozen=True)
class Sides:
    """Both sides at a point.

    Attributes:
        inside: Whether loss and reference are finite there.
        hand: The derivation, one array a node.
        reference: Autodiff, likewise.
    """

    inside: bool
    hand: Arrays
    reference: Arrays


@dataclass(frozen=True, eq=False)
class Near:
    """A point nearby; what is dear to know of it is found out when asked for, once for all nodes.

    Attributes:
        exact: The witnesses in float64.
        inputs: The point.
        sides: Both sides there.
        domain: What the loss is made for.
        rng: For the shakes.
    """

    exact: Witnesses
    inputs: Arrays
    sides: Sides
    domain: Domain
    rng: np.random.Generator

    @functools.cached_property
    def sight(self) -> Sight | None:
        """Both sides with what rounding allows; None outside the loss's domain."""
        if not self.domain.has(self.inputs):
            return None
        with np.errstate(all="ignore"):
            return look(self.exact, self.inputs, self.rng)

    def differs(self, node: int) -> np.ndarray:
        """Return the elements of a node that differ by more than rounding of the steps explains."""
        sight = self.sight
        return np.zeros(self.sides.hand[node].shape, bool) if sight is None else sight.differs(node)


def numeric_agrees(exact: Witnesses, near: Near, node: int, rng: np.random.Generator) -> bool:
    """Whether numeric differentiation sides with autodiff at a point, and not with the hand.

    Autodiff uses what rules the loss itself carries.
    """
    if exact.subjects[node].kind == "value":
        return True
    sides = near.sides
    along = directions(sizes_of(exact, near.inputs, sides.reference), sides.reference, rng)
    with np.errstate(all="ignore"):
        slope = slopes_along(exact, near.inputs, along, [[node]])[0]
        hand = float(np.vdot(sides.hand[node], along[node]))
        reference = float(np.vdot(sides.reference[node], along[node]))
    return abs(slope.value - reference) <= 0.1 * abs(hand - reference)
