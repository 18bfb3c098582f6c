"""Ask the third witness: does autodiff itself give the derivative of the loss?

It need not: a loss may carry a rule of its own (a custom_vjp, a stop_gradient, a straight-through
estimator). The hand derivation is a drop-in for ``jax.grad``, so agreeing with it is right; but
the reader is told when numeric differentiation says otherwise, and which side it takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compare.agreement.numeric import directions, sizes_of, slopes_along
from compare.agreement.probes import nearby
from compare.agreement.witnesses import Arrays, Witnesses

#: A conflict is more than this, relative, and this many times the method's own error estimate.
CONFLICT, CLEAR = 1e-5, 100.0
#: Above this many evaluated numbers all nodes share one direction.
MANY = 2e8
#: How far the generic point lies from the caller's, relative.
AWAY = 1e-2


@dataclass(frozen=True)
class Opinion:
    """What numeric differentiation says of one node; nan where it cannot say.

    Attributes:
        autodiff: Its relative distance from autodiff.
        hand: Its relative distance from the derivation.
        error: Its own error estimate, relative.
    """

    autodiff: float
    hand: float
    error: float

    @property
    def against_autodiff(self) -> bool:
        """Whether autodiff is not the derivative, beyond the method's own error."""
        return self.autodiff > max(CONFLICT, CLEAR * self.error)

    @property
    def for_hand(self) -> bool:
        """Whether the hand derivation is the derivative where autodiff is not."""
        return self.against_autodiff and self.hand <= max(CONFLICT, CLEAR * self.error)


def opinions(witnesses: Witnesses, inputs: Arrays, rng: np.random.Generator) -> list[Opinion]:
    """Return an opinion on each node, at a generic point near the caller's."""
    point = nearby(inputs, witnesses.differentiated, AWAY, rng)
    reference, hand = witnesses.by_autodiff(point), witnesses.by_hand(point)
    along = directions(sizes_of(witnesses, point, reference), reference, rng)
    nodes = range(len(reference))
    numbers = sum(value.size for value in inputs) * 16
    groups = [[k] for k in nodes] if numbers * len(reference) < MANY else [list(nodes)]
    slopes = slopes_along(witnesses, point, along, groups)
    found = [Opinion(np.nan, np.nan, np.nan)] * len(reference)
    for group, slope in zip(groups, slopes, strict=True):
        opinion = _opinion(group, slope.value, slope.error, reference, hand, along)
        for node in group:
            if witnesses.subjects[node].forward is not None:
                found[node] = opinion
    return found


def _opinion(
    group: Sequence[int],
    value: float,
    error: float,
    reference: Arrays,
    hand: Arrays,
    along: Sequence[np.ndarray],
) -> Opinion:
    parts = [reference[k] * along[k] for k in group]
    size = float(np.sqrt(sum(np.vdot(part, part) for part in parts)))
    if not size > 0 or not np.isfinite([value, error, size]).all():
        return Opinion(np.nan, np.nan, np.nan)
    by_autodiff = sum(float(part.sum()) for part in parts)
    by_hand = sum(float(np.vdot(hand[k], along[k])) for k in group)
    return Opinion(abs(value - by_autodiff) / size, abs(value - by_hand) / size, error / size)
