"""Ask the third witness: does autodiff itself give the derivative of the loss?

It need not: a loss may carry a rule of its own (a custom_vjp, a stop_gradient, a straight-through
estimator), or divide by zero on the way back where the loss itself does not. The hand derivation
is a drop-in for ``jax.grad``, so agreeing with it is right; but the reader is told when numeric
differentiation says otherwise, and which side it takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compare.agreement.formula import EPS, ROUNDINGS
from compare.agreement.numeric import directions, sizes_of, slopes_along
from compare.agreement.probes import nearby
from compare.agreement.slopes import slopes_at
from compare.agreement.witnesses import Arrays, Witnesses
from compare.program.shaking import Rounding, Shaking, note, shake

#: A conflict is more than this, relative, and this many times the method's own error estimate.
CONFLICT, CLEAR = 1e-5, 100.0
#: Above this many evaluated numbers all nodes share one direction.
MANY = 4e6
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
        """Whether the hand derivation is the derivative, within the method's own error."""
        return self.hand <= max(CONFLICT, CLEAR * self.error)


NO_OPINION = Opinion(np.nan, np.nan, np.nan)


def opinions(witnesses: Witnesses, inputs: Arrays, rng: np.random.Generator) -> list[Opinion]:
    """Return an opinion on each node, at a generic point near the caller's.

    Of a loop that ends when its value is good enough, at its rest: it goes there smoothly, its end
    jumps.
    """
    point = nearby(inputs, witnesses.differentiated, AWAY, rng)
    if witnesses.iterates:
        witnesses = witnesses.at_rest
    reference, hand = witnesses.by_autodiff(point), witnesses.by_hand(point)
    along = directions(sizes_of(witnesses, point, reference), reference, rng)
    nodes = [k for k in witnesses.comparable if witnesses.subjects[k].kind != "value"]
    numbers = sum(value.size for value in inputs) * 16
    groups = [[k] for k in nodes] if numbers * len(nodes) < MANY else [nodes]
    slopes = slopes_along(witnesses, point, along, groups, _noise(witnesses, point, rng))
    found = [NO_OPINION] * len(reference)
    for group, slope in zip(groups, slopes, strict=True):
        # a search by halves, say, passes no derivative on: nothing to measure the slope by
        least = abs(slope.value) if witnesses.iterates else 0.0
        opinion = _opinion(group, slope.value, slope.error, reference, hand, along, least)
        for node in group:
            found[node] = opinion
    if any(opinion.against_autodiff for opinion in found):
        around = slopes_at(witnesses, point, rng)  # at a kink there is no one derivative
        if any(around.several(k).any() for k in nodes):
            return [_unless_against_autodiff(opinion, witnesses.iterates) for opinion in found]
    return found


def _unless_against_autodiff(opinion: Opinion, iterates: bool) -> Opinion:
    """Return an opinion at a kink; a search always seems at one, it weighs what is nearly even."""
    heard = iterates or not opinion.against_autodiff
    return opinion if heard else NO_OPINION


def where_blind(
    witnesses: Witnesses, inputs: Arrays, node: int, rng: np.random.Generator
) -> Opinion:
    """Return an opinion on the elements of a node for which autodiff has no number."""
    point = nearby(inputs, witnesses.differentiated, AWAY, rng)
    reference, hand = witnesses.by_autodiff(point), witnesses.by_hand(point)
    along = directions(sizes_of(witnesses, point, reference), reference, rng)
    along[node] = np.where(np.isfinite(reference[node]), 0.0, along[node])
    (slope,) = slopes_along(witnesses, point, along, [[node]], _noise(witnesses, point, rng))
    loss = abs(float(witnesses.loss_along(point, [None] * len(along))))
    return _opinion([node], slope.value, slope.error, hand, hand, along, loss)


def _noise(witnesses: Witnesses, inputs: Arrays, rng: np.random.Generator) -> float:
    """Return how far the loss is off by one rounding of each of its steps."""
    program = witnesses.on_paper
    assert program is not None
    outputs, decisions = note(program, inputs)
    shaken = shake(program, inputs, Shaking(Rounding(rng), ROUNDINGS * EPS), decisions)
    moved = abs(float(shaken[0]) - float(outputs[0])) / ROUNDINGS
    return moved if np.isfinite(moved) else 0.0


def _opinion(
    group: Sequence[int],
    value: float,
    error: float,
    reference: Arrays,
    hand: Arrays,
    along: Sequence[np.ndarray],
    least: float = 0.0,
) -> Opinion:
    parts = [reference[k] * along[k] for k in group]
    size = max(least, float(np.sqrt(sum(np.vdot(part, part) for part in parts))))
    if not size > 0 or not np.isfinite([value, error, size]).all():
        return NO_OPINION
    by_autodiff = sum(float(part.sum()) for part in parts)
    by_hand = sum(float(np.vdot(hand[k], along[k])) for k in group)
    return Opinion(abs(value - by_autodiff) / size, abs(value - by_hand) / size, error / size)
