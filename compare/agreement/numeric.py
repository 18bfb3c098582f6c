"""The third witness: numeric differentiation of the loss, along one direction a node.

Central differences at a falling step, extrapolated to step 0 (Ridders' method), with the
method's own estimate of its error; it knows nothing of anybody's derivative rules.

Source: C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", 1982.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from compare.agreement.measures import scale_of
from compare.agreement.witnesses import Arrays, Witnesses

STEPS = tuple(2.0**-k for k in range(3, 19, 2))  # relative to each node's largest element


class Slope(NamedTuple):
    """A directional derivative.

    Attributes:
        value: Of the loss along the direction, per unit of it.
        error: The method's own estimate of how far off that is.
    """

    value: float
    error: float


def directions(
    sizes: Sequence[float], reference: Arrays, rng: np.random.Generator
) -> list[np.ndarray]:
    """Return a random direction for each node, as long as the node's values are large."""
    return [
        np.asarray(
            (size or 1.0)
            * rng.choice([-1.0, 1.0], value.shape)
            * rng.uniform(0.5, 1.0, value.shape)
        )
        for size, value in zip(sizes, reference, strict=True)
    ]


def slopes_along(
    witnesses: Witnesses,
    inputs: Sequence[Any],
    along: Sequence[np.ndarray],
    groups: Sequence[Sequence[int]],
) -> list[Slope]:
    """Return the derivative of the loss along each group's direction.

    Args:
        witnesses: In float64.
        inputs: The point.
        along: A direction for each node's forward value.
        groups: Which nodes move together; one slope a group.
    """
    member = np.zeros((len(groups), len(along)))
    for row, group in enumerate(groups):
        member[row, list(group)] = 1.0
    steps = np.array([sign * step for step in STEPS for sign in (1.0, -1.0)])
    moves = (member[:, None, :] * steps[None, :, None]).reshape(-1, len(along))

    def loss(move: np.ndarray) -> float:
        shifts = [step * d for step, d in zip(move, along, strict=True)]
        return float(witnesses.loss_along(inputs, shifts))

    found = np.array([loss(move) for move in moves]).reshape(len(groups), len(STEPS), 2)
    return [_ridders(values) for values in found]


def _ridders(values: np.ndarray) -> Slope:
    """Extrapolate central differences [steps, 2] to step 0; keep the best of the tableau."""
    column = (values[:, 0] - values[:, 1]) / (2 * np.array(STEPS))
    shrink = (STEPS[0] / STEPS[1]) ** 2
    best = Slope(float(column[0]), float("inf"))
    factor = shrink
    while len(column) > 1:
        better = (factor * column[1:] - column[:-1]) / (factor - 1)
        errors = np.maximum(np.abs(better - column[1:]), np.abs(better - column[:-1]))
        if np.isfinite(errors).any():
            k = int(np.nanargmin(errors))
            if errors[k] < best.error:
                best = Slope(float(better[k]), float(errors[k]))
        column, factor = better, factor * shrink
    return best


def sizes_of(witnesses: Witnesses, inputs: Sequence[np.ndarray], reference: Arrays) -> list[float]:
    """Return how large the forward value of each node is; 1 for what is not an input."""
    by_value = dict(zip(witnesses.loss.inputs, inputs, strict=True))
    return [
        scale_of(by_value[subject.forward]) if subject.forward in by_value else 1.0
        for subject in witnesses.subjects
    ]
