"""Disagreement at one point: is the equation wrong, or is the point a kink?

Autodiff gives one slope where a function has several, and a hand derivation may rightly give
another. So where the two differ, they are compared again at generic points a hair away. If they
differ there too, the equation is wrong. If they agree there, the caller's point is special: at a
kink every slope between those around it is right, at a smooth point (where JAX's own rule for a
tie may be off) their common value. A kink that lies in the data, a row of zeros say, is met at
every parameter; that it is one shows when the intermediate values are shaken.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from compare.agreement.formula import EPS, Sight, look
from compare.agreement.probes import nearby
from compare.agreement.slopes import Slopes, slopes_at
from compare.agreement.witnesses import Arrays, Witnesses
from compare.probing import set_apart

#: Where the zeros go at each point around the caller's: up, down, at random.
NEARBY = (1, -1, 0)
DISTANCE = 1e-6  # relative; far above rounding, far below the curvature of ordinary functions
#: So much nearer, in shares of that, the two differ by less than this share if they tend to each
#: other: square roots by a hundredth.
CLOSER, SHRUNK = 1e-4, 0.1

Finding: TypeAlias = Literal[
    "wrong",
    "wrong-here",
    "neither",
    "kink",
    "reference-off",
    "blind",
    "own-rule",
    "overflow",
    "unknown",
    "restless",
]


@dataclass(frozen=True, eq=False)
class Point:
    """Both sides at a point, and autodiff's slopes around it when they are asked for."""

    exact: Witnesses
    inputs: Arrays
    sight: Sight
    rng: np.random.Generator

    @functools.cached_property
    def slopes(self) -> Slopes:
        """Autodiff's slopes around the point."""
        return slopes_at(self.exact, self.inputs, self.rng)


class Surroundings:
    """The caller's point and a few generic ones around it."""

    def __init__(
        self, exact: Witnesses, inputs: Arrays, here: Sight, rng: np.random.Generator
    ) -> None:
        """Look around."""
        self.here = Point(exact, inputs, here, rng)
        points = [nearby(inputs, exact.differentiated, DISTANCE, rng, zeros) for zeros in NEARBY]
        self.near = [
            Point(exact, point, look(exact, point, rng, shakes=1), rng) for point in points
        ]

    def finding(self, node: int) -> Finding | None:
        """Return what a disagreement at the caller's point is.

        Returns:
            "wrong": they differ around the point too. "wrong-here": only the hand is off, at this
            very point. "kink": several slopes, and the hand has one of them. "reference-off":
            autodiff is off at this very point, the hand is not. "blind": autodiff is nan here and
            around, the hand is not. "unknown": the point is at the edge of what autodiff has
            numbers for. None: rounding.
        """
        here = self.here.sight
        differs = here.differs(node)
        blind = np.asarray(differs & np.isfinite(here.hand[node]))
        for point in (self.here, *self.near):
            blind = np.asarray(blind & ~np.isfinite(point.sight.reference[node]))
        if any(self._is_wrong(point, node, blind) for point in self.near):
            return "wrong"
        rest = differs & ~blind
        if not rest.any():
            return "blind"
        slopes = self.here.slopes.with_more([point.sight.reference for point in self.near])
        strange = rest & ~slopes.admit(here.hand[node], node)
        if strange.any() and (strange & np.isnan(here.reference[node])).any():
            strange &= ~self._is_limit(node)
            if not strange.any():
                return "reference-off"
        edge = self._at_an_edge(node)
        if strange.any():
            return "unknown" if edge[strange].all() else "wrong-here"
        if not slopes.conserved_by(here.hand[node], node) or self._off_along(node):
            return "unknown" if edge[rest].all() else "wrong-here"
        if slopes.several(node)[rest].any():
            return "kink"
        return None if slopes.admit(here.reference[node], node)[rest].all() else "reference-off"

    def _at_an_edge(self, node: int) -> np.ndarray:
        """Return the elements for which the hand has a number, autodiff none here nor on some side.

        The slopes on the other side need not tell the one at the edge.
        """
        found = np.isfinite(self.here.sight.reference[node])
        around = [np.isfinite(point.sight.reference[node]) for point in self.near]
        return np.asarray(
            ~found & ~np.all(around, axis=0) & np.isfinite(self.here.sight.hand[node])
        )

    def _is_limit(self, node: int) -> np.ndarray:
        """Return the elements for which autodiff has no number here, and tends to the hand's.

        The root at the end of its domain, say: the nearer to it, the nearer they are.
        """
        exact, inputs, rng = self.here.exact, self.here.inputs, self.here.rng
        hand, reference = self.here.sight.hand[node], self.here.sight.reference[node]

        def off(distance: float) -> np.ndarray:
            points = [nearby(inputs, exact.differentiated, distance, rng, z) for z in NEARBY]
            points += [_mirrored(point, inputs) for point in points]
            around = [exact.by_autodiff(point)[node] for point in points]
            return np.asarray(np.fmax.reduce([np.abs(hand - value) for value in around]))

        with np.errstate(invalid="ignore"):
            return np.asarray(
                np.isnan(reference) & (off(CLOSER * DISTANCE) < SHRUNK * off(DISTANCE))
            )

    def _off_along(self, node: int) -> bool:
        """Whether the hand is off all along an input that plays no part in what is decided here."""
        exact, inputs, rng = self.here.exact, self.here.inputs, self.here.rng
        position = exact.subjects[node].position
        assert exact.reference is not None
        if position is None or not set_apart(exact.reference, inputs, EPS, position):
            return False
        points = [nearby(inputs, [position], DISTANCE, rng) for _ in NEARBY]
        return all(look(exact, point, rng, shakes=1).differs(node).any() for point in points)

    def _is_wrong(self, point: Point, node: int, blind: np.ndarray) -> bool:
        """Whether the two differ at a point by what is no kink of the data."""
        hand, reference = point.sight.hand[node], point.sight.reference[node]
        differs = point.sight.differs(node) & np.isfinite(reference) & ~blind
        if not differs.any():
            return False
        excused = point.slopes.special(node) & point.slopes.admit(hand, node)
        return not bool(excused[differs].all())


def _mirrored(point: Arrays, center: Arrays) -> Arrays:
    """Return the point opposite to one: if that is outside of a domain, this one may be inside."""
    return [c if p is c else 2 * c - p for p, c in zip(point, center, strict=True)]


def findings(
    exact: Witnesses,
    inputs: Arrays,
    sight: Sight,
    nodes: Sequence[int],
    rng: np.random.Generator,
) -> dict[int, Finding]:
    """Return what the disagreements at the caller's point are; what is but rounding is left out.

    Args:
        exact: The witnesses in float64.
        inputs: The caller's.
        sight: Both sides there.
        nodes: The nodes that can be compared.
        rng: For the points around.
    """
    found: dict[int, Finding] = {}
    suspects = [k for k in nodes if sight.differs(k).any()]
    if suspects:
        around = Surroundings(exact, inputs, sight, rng)
        found = {k: finding for k in suspects if (finding := around.finding(k)) is not None}
    unknown: dict[int, Finding] = {k: "unknown" for k in nodes if sight.unknown(k).any()}
    restless: dict[int, Finding] = dict.fromkeys(sight.restless, "restless")
    return unknown | restless | found
