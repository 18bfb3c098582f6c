"""The first verdict, in float64: is the equation right?

A right equation differs from autodiff by rounding only, and how much that is gets measured, not
chosen: both sides are evaluated again with every input and every intermediate result some
roundings off. What the results move by is the allowance of each element. A wrong equation exceeds
it by many orders of magnitude.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from compare.agreement.measures import scale_of
from compare.agreement.witnesses import Arrays, Witnesses
from compare.program import Program, run
from compare.program.program import Value
from compare.program.shaking import Rounding, Shaking, note, shake

#: Constants of the hand's program and of the reference's that are shaken too, with their rounding.
Constants: TypeAlias = tuple[Mapping[Value, float], Mapping[Value, float]]

EPS = float(np.finfo(np.float64).eps)
#: The step between numbers below the smallest normal one: roundings are not relative there.
SMALLEST = float(np.finfo(np.float64).smallest_subnormal)
#: How many roundings every result is shaken by: a margin, since a step may round more than once.
ROUNDINGS = 512.0
#: Roundings of the leaf's largest element that are always allowed, and never less than as many of
#: the smallest steps between numbers.
FLOOR = 512.0
#: A loop that its author ends nearer to its rest than this, relative, is meant to come to it.
NEAR = 1e-3
#: What is off by less than this share of an array's largest element is off by rounding.
STILL = 1e-9
#: How often the results are shaken.
SHAKES = 3


@dataclass(frozen=True)
class Sight:
    """Both sides at one point, and what rounding may do to each element.

    Attributes:
        hand: The derivation, one array a node.
        reference: Autodiff, likewise.
        allowance: Largest difference of each element that rounding explains.
        rounding: How far one rounding of every step takes each element of the reference.
        restless: Nodes that differ, but for all that is known only because loops end too early.
    """

    hand: Arrays
    reference: Arrays
    allowance: Arrays
    rounding: Arrays
    restless: frozenset[int] = frozenset()

    def differs(self, node: int) -> np.ndarray:
        """Return the elements of a node that differ by more than rounding explains.

        Written as "not within", so that nan counts; not finite on both sides does not.
        """
        if node in self.restless:
            return np.zeros(self.hand[node].shape, bool)
        hand, reference = self.hand[node], self.reference[node]
        with np.errstate(invalid="ignore"):
            within = np.abs(hand - reference) <= self.allowance[node]
        return np.asarray(~(within | (hand == reference) | self.unknown(node)))

    def with_nodes(self, nodes: Sequence[int], other: "Sight") -> "Sight":
        """Return the same with some nodes as they were seen otherwise."""

        def mixed(ours: Arrays, theirs: Arrays) -> Arrays:
            return [theirs[k] if k in nodes else value for k, value in enumerate(ours)]

        return Sight(
            mixed(self.hand, other.hand),
            mixed(self.reference, other.reference),
            mixed(self.allowance, other.allowance),
            mixed(self.rounding, other.rounding),
        )

    def unknown(self, node: int) -> np.ndarray:
        """Return the elements of a node that are finite on neither side."""
        known = np.isfinite(self.hand[node]) | np.isfinite(self.reference[node])
        return np.asarray(~known)

    def vanishes(self, node: int) -> bool:
        """Whether all of the reference is zero, but for rounding."""
        reference = self.reference[node]
        return not reference.size or scale_of(reference) <= float(self.allowance[node].max())

    def size(self, node: int) -> float:
        """Return what errors are relative to: the reference's largest element.

        Where the reference vanishes, it is the size of the terms that cancel.
        """
        scale = scale_of(self.reference[node])
        return max(scale, scale_of(self.rounding[node]) / EPS) if self.vanishes(node) else scale


def look(
    exact: Witnesses,
    inputs: Sequence[np.ndarray],
    rng: np.random.Generator,
    *,
    shakes: int = SHAKES,
    constants: Constants = ({}, {}),
) -> Sight:
    """Evaluate both sides at a point and measure their rounding there.

    A loop that its author ends when the value is good enough has a derivative that is a step
    behind. Where the two sides differ, such loops are run to their rest; a node that agrees there
    does agree if the author's own end is near, and else nobody knows.

    Args:
        exact: The witnesses in float64.
        inputs: Float64 arrays.
        rng: For the shakes.
        shakes: How often to measure.
        constants: Constants to shake as well.
    """
    assert exact.on_paper is not None
    sight = _look(exact, inputs, rng, shakes, constants)
    behind = [k for k in exact.comparable if sight.differs(k).any()]
    if not behind or not exact.iterates:
        return sight
    settled = _look(exact.at_rest, inputs, rng, shakes, constants)
    agreeing = [k for k in behind if not settled.differs(k).any()]
    if _end_near(exact, inputs, sight, settled):
        return sight.with_nodes(agreeing, settled)
    return replace(sight, restless=frozenset(agreeing))


def _end_near(exact: Witnesses, inputs: Sequence[np.ndarray], ended: Sight, settled: Sight) -> bool:
    """Whether loss and derivation are, where their loops end, nearly what they are at rest."""
    assert exact.on_paper is not None
    assert exact.at_rest.on_paper is not None
    pairs = [
        (run(exact.on_paper, inputs)[0], run(exact.at_rest.on_paper, inputs)[0]),
        *((ended.hand[k], settled.hand[k]) for k in exact.comparable),
    ]
    return all(_is_near(old, new) for old, new in pairs)


def _is_near(ended: np.ndarray, rest: np.ndarray) -> bool:
    """Whether every element is, relative to itself; those beside larger ones, too."""
    with np.errstate(invalid="ignore"):
        near = np.abs(rest - ended) <= NEAR * np.abs(rest) + STILL * scale_of(rest)
    return bool((near | (rest == ended)).all())


def _look(
    exact: Witnesses,
    inputs: Sequence[np.ndarray],
    rng: np.random.Generator,
    shakes: int,
    constants: Constants,
) -> Sight:
    assert exact.reference is not None
    rounding = Rounding(rng)
    hand, by_hand = _measured(exact.hand, exact.read, inputs, rounding, shakes, constants[0])
    reference, by_autodiff = _measured(
        exact.reference, exact.arranged, inputs, rounding, shakes, constants[1]
    )
    allowance = [
        np.asarray(
            np.fmax(np.fmax(left, right), max(_typical(left), _typical(right)))
            + FLOOR * max(EPS * scale_of(value), SMALLEST)
        )
        for value, left, right in zip(reference, by_hand, by_autodiff, strict=True)
    ]
    rounding_once = [np.asarray(moved / ROUNDINGS) for moved in by_autodiff]
    return Sight(hand, reference, allowance, rounding_once)


def _measured(
    program: Program,
    read: Callable[[Sequence[Any]], Arrays],
    inputs: Sequence[np.ndarray],
    rounding: Rounding,
    shakes: int,
    constants: Mapping[Value, float],
) -> tuple[Arrays, Arrays]:
    """Return a program's results, and how far the shaking moved each element at most."""
    how = Shaking(rounding, ROUNDINGS * EPS, constants=constants)
    outputs, decisions = note(program, inputs)
    base = read(outputs)
    spread = [np.zeros(value.shape) for value in base]
    for _ in range(shakes):
        with np.errstate(invalid="ignore"):
            shaken = read(shake(program, inputs, how, decisions))
            for moved, value, start in zip(spread, shaken, base, strict=True):
                np.fmax(moved, np.abs(value - start), out=moved)
    return base, [np.where(np.isfinite(moved), moved, 0.0) for moved in spread]


def _typical(moved: np.ndarray) -> float:
    """Return how far most elements move; one that happens to stay is allowed as much."""
    return float(np.quantile(moved, 0.9)) if moved.size else 0.0
